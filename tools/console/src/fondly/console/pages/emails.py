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
from fondly.contracts.delivery import Outcome
from fondly.contracts.email_index import EmailIndexSummary, Facet, customer_digest
from fondly.operations.delivery.views import REPORTS, DeliveryLookup
from fondly.operations.emails.filtering import EmailFilter
from fondly.operations.emails.finished import Emails
from fondly.operations.emails.index import emails, facets
from fondly.operations.errors import OperationError

ROUTES = Routes()
PER_PAGE, OF_AN_OUTCOME, MAX_ID = 50, 25, 256
ASKED = {Facet.COPY: "copy_source"}
"""What the filter calls a facet, if not by its own name; addresses have the facet's name."""
OTHERS = ("product", "wording")


@ROUTES.at("/runs/{run_id}/emails", Role.READER, "GET", "POST")
async def listed(request: Request) -> Response:
    """List emails by facets; what somebody searches for may be a name, and is in no address."""
    environment, _, run = await run_of(request)
    posted = request.method == "POST"
    asked = await form(request) if posted else dict(request.query_params)
    outcome, text = asked.get("outcome", ""), asked.get("q", "").strip() if posted else ""
    chosen = {name: asked[name] for name in (*Facet, *OTHERS) if asked.get(name) and not outcome}
    lookup = await DeliveryLookup.of(environment)
    known: dict[str, Any] = {"run": run, "chosen": chosen, "text": text, "problem": "", "found": None}
    known |= {"outcome": outcome, "outcomes": {} if chosen or text else await lookup.outcomes(run.run_id)}
    try:
        summary = await facets(environment, run.run_id)
        known |= {"facets": grouped(summary), "emails": summary.emails}
        if outcome:
            after = asked.get("next", "") if posted else ""
            known |= await _with_outcome(await Emails.of(environment, run), outcome, after)
            return page(request, "emails/list.html", **known)
        wanted = _filter(chosen, text)
        found = await emails(environment, run.run_id, wanted, next=asked.get("next") or None, limit=PER_PAGE)
    except OperationError as error:
        return page(request, "emails/list.html", **known | {"problem": str(error)})
    became = await lookup.of_customers(run.run_id, [each.customer_id for each in found.rows])
    return page(request, "emails/list.html", **known | {"found": found, "became": became})


async def _with_outcome(emails: Emails, outcome: str, after: str) -> dict[str, Any]:
    """Return (key, dispatch, record if there is one) of some emails with an outcome, and where to go on."""
    if outcome not in {*Outcome, *REPORTS}:
        raise OperationError("no email has such an outcome")
    run_id = emails.run.run_id
    some, after = await emails.lookup.with_outcome(run_id, outcome, limit=OF_AN_OUTCOME, after=after[:MAX_ID])
    records = await emails.records.existing(run_id, [each.customer_id for each in some])
    told = [(customer_digest(each.customer_id), each, records.get(each.customer_id)) for each in some]
    return {"some": told, "after": after}


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
