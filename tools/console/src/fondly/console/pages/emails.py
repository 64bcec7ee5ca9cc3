"""A run's emails: filtered, counted, searched."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import form
from fondly.console.pages.runs import run_of
from fondly.console.rendering import page
from fondly.console.roles import Role, Routes
from fondly.contracts.email_index import EmailIndexSummary, Facet
from fondly.operations.delivery.views import DeliveryLookup
from fondly.operations.emails.filtering import EmailFilter
from fondly.operations.emails.index import emails, facets
from fondly.operations.errors import OperationError

ROUTES = Routes()
PER_PAGE = 50
ASKED = {Facet.COPY: "copy_source"}
"""What the filter calls a facet, if not by its own name; addresses have the facet's name."""
OTHERS = ("product", "wording")


@ROUTES.at("/runs/{run_id}/emails", Role.READER, "GET", "POST")
async def listed(request: Request) -> Response:
    """List emails by facets; what somebody searches for may be a name, and is in no address."""
    environment, _, run = await run_of(request)
    asked = await form(request) if request.method == "POST" else dict(request.query_params)
    chosen = {name: asked[name] for name in (*Facet, *OTHERS) if asked.get(name)}
    text = asked.get("q", "").strip() if request.method == "POST" else ""
    known: dict[str, Any] = {"run": run, "chosen": chosen, "text": text, "problem": "", "found": None}
    try:
        summary = await facets(environment, run.run_id)
        wanted = _filter(chosen, text)
        found = await emails(environment, run.run_id, wanted, next=asked.get("next") or None, limit=PER_PAGE)
    except OperationError as error:
        return page(request, "emails/list.html", **known | {"problem": str(error)})
    lookup = await DeliveryLookup.of(environment)
    outcomes = await lookup.of_customers(run.run_id, [each.customer_id for each in found.rows])
    more = {"found": found, "facets": grouped(summary), "outcomes": outcomes, "emails": summary.emails}
    return page(request, "emails/list.html", **known | more)


def _filter(chosen: Mapping[str, str], text: str) -> EmailFilter:
    """Raise `OperationError` for a value that no email has."""
    wanted = {ASKED.get(Facet(name), name) if name in set(Facet) else name: chosen[name] for name in chosen}
    try:
        return EmailFilter.model_validate({**wanted, "text": text})
    except ValidationError as error:
        names = ", ".join(str(each["loc"][0]) for each in error.errors(include_input=False))
        raise OperationError(f"no email has such a {names}") from None


def grouped(summary: EmailIndexSummary) -> dict[str, list[tuple[str, int]]]:
    """Return the values of each facet with the number of their emails, most first."""
    groups: dict[str, list[tuple[str, int]]] = {}
    for name, number in sorted(summary.totals().items(), key=lambda each: -each[1]):
        facet, _, value = name.partition(":")
        groups.setdefault(facet, []).append((value, number))
    return {each: groups[each] for each in Facet if each in groups}
