"""Nothing is paid for customers who must not be written to, and nothing is made."""

from collections.abc import Callable

import pytest

from fondly.contracts import object_keys
from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.consent import Contact, Frequency
from fondly.contracts.delivery import NotSent
from fondly.contracts.events import EmailFinished
from fondly.contracts.records import Complaint, Recommendation
from services.mailer.tests.unit import test_handler
from services.mailer.tests.unit.test_handler import CAP, NOW, RUN

Recommend = Callable[..., Recommendation]
Answer = Callable[..., dict[str, object]]
DAY = SECONDS_PER_DAY


@pytest.fixture
def world(make_answer: Answer) -> test_handler.World:
    """A mailer whose model writes copy that passes; its cap is two emails a week."""
    return test_handler.World(make_answer(subject=["Something for you"]))


async def mail(world: test_handler.World, *customers: Recommendation) -> dict[str, int]:
    """Mail a run of one part; return its counts."""
    await world.open(parts=1)
    await world.handler(await world.message(customers))
    return await world.counts()


def announced(world: test_handler.World) -> list[str]:
    """The customers whose emails were announced."""
    return sorted(
        each.customer_id for _, each in world.announcer.announced if isinstance(each, EmailFinished)
    )


def emailed(world: test_handler.World) -> list[str]:
    """The customers who have an email, a record and an event."""
    stored = [key for key in world.objects.stored if key.endswith(".eml")]
    recorded = sorted(customer_id for _, customer_id in world.records.items)
    assert sorted(stored) == sorted(object_keys.email(RUN, each) for each in recorded)
    assert announced(world) == recorded
    return recorded


@pytest.mark.parametrize(
    "reason", [NotSent.UNSUBSCRIBED, NotSent.COMPLAINT, NotSent.ERASED, NotSent.IMPORTED]
)
async def test_a_suppressed_customer_costs_nothing(
    world: test_handler.World, recommend: Recommend, reason: NotSent
) -> None:
    """No call of the model, no email, no event; the run is finished, and says how many and why."""
    world.consent.suppress("C1", reason)
    counts = await mail(world, recommend("C1"))
    assert (world.model.calls, emailed(world)) == (0, [])
    assert not any(key.startswith(object_keys.copies(RUN, 1)) for key in world.objects.stored)
    assert counts == test_handler.NOTHING | {"emails_suppressed": 1, f"emails_suppressed_{reason}": 1}
    (report,) = await world.ledger.reports(RUN)
    assert not any(unit.startswith("bedrock.") for unit in report.units)


async def test_an_address_is_suppressed_however_it_is_written(
    world: test_handler.World, recommend: Recommend
) -> None:
    """A bounce names the address that was written to, and the file may spell it in another way."""
    world.consent.suppress_address("asha@xn--mnchen-3ya.example")
    customer = recommend("C1").model_copy(update={"email": " Asha@MÜNCHEN.example"})
    counts = await mail(world, customer, recommend("C2"))
    assert emailed(world) == ["C2"]
    assert counts["emails_suppressed_hard_bounce"] == 1


async def test_a_customer_who_has_had_enough_gets_no_email(
    world: test_handler.World, recommend: Recommend
) -> None:
    """By the shop's cap, over all runs, or by their own wish."""
    times = (NOW - DAY, NOW - 2 * DAY)
    for contact in (
        Contact(customer_id="capped", times=times),
        Contact(customer_id="below", times=times[:1]),
        Contact(customer_id="long ago", times=(NOW - 8 * DAY, NOW - 9 * DAY)),
        Contact(customer_id="monthly", times=(NOW - 8 * DAY,), frequency=Frequency.MONTHLY),
        Contact(customer_id="monthly, due", times=(NOW - 31 * DAY,), frequency=Frequency.MONTHLY),
    ):
        world.consent.stored[contact.customer_id] = contact
    counts = await mail(world, *map(recommend, [*world.consent.stored, "new"]))
    assert CAP.emails == 2
    assert emailed(world) == ["below", "long ago", "monthly, due", "new"]
    assert counts["emails_suppressed_frequency"] == counts["emails_suppressed"] == 2


async def test_who_wants_nothing_that_is_offered_is_no_failure(
    world: test_handler.World, recommend: Recommend
) -> None:
    """They have turned their departments off; whoever has no picks for another reason has failed."""
    world.consent.stored["C1"] = Contact(customer_id="C1", topics_off=("Toys",))
    world.consent.stored["C2"] = Contact(customer_id="C2")
    world.consent.stored["C3"] = Contact(customer_id="C3", topics_off=("Toys",))
    counts = await mail(world, recommend("C1", products=0), recommend("C2", products=0), recommend("C3"))
    assert emailed(world) == ["C3"]
    assert (counts["emails_suppressed_topics"], counts["emails_failed"]) == (1, 1)


async def test_who_speaks_of_danger_gets_no_email(world: test_handler.World, recommend: Recommend) -> None:
    """The shop answers first; a complaint of another kind keeps nobody from an email."""
    unsafe, unhappy = (Complaint(product_id="P", is_safety=one) for one in (True, False))
    people = [
        recommend(f"C{n}").model_copy(update={"complaint": one}) for n, one in enumerate((unsafe, unhappy))
    ]
    counts = await mail(world, *people)
    assert emailed(world) == ["C1"]
    assert counts["emails_suppressed_safety"] == 1


async def test_who_unsubscribes_while_a_part_is_repeated_is_not_announced(
    world: test_handler.World, recommend: Recommend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The email that was made stays on the bill, and in the list for delivery, which leaves it out."""
    await world.open(parts=1)
    message = await world.message([recommend("C1"), recommend("C2")])
    announce = world.announcer.announce

    async def fail(run_id: str, *events: object) -> None:
        raise ConnectionError(run_id, events)

    monkeypatch.setattr(world.announcer, "announce", fail)
    with pytest.raises(ConnectionError):
        await world.handler(message)
    paid = world.model.calls
    monkeypatch.setattr(world.announcer, "announce", announce)
    world.consent.suppress("C1")
    await world.handler(message)
    assert announced(world) == ["C2"]
    counts = await world.counts()
    assert (counts["emails"], counts["emails_suppressed"], world.model.calls) == (2, 0, paid)
    assert world.objects.stored[object_keys.mailed(RUN, 1)].count(b"\n") == 2


async def test_nothing_is_asked_about_what_only_a_suppressed_customer_would_get(
    world: test_handler.World, recommend: Recommend, make_answer: Answer
) -> None:
    """The same is asked as without them."""
    theirs, others = recommend("C1", category=("Toys", "Kites")), recommend("C2", products=2)
    without = test_handler.World(make_answer(subject=["Something for you"]))
    await mail(without, others)
    world.consent.suppress("C1")
    await mail(world, theirs, others)
    assert world.kept.answers.keys() == without.kept.answers.keys()
    assert world.model.calls == without.model.calls


async def test_prompts_of_an_earlier_run_are_not_used_for_a_suppressed_customer(
    world: test_handler.World, recommend: Recommend, make_answer: Answer
) -> None:
    """Though their answers are kept, and cost nothing: nothing is written to them."""
    await mail(world, recommend("C1"))
    assert emailed(world) == ["C1"]
    later = test_handler.World(make_answer(), kept=world.kept)
    later.consent.suppress("C1")
    await mail(later, recommend("C1"))
    assert (later.model.calls, emailed(later)) == (0, [])
    assert not any("/copy/" in key for key in later.objects.stored)
