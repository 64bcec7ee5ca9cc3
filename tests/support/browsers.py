"""What tests of pages share: a headless Chromium, and axe, which judges how accessible a page is."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

EXECUTABLES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AXE = Path(__file__).parents[2] / "lab/checks/node_modules/axe-core/axe.min.js"
expect.set_options(timeout=30_000)  # a busy machine is slow


def missing(what: str) -> NoReturn:
    """Skip a test for want of something; in CI it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium.

    It is closed after each file, because an event loop runs as long as it is open, which tests of other files
    would meet.
    """
    executable = next((found for name in EXECUTABLES if (found := shutil.which(name))), None)
    if executable is None:
        missing(f"pages need a browser: none of {', '.join(EXECUTABLES)} is installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe."""
    if not AXE.exists():
        missing(f"axe-core is not installed: {AXE} does not exist")
    return AXE.read_text(encoding="utf-8")
