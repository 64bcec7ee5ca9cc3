"""Customers as support sees them: what they got and why, what they said, and what was not sent."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from fondly.contracts.consent import Suppression
from fondly.contracts.email_index import customer_digest
from fondly.contracts.records import EmailRecord
from fondly.operations.cleanup.scope import Scope, open_scope
from fondly.operations.customers.consent import entries_of, open_consent
from fondly.operations.customers.facts import dispatch_words, facts_of
from fondly.operations.customers.gone import Gone
from fondly.operations.customers.items import Word, get
from fondly.operations.customers.keys import CUSTOMERS, by_address, by_key
from fondly.operations.customers.known import Items, at_a_glance
from fondly.operations.emails.finished import Emails
from fondly.operations.emails.one_email import OneEmail
from fondly.operations.emails.shown import ShownEmail
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.storage import items_of

NAMES_SEARCHED, MOST_FOUND = 2_000, 20
"""How many customers a search for a name looks at, for some 100 read units, and how many it returns."""
NO_EMAIL = "no email: held out, excluded, suppressed, or not made yet"


class Received(BaseModel):
    """What a run had for a customer; `became` says what has become of the email, or that there is none."""

    run_id: str
    at: str
    subject: str
    became: str
    picks: list[tuple[str, str, str]]
    """Each product's id, its name, and the kind of its reason."""


class Profile(BaseModel):
    """All that support needs; `latest` is their last email with its evidence, None if its run is gone."""

    customer_id: str
    facts: list[tuple[str, str]]
    suppressed: bool
    received: list[Received]
    """The latest first."""
    latest: ShownEmail | None


class FoundCustomer(BaseModel):
    """Somebody who was found, by what URLs call them."""

    key: str
    customer_id: str
    name: str | None = None


async def find_customers(environment: Environment, *, who: Word) -> list[FoundCustomer]:
    """Find customers by an id, an address or, among the first of all, a part of a name."""
    async with open_scope(environment) as scope:
        found = await _found(scope, who.strip())
    return [FoundCustomer(key=customer_digest(each["customer_id"]), **each) for each in found]


async def _found(scope: Scope, wanted: str) -> Items:
    environment = scope.environment
    if item := await get(scope, CUSTOMERS, {"customer_id": wanted}) if wanted else None:
        return [item]
    if "@" in wanted:
        ids = await by_address(environment, wanted)
        return [item for each in ids if (item := await get(scope, CUSTOMERS, {"customer_id": each}))]
    found, looked_at = Items(), 0
    async for each in items_of(environment.dynamodb, "scan", await environment.table(CUSTOMERS)):
        found += [each] if wanted and wanted.casefold() in str(each.get("name", "")).casefold() else []
        looked_at += 1
        if looked_at == NAMES_SEARCHED or len(found) == MOST_FOUND:
            break
    return found


async def suppressions_of(scope: Scope, customer_id: str) -> Mapping[str, Suppression]:
    """Return why a customer is not written to, by id and address, by the keys of the suppressions."""
    gone = Gone(frozenset({customer_id}))
    gone.learn_item(await get(scope, CUSTOMERS, {"customer_id": customer_id}) or {})
    consent = await open_consent(scope)
    return await consent.find(entries_of(gone)) if consent else {}


async def customer(environment: Environment, key: str) -> Profile:
    """Show what a customer got and why, what they said, and what was not sent to them."""
    customer_id = await by_key(environment, key)
    async with open_scope(environment) as scope:
        return await profile(scope, customer_id)


async def profile(scope: Scope, customer_id: str) -> Profile:
    """Return what is known of a customer; raise `OperationError` if that is nothing."""
    known = await at_a_glance(scope, Gone(frozenset({customer_id})), in_all_runs=False)
    if known.is_empty:
        raise OperationError("nothing is known of them any more")
    kept = known.tables.get("recommendations", [])
    told = [each for each in kept if isinstance(each.get("product_ids"), list)]  # a kept ranking is a text
    products = await scope.environment.items("products")
    wanted = sorted({one for each in told for one in each["product_ids"]})
    found = await products.get_all([{"product_id": each} for each in wanted])
    names = {str(each["product_id"]): str(each["name"]) for each in found}
    emails, dispatches = (
        {each["run_id"]: each for each in known.tables.get(table, [])} for table in ("emails", "dispatches")
    )
    received = [
        _received(each, emails.get(each["run_id"]), dispatches.get(each["run_id"]), names) for each in told
    ]
    return Profile(
        customer_id=customer_id,
        facts=[each for each in facts_of(known) if not each[0].startswith(("items of", "email"))],
        suppressed=bool(known.suppressions),
        received=sorted(received, key=lambda each: each.at, reverse=True),
        latest=await _latest(scope, [*map(EmailRecord.model_validate, emails.values())]),
    )


def _received(
    told: dict[str, Any], email: dict[str, Any] | None, dispatch: dict[str, Any] | None, names: dict[str, str]
) -> Received:
    clicked = f"; clicked {dispatch['clicked_at'][:10]}" if dispatch and dispatch.get("clicked_at") else ""
    return Received(
        run_id=told["run_id"],
        at=str((email or {}).get("created_at") or (dispatch or {}).get("at", "")),
        subject=(email or {}).get("subject", ""),
        became=dispatch_words(dispatch) + clicked if dispatch else "not sent yet" if email else NO_EMAIL,
        picks=[
            (one, names.get(one, one), str(kind).replace("_", " "))
            for one, kind in zip(told["product_ids"], told.get("reasons", []), strict=False)
        ],
    )


async def _latest(scope: Scope, records: list[EmailRecord]) -> ShownEmail | None:
    latest = max(records, key=lambda each: each.created_at, default=None)
    run = await (await scope.environment.ledger()).find(latest.run_id) if latest else None
    if not (latest and run):
        return None
    try:
        emails = await Emails.of(scope.environment, run)
        return await (await OneEmail.of(emails, customer_digest(latest.customer_id), latest.part)).shown()
    except OperationError:  # it has expired, or there was no index yet
        return None
