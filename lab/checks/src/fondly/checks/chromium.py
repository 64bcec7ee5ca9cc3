"""The machine's own Chromium."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from fondly.checks.programs import BROWSERS, program


@contextmanager
def browser() -> Iterator[Browser]:
    """Yield the installed Chromium, headless; raise `ToolError` if there is none."""
    path = program(*BROWSERS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()
