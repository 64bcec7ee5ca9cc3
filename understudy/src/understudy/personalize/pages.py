"""Lists, one page at a time."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from understudy.personalize.errors import invalid_token
from understudy.wire.service import Params

PAGING = frozenset({"nextToken", "maxResults"})
"""The parameters that say which page is wanted, and not of what."""
_DEFAULT_PAGE = 100


def page(entries: Sequence[Any], params: Params, *, of: str) -> tuple[Sequence[Any], str | None]:
    """Return the page of `entries` that a request asks for, and the token of the next, None after the last.

    Raises InvalidNextTokenException for a token that was not returned with a page of the same list: `of`
    names the operation, and the parameters beside those of paging say what it lists.
    """
    narrowed = sorted((key, value) for key, value in params.items() if key not in PAGING)
    label = hashlib.sha256(repr((of, narrowed)).encode()).hexdigest()[:16]
    start = _offset(params["nextToken"], label) if "nextToken" in params else 0
    end = start + params.get("maxResults", _DEFAULT_PAGE)
    following = base64.urlsafe_b64encode(f"{label}:{end}".encode()).decode()
    return entries[start:end], following if end < len(entries) else None


def _offset(token: str, label: str) -> int:
    try:
        found, _, offset = base64.urlsafe_b64decode(token).decode("ascii").partition(":")
    except ValueError as error:
        raise invalid_token() from error
    if found != label or not offset.isdecimal():
        raise invalid_token()
    return int(offset)
