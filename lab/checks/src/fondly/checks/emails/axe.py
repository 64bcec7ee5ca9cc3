"""Axe's verdict in a real browser, on a phone and on a desk, in light and in dark."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from playwright.sync_api import Browser, Page

from fondly.checks.chromium import browser
from fondly.checks.emails.finding import Finding, Result
from fondly.checks.emails.message import Email
from fondly.checks.programs import npm_file

WIDTHS = (375, 700)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEIGHT = 900


def axe(emails: Sequence[Email]) -> Result:
    """Judge every email in every view; a finding of any impact counts."""
    script = npm_file("axe-core/axe.min.js").read_text("utf-8")
    findings: list[Finding] = []
    with browser() as chromium:
        for width in WIDTHS:
            for scheme in SCHEMES:
                with page(chromium, width=width, scheme=scheme) as view:
                    for email in emails:
                        findings += _judged(view, email, script, f"{width} px {scheme}")
    return Result("axe in Chromium", len(emails), findings, figure=f"{len(WIDTHS) * len(SCHEMES)} views each")


@contextmanager
def page(chromium: Browser, *, width: int, scheme: Literal["light", "dark"]) -> Iterator[Page]:
    """Yield a page that loads nothing from anywhere: most readers block pictures at first."""
    context = chromium.new_context(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
    context.route("**/*", lambda route: route.abort())
    try:
        yield context.new_page()
    finally:
        context.close()


def _judged(view: Page, email: Email, script: str, where: str) -> Iterator[Finding]:
    view.set_content(email.html)
    view.evaluate(script)
    for violation in violations(view):
        for node in violation["nodes"]:
            why = " ".join(node["failureSummary"].splitlines()[1:]).strip()
            yield Finding(f"{email.name} {where}", f"axe {violation['id']}: {why}")


def violations(view: Page) -> list[dict[str, Any]]:
    """Return what axe, already loaded into the page, finds."""
    found: list[dict[str, Any]] = view.evaluate("axe.run().then((result) => result.violations)")
    return found
