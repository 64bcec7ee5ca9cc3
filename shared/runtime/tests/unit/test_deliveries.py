"""Which decisions about a delivery can be taken when, and what they change."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from fondly.contracts.errors import PermanentError
from fondly.runtime.runs.deliveries import (
    MOST_DECISIONS,
    DecisionError,
    Deliveries,
    StaleDecisionError,
    person,
)
from fondly.runtime.runs.delivery import DELIVERY, FROM, TO, Act, Delivery, DeliveryStatus
from fondly.runtime.runs.items import key
from tests.support.dynamodb import InMemoryDynamoDB
from tests.support.runs import RUN, TABLE

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

README = Path(__file__).parents[4] / "services/sender/README.md"
HELD, SAMPLE, APPROVED, PAUSED, REJECTED, DONE = DeliveryStatus
ITEM = key(RUN, DELIVERY)
ALLOWED = {
    Act.HOLD: {HELD, SAMPLE, APPROVED, PAUSED},
    Act.APPROVE: {HELD, SAMPLE, APPROVED},
    Act.SAMPLE: {HELD, SAMPLE},
    Act.REJECT: {HELD, SAMPLE, APPROVED, PAUSED},
    Act.PAUSE: {SAMPLE, APPROVED},
    Act.RESUME: {PAUSED},
}
LEADS_TO = {
    Act.HOLD: HELD,
    Act.APPROVE: APPROVED,
    Act.SAMPLE: SAMPLE,
    Act.REJECT: REJECTED,
    Act.PAUSE: PAUSED,
    Act.RESUME: APPROVED,
}


async def moment() -> None:
    """Let others call in between."""
    await asyncio.sleep(0)


@pytest.fixture
def deliveries() -> Deliveries:
    """Those of an empty table."""
    return Deliveries(cast("DynamoDBClient", InMemoryDynamoDB(moment)), TABLE)


async def opened(deliveries: Deliveries, status: DeliveryStatus) -> Delivery:
    """Open a delivery and let it be in a status."""
    await deliveries.open(RUN, status=HELD, by="a setting")
    return await deliveries.change(RUN, lambda found: found.model_copy(update={"status": status}))


@pytest.mark.parametrize("status", DeliveryStatus)
@pytest.mark.parametrize("act", Act)
async def test_a_decision_is_taken_only_where_it_makes_sense(
    deliveries: Deliveries, act: Act, status: DeliveryStatus
) -> None:
    """It is kept with its author and reason; one that cannot be taken leaves no trace."""
    before = await opened(deliveries, status)
    if status in ALLOWED[act]:
        decided = await deliveries.decide(RUN, act, by="ines", note="why")
        assert decided.status is LEADS_TO[act]
        latest = decided.decisions[-1]
        assert (latest.act, latest.by, latest.note) == (act, "ines", "why")
        assert decided.attempt == before.attempt + 1
        assert await deliveries.get(RUN) == decided
    else:
        with pytest.raises(DecisionError, match=f"run {RUN} is {status}"):
            await deliveries.decide(RUN, act, by="ines")
        assert await deliveries.get(RUN) == before


def test_every_act_is_expected_here() -> None:
    """So that a new one is thought about."""
    assert {act: set(statuses) for act, statuses in FROM.items()} == ALLOWED


def test_the_senders_readme_shows_what_decisions_change() -> None:
    """The diagram is what the program goes by."""
    changes = [
        f"    {before} --> {after}: {act}"
        for act, statuses in FROM.items()
        for before in sorted(statuses)
        for after in ([TO[act]] if act in TO else sorted(FROM[Act.PAUSE]))
        if after is not before
    ]
    assert "\n".join(("```mermaid", "stateDiagram-v2", *changes, "```")) in README.read_text("utf-8")


@pytest.mark.parametrize("before", [SAMPLE, APPROVED])
async def test_a_pause_ends_where_it_began(deliveries: Deliveries, before: DeliveryStatus) -> None:
    """A sample does not become an approval by being paused."""
    await opened(deliveries, before)
    paused = await deliveries.decide(RUN, Act.PAUSE, by="ines", note="wrong prices")
    assert (paused.reason, paused.paused_from) == ("wrong prices", before)
    resumed = await deliveries.decide(RUN, Act.RESUME, by="ines")
    assert (resumed.status, resumed.reason, resumed.paused_from) == (before, "", None)


async def test_decisions_at_the_same_time_are_all_kept(deliveries: Deliveries) -> None:
    """Each is taken on what the others have left."""
    await opened(deliveries, HELD)
    names = [f"person {number}" for number in range(8)]
    await asyncio.gather(*(deliveries.decide(RUN, Act.APPROVE, by=name) for name in names))
    found = await deliveries.get(RUN)
    assert sorted(each.by for each in found.decisions[1:]) == names
    assert (found.attempt, found.release) == (8, 8)


async def test_of_many_decisions_the_first_and_the_latest_are_kept(deliveries: Deliveries) -> None:
    """An item may not grow for ever; who opened the delivery stays known."""
    await opened(deliveries, HELD)
    for number in range(MOST_DECISIONS + 5):
        await deliveries.decide(RUN, Act.APPROVE, by=str(number))
    found = (await deliveries.get(RUN)).decisions
    assert len(found) == MOST_DECISIONS + 1
    assert (found[0].by, found[1].by, found[-1].by) == ("a setting", "5", str(MOST_DECISIONS + 4))


async def test_each_sample_has_copies_of_its_own(deliveries: Deliveries) -> None:
    """So that those who look at another one get it, and a repetition of the same one sends nothing twice."""
    await opened(deliveries, HELD)
    first = await deliveries.decide(RUN, Act.SAMPLE, by="ines", changes={"sample": 5})
    await deliveries.decide(RUN, Act.PAUSE, by="ines")
    resumed = await deliveries.decide(RUN, Act.RESUME, by="ines")
    second = await deliveries.decide(RUN, Act.SAMPLE, by="jo", changes={"sample": 9})
    assert first.copies == resumed.copies != second.copies
    assert RUN not in {first.copies, second.copies}


async def test_a_run_without_a_delivery_cannot_be_decided_on(deliveries: Deliveries) -> None:
    """Nor is one made by trying."""
    with pytest.raises(PermanentError, match="has no delivery"):
        await deliveries.decide(RUN, Act.APPROVE, by="ines")
    assert await deliveries.find(RUN) is None


async def of_two(deliveries: Deliveries) -> None:
    """Open a delivery that two people have to approve."""
    await deliveries.open(RUN, status=HELD, by="a setting", approvers=2)


async def approved(deliveries: Deliveries, by: str, facts: str = "same", **changes: object) -> Delivery:
    """Approve what is there now."""
    judged = await deliveries.get(RUN)
    return await deliveries.decide(RUN, Act.APPROVE, by=by, changes=changes, judged=judged, facts=facts)


@pytest.mark.parametrize(
    ("second", "status"),
    [
        (("jo", "same", 9), APPROVED),
        (("jo", "others", 9), HELD),
        (("jo", "same", 8), HELD),
        (("ines", "same", 8), HELD),
    ],
)
async def test_two_people_have_to_approve_the_same(
    deliveries: Deliveries, second: tuple[str, str, int], status: DeliveryStatus
) -> None:
    """Other terms, or other facts, begin anew with whoever approved last; both approvals are kept."""
    by, facts, per_hour = second
    await of_two(deliveries)
    assert (await approved(deliveries, "ines", per_hour=9)).status is HELD
    found = await approved(deliveries, by, facts, per_hour=per_hour)
    assert (found.status, [each.by for each in found.decisions[1:]]) == (status, ["ines", by])
    assert (found.first and found.first[0]) == (None if status is APPROVED else by)


@pytest.mark.parametrize("again", ["ines", "INES", "arn:aws:sts::1:assumed-role/operator/ines"])
async def test_nobody_approves_for_two(deliveries: Deliveries, again: str) -> None:
    """Whatever role they have put on; seeds may be written to by one."""
    await of_two(deliveries)
    await approved(deliveries, "ines")
    with pytest.raises(DecisionError, match="another person"):
        await approved(deliveries, again)
    assert (await deliveries.get(RUN)).status is HELD
    sample = {"sample": 2, "seeds": ("a@shop.example",)}
    assert (await deliveries.decide(RUN, Act.SAMPLE, by="ines", changes=sample)).status is SAMPLE


async def test_whatever_is_decided_in_between_voids_the_first_of_two(deliveries: Deliveries) -> None:
    """The second approval is then the first."""
    await of_two(deliveries)
    await approved(deliveries, "ines")
    await deliveries.decide(RUN, Act.HOLD, by="ada")
    assert (await approved(deliveries, "jo")).status is HELD
    assert (await approved(deliveries, "ines")).status is APPROVED


async def test_of_two_who_approve_what_they_saw_at_once_one_decides(deliveries: Deliveries) -> None:
    """The other has judged what was true before."""
    await deliveries.open(RUN, status=HELD, by="a setting")
    judged = await deliveries.get(RUN)
    results = await asyncio.gather(
        *(deliveries.decide(RUN, Act.APPROVE, by=name, judged=judged) for name in ("ines", "jo")),
        return_exceptions=True,
    )
    assert {type(each) for each in results} == {Delivery, StaleDecisionError}
    assert len((await deliveries.get(RUN)).decisions) == 2


@pytest.mark.parametrize(
    ("status", "act", "release"), [(HELD, Act.HOLD, 0), (APPROVED, Act.APPROVE, 1), (SAMPLE, Act.APPROVE, 1)]
)
async def test_a_delivery_opens_as_the_settings_say(
    deliveries: Deliveries, status: DeliveryStatus, act: Act, release: int
) -> None:
    """Nothing else is decided, due, sampled or complained of yet; opening it again changes nothing."""
    found = await deliveries.open(RUN, status=status, by="a setting", note="why", per_hour=7)
    [first] = found.decisions
    assert (first.act, first.by, first.note, first.at) == (act, "a setting", "why", found.opened_at)
    assert found == Delivery(
        run_id=RUN, status=status, opened_at=first.at, decisions=(first,), release=release, per_hour=7
    )
    figures = (found.sample, found.samples, found.released, found.attempt, found.complaints, found.excused)
    assert figures == (0, 0, 0, 0, 0, 0)
    assert (found.approvers, found.revision, found.version, found.taken_until) == (1, 0, 0, 0.0)
    assert await deliveries.open(RUN, status=REJECTED, by="ines", per_hour=9) == found
    assert "expires_at" not in (await deliveries._dynamodb.get_item(TableName=TABLE, Key=ITEM))["Item"]


async def test_a_delivery_expires_with_its_run(deliveries: Deliveries) -> None:
    """After as many days as the ledger keeps runs, from its latest change on."""
    kept = Deliveries(deliveries._dynamodb, TABLE, keep_days=30)
    await kept.open(RUN, status=HELD, by="a setting")
    item = (await deliveries._dynamodb.get_item(TableName=TABLE, Key=ITEM))["Item"]
    assert int(item["expires_at"]["N"]) == pytest.approx(time.time() + 30 * 86_400, abs=60)


@pytest.mark.parametrize("act", [Act.APPROVE, Act.SAMPLE, Act.RESUME])
async def test_what_lets_parts_go_out_releases_all_of_them_anew(deliveries: Deliveries, act: Act) -> None:
    """Times at which they would have been looked at again are void, as is how many a sample takes of each."""
    await opened(deliveries, PAUSED if act is Act.RESUME else HELD)
    waiting = {"due": {1: 9}, "sample_parts": {1: 2}, "release": 3, "samples": 4, "reason": "late"}
    await deliveries.change(RUN, lambda found: found.model_copy(update=waiting))
    found = await deliveries.decide(RUN, act, by="ines", note="now", changes={"per_hour": 5})
    assert (found.release, found.due, found.sample_parts, found.reason) == (4, {}, {}, "")
    assert (found.samples, found.per_hour) == (4 + (act is Act.SAMPLE), 5)


@pytest.mark.parametrize(("act", "reason"), [(Act.HOLD, ""), (Act.PAUSE, "late"), (Act.REJECT, "late")])
async def test_what_stops_emails_releases_nothing(deliveries: Deliveries, act: Act, reason: str) -> None:
    """Parts that wait are still known when it goes on; why it stopped is shown, unless it is held again."""
    await opened(deliveries, APPROVED)
    waiting = {"due": {1: 9}, "sample_parts": {1: 2}}
    before = await deliveries.change(RUN, lambda found: found.model_copy(update=waiting))
    found = await deliveries.decide(RUN, act, by="ines", note="late")
    assert (found.release, found.due, found.sample_parts) == (before.release, {1: 9}, {1: 2})
    assert (found.reason, found.paused_from) == (reason, APPROVED if act is Act.PAUSE else None)


@pytest.mark.parametrize(
    "changed",
    [
        {"status": PAUSED},
        {"reason": "another"},
        {"starts_at": datetime(2026, 1, 2, tzinfo=UTC)},
        {"per_hour": 3},
        {"sample": 3},
        {"seeds": ("a@shop.example",)},
        {"complaints": 1},
        {"decisions": ()},
        {"approvers": 2},
        {"first": ("ines", "this")},
        {"revision": 1},
    ],
)
async def test_nobody_decides_on_what_they_were_not_shown(
    deliveries: Deliveries, changed: dict[str, object]
) -> None:
    """Whatever of it has changed: the decision leaves no trace."""
    judged = await opened(deliveries, HELD)
    await deliveries.change(RUN, lambda found: found.model_copy(update=changed))
    before = await deliveries.get(RUN)
    with pytest.raises(StaleDecisionError, match=f"run {RUN} has changed since it was shown"):
        await deliveries.decide(RUN, Act.APPROVE, by="ines", judged=judged)
    assert await deliveries.get(RUN) == before


async def test_how_the_sender_goes_about_it_voids_no_decision(deliveries: Deliveries) -> None:
    """Nor does a change that changes nothing raise the version."""
    judged = await opened(deliveries, HELD)
    update = {"attempt": 5, "released": 1, "due": {1: 9}, "taken_until": 7.0}
    changed = await deliveries.change(RUN, lambda found: found.model_copy(update=update))
    assert changed.version == judged.version + 1
    assert await deliveries.change(RUN, lambda found: found.model_copy(update=update)) == changed
    assert (await deliveries.decide(RUN, Act.APPROVE, by="ines", judged=judged)).attempt == 6


async def test_of_many_runs_the_deliveries_that_exist_are_listed(deliveries: Deliveries) -> None:
    """In one call; no run is no call."""
    found = await opened(deliveries, HELD)
    assert await deliveries.listed([RUN, "run-of-another"]) == [found]
    assert await deliveries.listed([]) == []


async def test_seeds_and_other_decisions_need_no_second_person(deliveries: Deliveries) -> None:
    """A first approval says so in the history; a pause, or a sample to seeds, is one person's."""
    await of_two(deliveries)
    first = await deliveries.decide(RUN, Act.APPROVE, by="ines", note="fine")
    assert first.decisions[-1].note == "first of two: fine"
    assert (first.attempt, first.release) == (0, 0)
    assert (await deliveries.decide(RUN, Act.SAMPLE, by="ines")).status is HELD
    assert (await deliveries.decide(RUN, Act.REJECT, by="ines")).status is REJECTED


@pytest.mark.parametrize(
    ("by", "who"),
    [
        ("Ines", "ines"),
        ("arn:aws:sts::1:assumed-role/operator/Ines", "ines"),
        ("arn:aws:iam::1:user/ines", "ines"),
        ("arn:aws:iam::1:root", "root"),
        ("team:ines", "team:ines"),
        ("shop/ines", "shop/ines"),
    ],
)
def test_who_somebody_is_does_not_depend_on_their_role(by: str, who: str) -> None:
    """Only of an ARN the last name counts."""
    assert person(by) == who
