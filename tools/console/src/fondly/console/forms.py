"""The fields of a form that a page of ours has sent."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.requests import Request

from fondly.operations.errors import OperationError
from fondly.runtime.web.problems import ProblemError

MAX_DIGITS = 9


async def form(request: Request) -> dict[str, str]:
    """Return the fields of a posted form, each once; raise `ProblemError` for anything else."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "expected a form")
    try:
        return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True, strict_parsing=False))
    except UnicodeDecodeError:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "the form is not in UTF-8") from None


def number(fields: Mapping[str, str], name: str) -> int | None:
    """Return a field's whole number from 1 on; None if it is empty. Raises `OperationError` for others."""
    text = fields.get(name, "").strip().replace(",", "")
    if not text:
        return None
    if not natural(text):
        raise OperationError(f"{name.replace('_', ' ')}: expected a whole number from 1 on")
    return natural(text)


def natural(text: str | None) -> int:
    """Return the whole number that a part of an address is; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else 0
