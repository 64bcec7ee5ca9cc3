"""The tables of suppressions and contacts, and their double where both can be asked."""

from datetime import UTC, datetime

import pytest

from fondly.contracts.consent import (
    Cap,
    Contact,
    Frequency,
    Suppression,
    address_entry,
    customer_entry,
)
from fondly.contracts.delivery import NotSent
from fondly.runtime.consent import Consent, DynamoDBConsent, refusals
from fondly.runtime.storage import DynamoDBItems
from fondly.stack.provision import Resources
from tests.support.consent import InMemoryConsent
from tests.support.stores import Clients, Emulated

NOW = 1_795_000_000
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
SUPPRESSIONS = (
    Suppression(entry=customer_entry("C1"), reason=NotSent.UNSUBSCRIBED, source="page", at=AT, subject="C1"),
    Suppression(entry=address_entry("c1@shop.example"), reason=NotSent.COMPLAINT, source="ses", at=AT),
    Suppression(entry=address_entry("c2@shop.example"), reason=NotSent.HARD_BOUNCE, source="ses", at=AT),
)
CONTACTS = (
    Contact(customer_id="C3", times=(NOW - 60,), frequency=Frequency.WEEKLY, topics_off=("Toys",)),
    Contact(customer_id="C4", times=(NOW - 60,)),
)


@pytest.fixture
def stored(clients: Clients, resources: Resources) -> DynamoDBConsent:
    """The empty tables."""
    tables = resources.tables
    return DynamoDBConsent(clients.dynamodb, suppressions=tables["suppressions"], contacts=tables["contacts"])


@pytest.fixture
async def consent(emulated: Emulated | None) -> Consent:
    """Three suppressions and two contacts."""
    if emulated is None:
        double = InMemoryConsent(*CONTACTS)
        double.suppressions.update({each.entry: each for each in SUPPRESSIONS})
        return double
    tables = emulated.resources.tables
    original = DynamoDBConsent(
        emulated.clients.dynamodb, suppressions=tables["suppressions"], contacts=tables["contacts"]
    )
    await original.suppress(SUPPRESSIONS)
    contacts = DynamoDBItems(emulated.clients.dynamodb, tables["contacts"])
    await contacts.put_all([each.model_dump(mode="json") for each in CONTACTS])
    return original


async def test_a_customer_is_suppressed_by_id_or_by_address(consent: Consent) -> None:
    """Their own reason counts before the address's; who may be written to is left out."""
    people = [("C1", "c1@shop.example"), ("C2", " C2@Shop.example"), ("C3", None), ("C4", "c4@shop.example")]
    assert await consent.suppressed(people) == {"C1": SUPPRESSIONS[0], "C2": SUPPRESSIONS[2]}
    assert await consent.suppressed([]) == {}


async def test_contacts_are_found_by_customer(consent: Consent) -> None:
    """Whoever was never written to has none; an id may be asked twice."""
    assert await consent.contacts(["C3", "C1", "C3"]) == {"C3": CONTACTS[0]}


async def test_everybody_is_refused_for_one_reason(consent: Consent) -> None:
    """A suppression, else the customer's own wish or the shop's cap."""
    people = [(f"C{number}", f"c{number}@shop.example") for number in range(1, 6)]
    refused = {"C1": NotSent.UNSUBSCRIBED, "C2": NotSent.HARD_BOUNCE, "C3": NotSent.FREQUENCY}
    assert await refusals(consent, people, cap=Cap(), now=NOW) == refused
    capped = await refusals(consent, people, cap=Cap(emails=1, days=1), now=NOW)
    assert capped == refused | {"C4": NotSent.FREQUENCY}


async def test_the_first_reason_stays(stored: DynamoDBConsent) -> None:
    """Who complained and then bounces has complained; the number of new entries is told."""
    first = SUPPRESSIONS[1]
    again = first.model_copy(update={"reason": NotSent.HARD_BOUNCE})
    assert await stored.suppress([first, again]) == 1
    assert await stored.suppress([again, SUPPRESSIONS[2]]) == 1
    assert await stored.find([first.entry]) == {first.entry: first}
    assert sorted([each.entry async for each in stored.all()]) == sorted([first.entry, SUPPRESSIONS[2].entry])


async def test_a_suppression_is_removed_once(stored: DynamoDBConsent) -> None:
    """Removing what is not there changes nothing, and is said."""
    await stored.suppress(SUPPRESSIONS)
    assert await stored.allow([SUPPRESSIONS[0].entry, customer_entry("nobody")]) == 1
    assert await stored.allow([SUPPRESSIONS[0].entry]) == 0
    assert await stored.suppressed([("C1", None)]) == {}


async def test_many_are_asked_at_once(stored: DynamoDBConsent) -> None:
    """More than a call takes, a customer twice among them."""
    people = [(f"P{number}", f"p{number}@shop.example") for number in range(130)]
    entries = [address_entry(address) for _, address in people]
    await stored.suppress([SUPPRESSIONS[1].model_copy(update={"entry": entry}) for entry in entries])
    assert len(await stored.suppressed([*people, *people])) == len(people)
