"""Nothing is paid for customers who are held out; they are listed, so that what they buy can be compared."""

from collections.abc import Callable

import pytest

from fondly.contracts import object_keys
from fondly.contracts.delivery import FinishedEmail, NotSent
from fondly.contracts.events import EmailFinished, RunFinished
from fondly.contracts.experiments import Holdout
from fondly.contracts.records import Recommendation
from fondly.mailer.domain.run_state import MailerState
from fondly.mailer.use_cases.ask_consent import DrawHoldout
from services.mailer.tests.unit import test_handler
from services.mailer.tests.unit.test_handler import RUN

Recommend = Callable[..., Recommendation]
Answer = Callable[..., dict[str, object]]
HALF = Holdout(share=0.5, salt="july")
CUSTOMERS = [f"C{number}" for number in range(1, 13)]
HELD_OUT = [each for each in CUSTOMERS if HALF.has(each)]
WRITTEN_TO = [each for each in CUSTOMERS if not HALF.has(each)]


@pytest.fixture
def world(make_answer: Answer) -> test_handler.World:
    """A mailer that holds out half of the customers."""
    made = test_handler.World(make_answer(subject=["Something for you"]))
    made.holdout = HALF
    return made


async def listed(world: test_handler.World, part: int = 1) -> list[FinishedEmail]:
    """What is handed to delivery."""
    return await world.objects.get_lines(object_keys.mailed(RUN, part), FinishedEmail)


def emails(world: test_handler.World) -> set[str]:
    """The keys of the finished emails."""
    return {key for key in world.objects.stored if key.endswith(".eml")}


async def test_a_held_out_customer_costs_nothing(world: test_handler.World, recommend: Recommend) -> None:
    """No call of the model, no email, no record, no event; the run says how many, and lists them."""
    await world.open(parts=1)
    await world.handler(await world.message([recommend(each) for each in HELD_OUT]))
    assert (world.model.calls, emails(world), world.records.items) == (0, set(), {})
    assert not [event for _, event in world.announcer.announced if isinstance(event, EmailFinished)]
    counts = await world.counts()
    assert counts == test_handler.NOTHING | {"customers_held_out": len(HELD_OUT)}
    (report,) = await world.ledger.reports(RUN)
    assert not any(unit.startswith("bedrock.") for unit in report.units)
    found = await listed(world)
    assert [(each.customer_id, each.key, each.held_out) for each in found] == [
        (each, "", True) for each in HELD_OUT
    ]
    (ended,) = (event for _, event in world.announcer.announced if isinstance(event, RunFinished))
    assert ended.counts["customers_held_out"] == len(HELD_OUT)  # delivery opens for them


async def test_the_others_get_theirs_in_their_order(world: test_handler.World, recommend: Recommend) -> None:
    """The list has everybody as the part has them."""
    await world.open(parts=1)
    await world.handler(await world.message([recommend(each) for each in CUSTOMERS]))
    found = await listed(world)
    assert [each.customer_id for each in found] == CUSTOMERS
    assert [each.customer_id for each in found if not each.held_out] == WRITTEN_TO
    assert emails(world) == {object_keys.email(RUN, each) for each in WRITTEN_TO}
    assert (await world.counts())["emails"] == len(WRITTEN_TO)


async def test_a_run_keeps_its_holdout_whatever_is_set_later(
    world: test_handler.World, recommend: Recommend
) -> None:
    """Else half of a run would be drawn by one share, and half by another."""
    await world.open(parts=2)
    await world.handler(await world.message([recommend(each) for each in CUSTOMERS[:6]], parts=2))
    world.holdout = Holdout(share=0.0)
    await world.handler(await world.message([recommend(each) for each in CUSTOMERS[6:]], part=2, parts=2))
    assert MailerState.of(await world.ledger.run(RUN)).holdout == HALF
    second = await listed(world, part=2)
    assert [each.customer_id for each in second if each.held_out] == [
        each for each in CUSTOMERS[6:] if each in HELD_OUT
    ]


async def test_of_two_mailers_that_begin_a_run_one_decides(world: test_handler.World) -> None:
    """While settings are rolled out, tasks with the old and the new ones are at work together."""
    await world.open(parts=1)
    old, new = DrawHoldout(world.ledger, HALF), DrawHoldout(world.ledger, Holdout(share=0.9))
    before = await world.ledger.run(RUN)
    for each in (old, new):  # the second one had seen none
        await world.ledger.change_state(before, MailerState, each.drawn)
    assert (await old.of(RUN), await new.of(RUN)) == (HALF, HALF)


async def test_a_suppressed_customer_is_not_held_out(world: test_handler.World, recommend: Recommend) -> None:
    """They would have got no email anyway: to count them would make the groups unlike."""
    world.consent.suppress(HELD_OUT[0], NotSent.UNSUBSCRIBED)
    await world.open(parts=1)
    await world.handler(await world.message([recommend(each) for each in HELD_OUT]))
    assert [each.customer_id for each in await listed(world)] == HELD_OUT[1:]
    counts = await world.counts()
    assert (counts["customers_held_out"], counts["emails_suppressed"]) == (len(HELD_OUT) - 1, 1)


async def test_who_could_have_had_no_email_is_in_no_group(
    world: test_handler.World, recommend: Recommend
) -> None:
    """Without picks nobody gets an email, whichever way the lot falls."""
    await world.open(parts=1)
    await world.handler(await world.message([recommend(HELD_OUT[0], products=0), recommend(HELD_OUT[1])]))
    assert [each.customer_id for each in await listed(world)] == [HELD_OUT[1]]
    counts = await world.counts()
    assert (counts["customers_held_out"], counts["emails_failed"]) == (1, 1)


async def test_nothing_is_asked_about_what_only_a_held_out_customer_would_get(
    world: test_handler.World, recommend: Recommend, make_answer: Answer
) -> None:
    """The same is asked as without them."""
    theirs = recommend(HELD_OUT[0], category=("Toys", "Kites"))
    others = recommend(WRITTEN_TO[0], products=2)
    without = test_handler.World(make_answer(subject=["Something for you"]))
    for mailer, customers in ((without, [others]), (world, [theirs, others])):
        await mailer.open(parts=1)
        await mailer.handler(await mailer.message(customers))
    assert world.kept.answers.keys() == without.kept.answers.keys()
    assert world.model.calls == without.model.calls
