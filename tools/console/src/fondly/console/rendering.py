"""Answers with pages, and what every answer says of itself."""

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from fondly.console.static_files import address
from fondly.console.templating import TEMPLATES, fragment

TEMPLATES.filters["address"] = address
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' data:; "
    "connect-src 'self'; "
    "frame-src 'self'; "
    "form-action 'self'; "
    "frame-ancestors 'self'; "
    "base-uri 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every answer; an email's own frame has a policy that is stricter still."""


def page(
    request: Request,
    template: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    **context: Any,  # noqa: ANN401 - the template's own
) -> HTMLResponse:
    """Answer with a page; its template extends `page.html`, and knows `person`, `environment` and `path`."""
    person = getattr(request.state, "person", None)
    known = {
        "person": person,
        "environment": request.app.state.console.environment.name,
        "path": request.scope["path"],
    }
    return HTMLResponse(fragment(template, **known, **context), status)


def go(path: str) -> RedirectResponse:
    """Answer a form with the page to show next."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)
