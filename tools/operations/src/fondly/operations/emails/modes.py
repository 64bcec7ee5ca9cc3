"""An email as readers see it whose device is light or dark."""

from typing import Literal

Mode = Literal["light", "dark"]
DARK_MEDIA = "@media (prefers-color-scheme:dark)"
FORCED = {"light": "@media not all", "dark": "@media all"}


def in_mode(html: str, mode: Mode) -> str:
    """Return an email that is light or dark whatever the reader's device prefers."""
    return html.replace(DARK_MEDIA, FORCED[mode]).replace(
        "color-scheme:light dark", f"color-scheme:only {mode}"
    )
