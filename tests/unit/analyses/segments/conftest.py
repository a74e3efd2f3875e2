import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True)
def single_thread():
    """Small problems: threads of several tests at once would wait for each other."""
    with threadpool_limits(limits=1):
        yield
