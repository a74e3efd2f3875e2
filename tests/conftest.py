"""What every test may use."""

import os
import shutil

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; skipped where there is none, unless CERM_REQUIRE_BROWSER=1."""
    path = os.environ.get("CERM_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        if os.environ.get("CERM_REQUIRE_BROWSER") == "1":
            pytest.fail(f"no Chromium: none of {NAMES} is installed and CERM_CHROMIUM is not set")
        pytest.skip(f"no Chromium: none of {NAMES} is installed and CERM_CHROMIUM is not set")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()
