"""Reservations and decisions on the emulator's DynamoDB."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fondly.contracts.consent import Contact, Suppression, address_entry, customer_entry
from fondly.contracts.delivery import Dispatch, NotSent, Outcome
from fondly.runtime.consent import DynamoDBConsent
from fondly.runtime.runs.deliveries import Changed, Deliveries
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.storage import EXPIRES_AT
from fondly.sender.adapters.dispatches import DynamoDBDispatches
from fondly.sender.ports import Reservation, Reserved
from fondly.stack.provision import Resources
from services.sender.tests.fakes import NOON
from tests.support.runs import RUN
from tests.support.stores import Clients


@pytest.fixture
def dispatches(clients: Clients, resources: Resources) -> DynamoDBDispatches:
    """The table of dispatches."""
    tables = resources.tables
    return DynamoDBDispatches(
        clients.dynamodb, tables["dispatches"], contacts=tables["contacts"], keep_days=30
    )


@pytest.fixture
def consent(clients: Clients, resources: Resources) -> DynamoDBConsent:
    """The tables of suppressions and contacts."""
    tables = resources.tables
    return DynamoDBConsent(clients.dynamodb, suppressions=tables["suppressions"], contacts=tables["contacts"])


def a_reservation(
    customer_id: str, token: str, *, version: int | None = None, run_id: str = RUN
) -> Reservation:
    """Return a reservation, with a version of the contact if it has one."""
    dispatch = Dispatch(
        run_id=run_id, customer_id=customer_id, outcome=Outcome.SENDING, at=NOON, reserved_by=token, tries=1
    )
    contact = None
    if version is not None:
        contact = Contact(customer_id=customer_id, times=(1_000 + version,), version=version)
    return Reservation(dispatch, contact)


def results(reservations: Sequence[Reservation], found: dict[tuple[str, str], Reserved]) -> list[Reserved]:
    """Return what came of reservations, in their order."""
    return [found[reservation.key] for reservation in reservations]


async def test_an_email_is_reserved_once(dispatches: DynamoDBDispatches, consent: DynamoDBConsent) -> None:
    """Of many in one transaction, those that are not free fail alone; contacts change with the others."""
    mine = [a_reservation(f"c{number}", "mine", version=1) for number in range(120)]
    assert set((await dispatches.reserve(mine)).values()) == {Reserved.MINE}
    theirs = [a_reservation(f"c{number}", "theirs", version=2) for number in range(100, 130)]
    theirs[-1] = a_reservation("c129", "theirs", version=1)
    found = results(theirs, await dispatches.reserve(theirs))
    assert found[:20] == [Reserved.TAKEN] * 20
    assert found[20:] == [Reserved.STALE] * 9 + [Reserved.MINE]
    contacts = await consent.contacts([f"c{number}" for number in range(130)])
    assert {contact.version for contact in contacts.values()} == {1}
    assert len(contacts) == 121


async def test_a_reservation_overwrites_no_newer_contact(
    dispatches: DynamoDBDispatches, consent: DynamoDBConsent
) -> None:
    """The customer may have chosen something since it was read: whoever reserves has to look again."""
    for version in (1, 2, 3):
        await dispatches.reserve([a_reservation("c1", "x", version=version, run_id=f"run-{version}")])
    for version in (1, 2, 3, 5):
        stale = a_reservation("c1", "y", version=version)
        assert results([stale], await dispatches.reserve([stale])) == [Reserved.STALE]
    assert (await consent.contacts(["c1"]))["c1"].version == 3


async def test_what_became_of_an_email_expires(
    dispatches: DynamoDBDispatches, clients: Clients, resources: Resources
) -> None:
    """From its reservation on: it says who was written to."""
    reservation = a_reservation("c1", "x")
    sent = reservation.dispatch.model_copy(update={"outcome": Outcome.SENT})
    for write in (partial(dispatches.reserve, [reservation]), partial(dispatches.record, [sent])):
        await write()
        [item] = (await clients.dynamodb.scan(TableName=resources.tables["dispatches"]))["Items"]
        assert EXPIRES_AT in item


async def test_rivals_for_the_same_emails_find_them_taken(dispatches: DynamoDBDispatches) -> None:
    """Whoever comes first has them, whole transactions of them.

    One after the other: the emulator's server checks and writes in two steps, and loses updates between them.
    """
    ids = [f"c{number}" for number in range(30)]
    found = [
        await dispatches.reserve([a_reservation(one, f"worker-{worker}", version=1) for one in ids])
        for worker in range(3)
    ]
    assert [set(each.values()) for each in found] == [{Reserved.MINE}, {Reserved.TAKEN}, {Reserved.TAKEN}]
    held = await dispatches.of(RUN, ids)
    assert {dispatch.reserved_by for dispatch in held.values()} == {"worker-0"}


async def test_what_waits_may_be_reserved_again(dispatches: DynamoDBDispatches) -> None:
    """What is final may not, and a reservation may be repeated by its owner."""
    reservation = a_reservation("c1", "first")
    await dispatches.reserve([reservation])
    assert results([reservation], await dispatches.reserve([reservation])) == [Reserved.MINE]
    waiting = reservation.dispatch.model_copy(update={"outcome": Outcome.WAITING, "reason": "451 later"})
    await dispatches.record([waiting])
    second = a_reservation("c1", "second")
    assert results([second], await dispatches.reserve([second])) == [Reserved.MINE]
    await dispatches.record([second.dispatch.model_copy(update={"outcome": Outcome.SENT})])
    third = a_reservation("c1", "third")
    assert results([third], await dispatches.reserve([third])) == [Reserved.TAKEN]
    assert (await dispatches.of(RUN, ["c1"]))["c1"].outcome == Outcome.SENT


async def test_two_reservations_for_a_customer_are_not_one_transaction(
    dispatches: DynamoDBDispatches,
) -> None:
    """Two runs may be delivered at the same time: the second looks at the contact again."""
    reservations = [
        a_reservation("c1", "x", version=1),
        a_reservation("c1", "y", version=1, run_id="run-fedcba9876543210"),
    ]
    assert results(reservations, await dispatches.reserve(reservations)) == [Reserved.MINE, Reserved.STALE]


async def test_an_email_whose_reservation_never_comes_through_is_not_mine(
    dispatches: DynamoDBDispatches, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others touch the same items all the time: it is looked at again."""

    async def conflict(**_: object) -> None:
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException"},
            "CancellationReasons": [{"Code": "TransactionConflict"}],
        }
        raise ClientError(answer, "TransactWriteItems")

    monkeypatch.setattr("fondly.runtime.runs.items.CONFLICT_WAIT_S", 0)
    monkeypatch.setattr(dispatches._dynamodb, "transact_write_items", conflict)
    reservation = a_reservation("c1", "x")
    assert results([reservation], await dispatches.reserve([reservation])) == [Reserved.STALE]


async def test_a_doubt_gives_way_to_what_the_worker_said(dispatches: DynamoDBDispatches) -> None:
    """The worker may have been slow, not dead."""
    reservation = a_reservation("c1", "slow")
    await dispatches.reserve([reservation])
    doubted = reservation.dispatch.model_copy(
        update={"outcome": Outcome.IN_DOUBT, "at": NOON + timedelta(minutes=1)}
    )
    assert await dispatches.doubt(doubted)
    assert not await dispatches.doubt(doubted)
    await dispatches.record([reservation.dispatch.model_copy(update={"outcome": Outcome.SENT})])
    assert (await dispatches.of(RUN, ["c1"]))["c1"].outcome is Outcome.SENT


async def test_the_last_word_on_an_email_counts(dispatches: DynamoDBDispatches) -> None:
    """What was to be tried again may have been sent before either is recorded: they are recorded together."""
    reservation = a_reservation("c1", "x")
    await dispatches.reserve([reservation])
    words = [
        reservation.dispatch.model_copy(update={"outcome": outcome})
        for outcome in (Outcome.WAITING, Outcome.SENT)
    ]
    await dispatches.record(words)
    assert (await dispatches.of(RUN, ["c1"]))["c1"].outcome is Outcome.SENT


@pytest.mark.parametrize("after", [Outcome.SENT, Outcome.IN_DOUBT])
async def test_a_late_word_frees_no_email_for_another_try(
    dispatches: DynamoDBDispatches, after: Outcome
) -> None:
    """A request of a worker that is dead may arrive when somebody else has handed the email over."""
    slow, other = a_reservation("c1", "slow"), a_reservation("c1", "other")
    waits = slow.dispatch.model_copy(update={"outcome": Outcome.WAITING})
    await dispatches.reserve([slow])
    await dispatches.record([waits])
    await dispatches.reserve([other])
    await dispatches.record([waits])
    assert (await dispatches.of(RUN, ["c1"]))["c1"].reserved_by == "other"
    await dispatches.record([other.dispatch.model_copy(update={"outcome": after})])
    await dispatches.record([waits])
    assert (await dispatches.of(RUN, ["c1"]))["c1"].outcome is after


async def test_whoever_is_suppressed_is_found_by_address_and_by_id(consent: DynamoDBConsent) -> None:
    """However the address is written; the first reason is kept."""
    listed = [
        Suppression(entry=address_entry("Ann@Mail.example"), reason=NotSent.HARD_BOUNCE, source="r", at=NOON),
        Suppression(entry=customer_entry("c2"), reason=NotSent.UNSUBSCRIBED, source="page", at=NOON),
    ]
    assert await consent.suppress(listed) == 2
    again = listed[0].model_copy(update={"reason": NotSent.MANUAL})
    assert await consent.suppress([again]) == 0
    people = [("c1", "ann@mail.example"), ("c2", None), ("c3", "cy@mail.example")]
    found = await consent.suppressed(people)
    assert {one: each.reason for one, each in found.items()} == {
        "c1": NotSent.HARD_BOUNCE,
        "c2": NotSent.UNSUBSCRIBED,
    }
    assert await consent.allow([customer_entry("c2"), customer_entry("c9")]) == 1
    assert [each.entry async for each in consent.all()] == [address_entry("ann@mail.example")]


async def test_a_delivery_comes_back_as_it_was_decided(clients: Clients, resources: Resources) -> None:
    """With what waits until when, and who decided."""
    deliveries = Deliveries(clients.dynamodb, resources.tables["runs"])
    await deliveries.open(RUN, status=DeliveryStatus.HELD, by="setting")
    await deliveries.decide(RUN, Act.SAMPLE, by="ada", changes={"sample": 5, "seeds": ("a@x.example",)})
    for part in range(1, 9):
        await deliveries.change(RUN, waiting(part))
    found = await deliveries.get(RUN)
    assert set(found.due) == set(range(1, 9))
    assert (found.sample, found.seeds, found.status) == (5, ("a@x.example",), DeliveryStatus.SAMPLE)
    assert found.decisions[1].by == "ada"
    assert [each.run_id for each in await deliveries.all()] == [RUN]


def waiting(part: int) -> Changed:
    """Return what lets a part wait."""
    return lambda found: found.model_copy(update={"due": {**found.due, part: 7}})
