"""Lists, one page at a time."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from understudy.personalize.errors import invalid_token

_DEFAULT_PAGE = 100


def page(
    entries: Sequence[Any], *, token: str | None, max_results: int | None
) -> tuple[Sequence[Any], str | None]:
    """Return one page of `entries` and the token of the next, None after the last.

    Raises InvalidNextTokenException for a token that was not returned with a page.
    """
    start = _offset(token) if token else 0
    end = start + (max_results or _DEFAULT_PAGE)
    following = base64.urlsafe_b64encode(f"from:{end}".encode()).decode()
    return entries[start:end], following if end < len(entries) else None


def _offset(token: str) -> int:
    try:
        label, _, offset = base64.urlsafe_b64decode(token).decode().partition(":")
        if label != "from":
            raise invalid_token()
        return int(offset)
    except (binascii.Error, ValueError) as error:
        raise invalid_token() from error
