"""Errors as a caller sees them: JSON problem details (RFC 9457)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


@dataclass
class ProblemError(Exception):
    """What keeps a request from being answered; `detail` is one sentence for the caller's developer."""

    status: HTTPStatus
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further members, such as a list of what is wrong."""


def problem_response(problem: ProblemError) -> Response:
    """Return the answer to a request that ended so."""
    body = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
        **problem.more,
    }
    headers = {"Cache-Control": "no-store", **problem.headers}
    content = json.dumps(body, ensure_ascii=False).encode()
    return Response(content, problem.status, headers=headers, media_type=MEDIA_TYPE)


def try_again(detail: str, *, after_s: float, status: HTTPStatus) -> ProblemError:
    """Return a problem that is over after some seconds, at least one."""
    return ProblemError(status, detail, {"Retry-After": str(max(1, round(after_s + 0.5)))})
