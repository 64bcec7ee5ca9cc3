"""Strikes: what was struck is in no email of the run, nothing else changes, and nothing is paid."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import time_machine

from fondly.contracts import object_keys
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.email_index import EmailIndexRow, WordingCount, customer_digest
from fondly.contracts.events import RenderPart, new_event
from fondly.contracts.records import Recommendation
from fondly.contracts.revisions import RunRevisions, Strike
from fondly.runtime.queue.message import Message
from fondly.runtime.runs.deliveries import DecisionError, Deliveries, StaleDecisionError
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from services.mailer.tests.conftest import REASONS, answered, recommended
from services.mailer.tests.unit.test_handler import RUN, World
from tests.support.runs import START, TABLE

PARTS, CUSTOMERS = (1, 2), 8
WORDS = {
    "subject": [
        "A word for you, {customer.first_name}",
        "{1.name}, now {1.price}",
        "Something for your desk",
    ],
    "intro": [
        "You liked your {liked.product}, so we looked for things that go with it.",
        "Things that go with your {liked.product}.",
    ],
    "closing": ["See you soon!", "Until next time."],
}
EDITED = {"line": "For the desk and the road.", "closing": "All the best.", "subject": "For you"}


class CrashError(Exception):
    """The worker dies."""


def customers(part: int) -> list[Recommendation]:
    """The customers of a part, of whom different things are known."""
    return [
        recommended(
            f"C{part}-{number}",
            products=2 + number % 4,
            reasons=REASONS[number % 3 :] + REASONS[: number % 3],
            email=None if number == 3 else f"c{number}@shop.example",
        )
        for number in range(CUSTOMERS)
    ]


async def finished() -> World:
    """A finished run whose delivery is held."""
    world = World(answered(**WORDS))
    await world.open(parts=len(PARTS))
    for part in PARTS:
        await world.handler(await world.message(customers(part), part=part, parts=len(PARTS)))
    await Deliveries(world.runs.dynamodb, TABLE).open(RUN, status=DeliveryStatus.HELD, by="a setting")
    return world


def rows(world: World) -> dict[str, EmailIndexRow]:
    """What the index has of each email."""
    lines = (world.objects.stored[object_keys.email_index(RUN, part)].splitlines() for part in PARTS)
    found = (EmailIndexRow.model_validate_json(line) for part in lines for line in part)
    return {row.customer_id: row for row in found}


def wordings(world: World) -> dict[str, WordingCount]:
    """The wordings that emails have, by digest."""
    lines = (world.objects.stored[object_keys.email_wordings(RUN, part)].splitlines() for part in PARTS)
    found = (WordingCount.model_validate_json(line) for part in lines for line in part)
    return {each.digest: each for each in found}


def emails(world: World) -> dict[str, bytes]:
    """The messages that are left, by customer."""
    folder = object_keys.emails(RUN)
    names = {
        object_keys.email(RUN, each.customer_id): each.customer_id for p in PARTS for each in customers(p)
    }
    return {names[key]: body for key, body in world.objects.stored.items() if key.startswith(folder) and body}


def state(world: World) -> dict[str, Any]:
    """All that revisions may change; how often locks were taken is none of it."""
    folders = (object_keys.emails(RUN), f"runs/{RUN}/mailed/", f"runs/{RUN}/email-index/")
    objects = {key: body for key, body in world.objects.stored.items() if key.startswith(folders)}
    reports = {name: item for (_, name), item in world.runs.table.items.items() if name.startswith("report#")}
    return objects | {"records": world.records.items, "reports": reports}


def drawn(chance: random.Random, world: World) -> Iterator[Strike]:
    """Yield a few strikes of what emails have now, or had."""
    known = sorted(wordings(world).values(), key=lambda each: each.digest)
    for wording in chance.sample(known, k=min(len(known), chance.randint(1, 3))):
        instead = EDITED.get(wording.field, "") if chance.random() < 0.5 else ""
        yield Strike(
            wording=wording.digest, field=wording.field, instead=instead, product_id=wording.product_id
        )
    someone = customer_digest(chance.choice(sorted(rows(world))))
    if chance.random() < 0.5:
        whose = someone if chance.random() < 0.5 else ""
        yield Strike(product_id=chance.choice(["P1", "P2", "P3"]), customer=whose)
    if chance.random() < 0.3:
        yield Strike(customer=someone)


def about(part: int, revision: int) -> Message:
    """The message about a part."""
    event = new_event(RenderPart(part=part, revision=revision), run_id=RUN, source="mailer")
    return Message(f"m-{part}", "r", event.body, receive_count=1, first_received_ms=0)


def crash_after(world: World, writes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worker die after so many writes of objects, records, reports and revisions."""
    left = [writes]

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        async def write(*args: object, **named: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise CrashError
            return await call(*args, **named)

        return write

    for owner, name in (
        *((world.objects, each) for each in ("put", "put_lines")),
        (world.records, "put_all"),
        (world.ledger, "record"),
        *((world.revisions, each) for each in ("pass_part", "merged")),
    ):
        monkeypatch.setattr(owner, name, dying(getattr(owner, name)))


async def struck(world: World, strikes: list[Strike]) -> RunRevisions:
    """Strike, as an operation does."""
    return await world.revisions.add(RUN, strikes, parts=PARTS, by="ines")


@pytest.mark.parametrize("seed", range(6))
async def test_what_is_struck_is_gone_and_nothing_else_changes(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After crashes, repetitions and strikes in between it is as if none had happened; nothing is paid."""
    chance = random.Random(seed)  # noqa: S311 - a storm
    with time_machine.travel(START, tick=False):
        stormy, calm = await finished(), await finished()
    calls, before, known = stormy.model.calls, emails(stormy), rows(stormy)
    units = [report.units for report in await stormy.ledger.reports(RUN)]
    for _ in range(chance.randint(1, 3)):
        strikes = list(drawn(chance, calm))
        number = (await struck(calm, strikes)).number
        for part in PARTS:
            await calm.handler(about(part, number))
        await struck(stormy, strikes)
        for part in chance.choices(PARTS, k=chance.randint(0, 3)):
            with monkeypatch.context() as patch, suppress(CrashError):
                crash_after(stormy, chance.randint(0, 14), patch)
                await stormy.handler(about(part, number))
    for part in (*PARTS, *PARTS):
        await stormy.handler(about(part, 9))
    revisions = await stormy.revisions.find(RUN)
    assert not revisions.rendering
    assert {name: value for name, value in state(stormy).items() if value != state(calm)[name]} == {}
    assert not any(revisions.concerns(row) for row in rows(stormy).values())
    unstruck = {each for each, row in known.items() if not revisions.concerns(row)}
    assert {each: emails(stormy)[each] for each in unstruck} == {each: before[each] for each in unstruck}
    assert emails(stormy).keys() == rows(stormy).keys()
    counts = await stormy.counts()
    assert counts["emails"] + counts["emails_struck"] == len(before)
    assert [report.units for report in await stormy.ledger.reports(RUN)] == units
    assert (stormy.model.calls, calm.model.calls) == (calls, calls)


async def test_what_has_been_handed_over_stays_as_it_was_sent() -> None:
    """Even if its wording is struck: what is stored is what the customer has."""
    world = await finished()
    before, closing = (
        emails(world),
        next(each for each in wordings(world).values() if each.field == "closing"),
    )
    sent = next(each for each, row in rows(world).items() if closing.digest in row.wordings.values())
    dispatch = Dispatch(run_id=RUN, customer_id=sent, outcome=Outcome.SENT, at=START)
    await world.dispatches.put_all([dispatch.model_dump(mode="json")])
    await struck(world, [Strike(wording=closing.digest, field="closing", instead="All the best.")])
    for part in PARTS:
        await world.handler(about(part, 1))
    has = {each for each, row in rows(world).items() if closing.digest in row.wordings.values()}
    assert (has, emails(world)[sent]) == ({sent}, before[sent])
    assert saying(emails(world), "All the best.") == saying(before, closing.text) - 1


def saying(messages: dict[str, bytes], text: str) -> int:
    """How many emails say something."""
    return sum(text.encode() in each for each in messages.values())


async def test_an_edit_that_the_rules_refuse_in_an_email_is_not_said_there() -> None:
    """Whatever a person was told when they wrote it: the next wording stands there, or house text."""
    world = await finished()
    closing = next(each for each in wordings(world).values() if each.field == "closing")
    await struck(world, [Strike(wording=closing.digest, field="closing", instead="Buy now, 50 % off!!!")])
    for part in PARTS:
        await world.handler(about(part, 1))
    assert saying(emails(world), closing.text) == saying(emails(world), "50 %") == 0


async def test_two_people_who_strike_at_once_are_both_heard() -> None:
    """One after the other; a repetition adds nothing."""
    world = await finished()
    first, second = Strike(product_id="P1"), Strike(wording="a" * 16, field="closing")
    await asyncio.gather(*(struck(world, [each]) for each in (first, second)))
    revisions = await struck(world, [first])
    assert (revisions.number, {*revisions.strikes}) == (2, {first, second})


async def test_nothing_is_struck_of_a_delivery_that_is_not_held() -> None:
    """It is taken back first; and whoever has judged it before has judged something else."""
    world = await finished()
    deliveries = Deliveries(world.runs.dynamodb, TABLE)
    shown = await deliveries.get(RUN)
    await struck(world, [Strike(product_id="P1")])
    with pytest.raises(StaleDecisionError):
        await deliveries.decide(RUN, Act.APPROVE, by="jo", judged=shown)
    await deliveries.decide(RUN, Act.APPROVE, by="jo")
    with pytest.raises(DecisionError, match="is not held"):
        await world.revisions.add(RUN, [Strike(product_id="P2")], parts=PARTS, by="ines")
