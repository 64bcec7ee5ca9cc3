"""Renders the page: no script, nothing from elsewhere, everything escaped."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from understudy import __version__
from understudy.coverage import coverage_of
from understudy.page.resources import resource_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jinja2 import Template
    from starlette.requests import Request
    from starlette.responses import Response

    from understudy.coverage import ServiceCoverage
    from understudy.page.resources import ResourceList
    from understudy.wire.calls import CallLog
    from understudy.wire.service import Service

REFRESH_S = 5
SHOWN_RESOURCES = 20
"""Of each kind, the newest."""
_MAX_MESSAGE_CHARS = 240
_QUOTED_VALUE = re.compile(r"Value '.*?' at '", re.DOTALL)
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def _now() -> datetime:
    return datetime.now(UTC)


class Page:
    """Shows the resources of `services`, what is covered of them, and the calls of a log."""

    def __init__(
        self, services: Sequence[Service], calls: CallLog, now: Callable[[], datetime] = _now
    ) -> None:
        self._services, self._calls, self._now = services, calls, now
        self._started = now()

    async def show(self, request: Request) -> Response:
        """Answer with the page, which asks for itself again every few seconds unless `refresh=off`."""
        refreshes = request.query_params.get("refresh") != "off"
        content = self._template.render(
            version=__version__,
            style=Markup(_STYLE),  # noqa: S704 - our own file
            refresh_s=REFRESH_S if refreshes else None,
            started=self._started,
            now=self._now(),
            kinds=[await each.kind() for each in self._lists],
            shown=SHOWN_RESOURCES,
            calls=self._calls.by_operation(),
            errors=self._calls.errors,
            coverage=self._coverage,
        )
        return HTMLResponse(content, headers=_HEADERS)

    @cached_property
    def _lists(self) -> list[ResourceList]:
        return resource_lists(self._services)

    @cached_property
    def _coverage(self) -> list[ServiceCoverage]:
        return coverage_of(self._services)

    @cached_property
    def _template(self) -> Template:
        environment = Environment(
            loader=PackageLoader("understudy.page", "."),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= {"ago": self._ago, "without_values": without_values}
        return environment.get_template("page.html")

    def _ago(self, moment: datetime) -> str:
        return duration((self._now() - moment).total_seconds())


def duration(seconds: float) -> str:
    """Return a duration in its largest unit: `3 min`."""
    whole = max(int(seconds), 0)
    for size, unit in _UNITS:
        if whole >= size:
            return f"{whole // size} {unit}"
    return "0 s"


def without_values(message: str) -> str:
    """Return an error message without the values that it quotes from the request, and not too long."""
    plain = _QUOTED_VALUE.sub("Value at '", message)
    return plain if len(plain) <= _MAX_MESSAGE_CHARS else f"{plain[:_MAX_MESSAGE_CHARS]}…"


_STYLE = (files("understudy.page") / "page.css").read_text("utf-8")
_STYLE_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
