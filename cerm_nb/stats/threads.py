"""Products of small matrices, on one thread: many threads then wait for each other longer than they work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def one_thread() -> AbstractContextManager[object]:
    """Keep the linear algebra within a ``with`` block on one thread."""
    limit: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limit
