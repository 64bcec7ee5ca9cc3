"""`make screenshots`: the documents' pictures, taken of a run of the sample; equal runs give equal sizes."""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, Route
from rich.console import Console

from fondly.checks.chromium import browser
from fondly.checks.emails.message import Email, read_emails
from fondly.checks.programs import ToolError
from fondly.console.sessions import opening_path, read_key
from fondly.operations.local_stack import exported
from fondly.stack.demo import DemoFailedError, run_demo
from fondly.stack.embedded import (
    CONSOLE,
    CONSOLE_KEY,
    CONSOLE_PORT,
    PROCESSES,
    Stack,
    await_answer,
    embedded_stack,
)
from fondly.stack.local_mail import HOLDING
from fondly.stack.pictures.addresses import BASE_URL, FOLDER
from fondly.stack.processes import ProcessDiedError, StackNotReadyError

DESKTOP, PHONE, GALLERY = (700, 1000), (375, 812), (1440, 900)
CONSOLE_PAGES = {
    "console-run": ("/runs/latest", GALLERY),
    "console-reader": ("/runs/latest/read", GALLERY),
    "console-phone": ("/runs/latest/read", PHONE),
}
EMAILS = {"email": DESKTOP, "email-phone": PHONE}
PICTURES = ("gallery", *EMAILS, *CONSOLE_PAGES)
"""By their names in `docs/images`."""
FINE = 2
"""Pixels of the picture a CSS pixel, for emails, which are shown small."""
COLOURS = 256
PICKS = 5
OWN = "your"
_REASON = re.compile(r'class="[^"]*\breason\b[^"]*"[^>]*>([^<]+)<')


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 2 if there is no browser, or no run could be made."""
    parser = argparse.ArgumentParser(prog="make screenshots", description="Take the pictures of documents.")
    parser.add_argument("--run", type=Path, help="take those of this run's folder alone")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    options = parser.parse_args(arguments)
    console = Console()
    try:
        with TemporaryDirectory(prefix="screenshots-") as work:
            shown = partial(_with_console, options.out)
            run = options.run or run_demo(shown, None, Path(work), console, settings=HOLDING)
            take(run, options.out)
    except (ToolError, DemoFailedError, ProcessDiedError, StackNotReadyError) as error:
        console.print(str(error), markup=False, soft_wrap=True)
        return 2
    return 0


def take(run: Path, out: Path) -> None:
    """Write the pictures of a run into `out`; raise `ToolError` if there is nothing to show or no browser."""
    email = shown(run)
    with browser() as chromium:
        for name, size in EMAILS.items():
            page = _page(chromium, size, scale=FINE)
            page.set_content(email.html, wait_until="load")
            _save(page, out / f"{name}.png")
        page = _page(chromium, GALLERY, scale=1)
        page.goto((run.resolve() / "index.html").as_uri())
        page.frame_locator("#view iframe").locator("h1").wait_for()
        page.wait_for_load_state("networkidle")
        _save(page, out / "gallery.png")


@contextmanager
def _with_console(out: Path, log_dir: Path) -> Iterator[Stack]:
    """Run a stack with a console, and take the pictures of what it shows once the run has ended."""
    state = log_dir.parent / "state"
    state.mkdir()
    with (
        exported({"LOGNAME": "ada"}),
        embedded_stack(log_dir, services=(*PROCESSES, CONSOLE), state=state) as stack,
    ):
        yield stack
        address = f"http://127.0.0.1:{stack.variables[CONSOLE_PORT]}"
        await_answer(f"{address}/live")
        with browser() as chromium:
            for name, (path, size) in CONSOLE_PAGES.items():
                page = _page(chromium, size, scale=FINE if size == PHONE else 1, own=address)
                page.goto(address + opening_path(read_key(Path(stack.variables[CONSOLE_KEY]))))
                page.goto(address + path)
                _save(page, out / f"{name}.png")


def shown(run: Path) -> Email:
    """The email with a picture of every pick whose reasons say most of what the customer has."""
    found = [each for each in read_emails(run / "emails") if each.html.count(BASE_URL) == PICKS]
    if not found:
        raise ToolError(f"{run / 'emails'} has no email with {PICKS} of the sample's pictures")
    return max(
        found, key=lambda email: len({reason for reason in _REASON.findall(email.html) if OWN in reason})
    )


def _page(chromium: Browser, size: tuple[int, int], *, scale: int, own: str | None = None) -> Page:
    """A page that shows the sample's pictures, and loads nothing else but from its `own` server."""
    width, height = size
    context = chromium.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=scale, color_scheme="light"
    )
    context.route(re.compile("^https?://"), partial(_answer, own))
    return context.new_page()


def _answer(own: str | None, route: Route) -> None:
    url = route.request.url
    if url.startswith(BASE_URL):
        route.fulfill(path=FOLDER / url.removeprefix(BASE_URL))
    elif own and url.startswith(f"{own}/"):
        route.continue_()
    else:
        route.abort()


def _save(page: Page, path: Path) -> None:
    """Write the visible part in a palette, which makes it a quarter as large."""
    path.parent.mkdir(parents=True, exist_ok=True)
    taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(path, "PNG", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
