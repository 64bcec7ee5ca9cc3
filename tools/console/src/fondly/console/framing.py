"""An email as a frame shows it: without scripts, links and remote loads, in light or in dark colours."""

import re
from base64 import b64encode
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.responses import HTMLResponse

from fondly.operations.check.link_hosts import HOST

FRAME_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
)
"""Of an email's own answer. Whoever follows its links would unsubscribe its customer: none works."""
_ASKED_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
_DECLARED_SCHEME = re.compile(r'(<meta\b[^>]*\bname="color-scheme"[^>]*\bcontent=")[^"]*"', re.IGNORECASE)
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"
_CONNECTING = re.compile(r"<(?=(?:embed|fencedframe|i?frame|link|object)\b)", re.IGNORECASE)
"""Chromium 156 connects to where an `iframe` leads before the policy keeps it from loading it."""
_PICTURE = re.compile(r'(<img\b[^>]*\ssrc=")(?!data:)([^"]*)"', re.IGNORECASE)
_MADE_UP = re.compile(rf"http://{re.escape(HOST)}/pictures/([a-z_]+-[a-z-]+\.png)")
_GREY = b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='100%' height='100%' fill='#dddad2'/></svg>"
PLACEHOLDER = f"data:image/svg+xml;base64,{b64encode(_GREY).decode()}"
"""In the place of a picture of the shop's: none is loaded, as that would tell the shop who looks at what."""


def frame(html: str, *, dark: bool) -> HTMLResponse:
    """Answer with an email's HTML, which is never trusted."""
    scheme = "dark" if dark else "light"
    html = _ASKED_SCHEME.sub(lambda found: _ALWAYS if found[1].lower() == scheme else _NEVER, html)
    html = _DECLARED_SCHEME.sub(rf'\g<1>{scheme}"', html)
    html = _CONNECTING.sub("<no-", html)
    html = _PICTURE.sub(lambda found: f'{found[1]}{_picture(found[2])}"', html)
    return HTMLResponse(html, headers={"Content-Security-Policy": FRAME_POLICY})


def _picture(address: str) -> str:
    """A made-up shop's own picture, where this machine has them; else a placeholder."""
    name, folder = _MADE_UP.fullmatch(address), _pictures()
    if name is None or folder is None or not (file := folder / name[1]).exists():
        return PLACEHOLDER
    return f"data:image/png;base64,{b64encode(file.read_bytes()).decode()}"


@cache
def _pictures() -> Path | None:
    """The folder of made-up shops' pictures; only a local stack has it."""
    try:
        found = find_spec("fondly.stack.pictures")
    except ModuleNotFoundError:
        return None
    return Path(found.origin).parent / "public/pictures" if found and found.origin else None
