"""Decisions about a delivery: taken on what was shown, noted and told to the sender, or not at all."""

from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import AsyncMock

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from fondly.contracts.revisions import Strike
from fondly.operations import audit
from fondly.operations.delivery.approval import second_of, seen, struck, take
from fondly.operations.delivery.approving import Approving, reason_given
from fondly.operations.delivery.given import decider, dollars_given, one_line
from fondly.operations.delivery.plan import Plan
from fondly.operations.delivery.terms import Terms
from fondly.operations.delivery.views import DeliveryView
from fondly.operations.errors import ChangedError, OperationError
from fondly.runtime.runs.deliveries import Deliveries, StaleDecisionError
from fondly.runtime.runs.delivery import Act, Delivery, DeliveryStatus
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import Run, RunStatus
from fondly.runtime.runs.tally import Tally
from tests.support.runs import RUN, START, TABLE, Runs

if TYPE_CHECKING:
    from fondly.operations.environment import Environment

HELD = DeliveryStatus.HELD


class Sqs:
    """Keeps what is sent; refuses while told to."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.refuses = False

    async def send_message(self, **message: str) -> None:
        """Keep a message."""
        if self.refuses:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "SendMessage")
        self.sent.append(message["MessageBody"])


@dataclass(frozen=True)
class Shown(Approving):
    """A run whose emails are counted here instead of in its reports."""

    facts: dict[str, Any] = field(default_factory=dict)

    async def current(self) -> DeliveryView:
        """The delivery as it is."""
        delivery = await self.deliveries.find(self.run.run_id)
        if delivery is None:
            raise OperationError(await self._why_none())
        counted = {"emails": 9, "parts": 2, "parts_done": 0, "tally": Tally(), "seeds": Tally()}
        return DeliveryView(delivery=delivery, **{**counted, **self.facts})

    async def plan(self, view: DeliveryView, terms: Terms) -> Plan:
        """What approving leads to: nobody is suppressed."""
        return self._plan(terms, view, settled=view.settled)


def opened(runs: Runs, status: RunStatus = RunStatus.FINISHED, **facts: Any) -> Shown:  # noqa: ANN401 - the view's
    """A run on a table of runs, and what its emails come to."""

    async def table(_: str) -> str:
        return TABLE

    environment = SimpleNamespace(dynamodb=runs.dynamodb, sqs=Sqs(), table=table, queue_url=table)
    run = Run(run_id=RUN, created_at=START, status=status)
    deliveries = Deliveries(runs.dynamodb, TABLE)
    return Shown(cast("Environment", environment), runs.ledger, run, None, deliveries, facts)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """An empty table of runs; how the sender is set cannot be told."""

    async def deployed(_: object) -> None:
        return None

    monkeypatch.setattr(audit, "deployed", deployed)
    return Runs()


@pytest.fixture
async def approving(runs: Runs) -> Shown:
    """A finished run of nine emails whose delivery is held."""
    made = opened(runs)
    await made.deliveries.open(RUN, status=HELD, by="a setting")
    return made


def sent(approving: Shown) -> list[str]:
    """What the sender was told."""
    return cast("Sqs", approving.environment.sqs).sent


def ended(runs: Runs) -> list[tuple[str, str, str]]:
    """What the audit has: who, what, and how it ended."""
    return [
        (item["by"]["S"], item["act"]["S"], item["ended"]["S"])
        for item in runs.table.items.values()
        if "about" in item
    ]


async def test_an_approval_of_what_was_shown_is_taken_noted_and_told(approving: Shown, runs: Runs) -> None:
    """With the terms as its note, after why; the sender gets a poll of this decision."""
    was = seen(await approving.current())
    view = await take(approving, Terms(per_hour=7), by="ines", seen=was, why="looks fine.")
    assert (view.delivery.status, view.delivery.per_hour) == (DeliveryStatus.APPROVED, 7)
    note = view.delivery.decisions[-1].note
    assert note.startswith("looks fine. ")
    assert "7 an hour" in note
    assert (await take(approving, Terms(per_hour=7), by="jo", seen=seen(view))).delivery.decisions[
        -1
    ].note == note.removeprefix("looks fine. ")
    assert [f'"attempt":{number}' in body for number, body in enumerate(sent(approving), 1)] == [True, True]
    assert ended(runs) == [("ines", "approve", "done"), ("jo", "approve", "done")]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"emails": 8}, "it has 8 emails, not 9"),
        ({"rules": {"sender_per_hour": 5}}, "the rules of sending are others"),
        ({"held_out": 1}, "its terms, its complaints or the customers are others"),
        ({"without_address": 1}, "its terms, its complaints or the customers are others"),
    ],
)
async def test_whatever_changes_after_the_look_refuses_the_yes(
    approving: Shown, changed: dict[str, Any], told: str
) -> None:
    """And is told in one line; nothing is decided, noted or told to the sender."""
    was = seen(await approving.current())
    approving.facts.update(changed)
    with pytest.raises(ChangedError, match=f"{RUN} is not what you were shown: {told}. Look again, then"):
        await take(approving, Terms(), by="ines", seen=was)
    assert (await approving.deliveries.get(RUN)).status is HELD
    assert sent(approving) == []


async def test_decisions_and_strikes_since_the_look_are_named(approving: Shown, runs: Runs) -> None:
    """Who, what, when and why; those of before are not told again."""
    await approving.deliveries.decide(RUN, Act.HOLD, by="ada", note="before")
    await Revisions(runs.dynamodb, TABLE).add(RUN, [Strike(product_id="P0")], parts={1}, by="ada")
    was = seen(await approving.current())
    await approving.deliveries.decide(RUN, Act.HOLD, by="arn:aws:iam::1:user/jo", note="prices")
    await Revisions(runs.dynamodb, TABLE).add(RUN, [Strike(product_id="P1")], parts={1}, by="Jo")
    with pytest.raises(ChangedError) as caught:
        await take(approving, Act.REJECT, by="ines", seen=was)
    told = str(caught.value)
    assert "jo decided `hold` at " in told
    assert "UTC (prices); jo struck product P1. Look again" in told
    assert "before" not in told
    assert "P0" not in told


@pytest.mark.parametrize("was", ["", "1-0-9", "a-0-9-b-c", "1-0-9-x-y-z"])
async def test_what_no_look_has_given_refuses_the_yes(approving: Shown, was: str) -> None:
    """A digest of another release, or one made up."""
    with pytest.raises(ChangedError, match="it was shown by another release, or never"):
        await take(approving, Act.REJECT, by="ines", seen=was)


def view_of(delivery: Delivery, **changed: Any) -> DeliveryView:  # noqa: ANN401 - the view's
    """A view of a delivery."""
    return DeliveryView(
        **{
            "delivery": delivery,
            "emails": 9,
            "parts": 2,
            "parts_done": 0,
            "tally": Tally(),
            "seeds": Tally(),
            **changed,
        }
    )


async def test_how_far_the_sender_is_voids_no_look(approving: Shown) -> None:
    """Else nobody could ever decide on a delivery under way; two runs' digests differ."""
    found = await approving.deliveries.get(RUN)
    was = seen(view_of(found))
    busy = found.model_copy(update={"attempt": 4, "due": {1: 9}, "version": 7})
    assert seen(view_of(busy, parts_done=2, rendering=1)) == was
    assert seen(view_of(found.model_copy(update={"run_id": "another"}))) != was
    assert was.startswith("1-0-9-")
    assert [len(each) for each in was.split("-")[3:]] == [16, 16]


@pytest.mark.parametrize("act", [Act.APPROVE, Act.SAMPLE, Act.REJECT, Act.PAUSE])
@pytest.mark.parametrize("status", [RunStatus.RUNNING, RunStatus.STOPPED, RunStatus.FAILED])
async def test_of_an_unfinished_run_nothing_is_decided(runs: Runs, act: Act, status: RunStatus) -> None:
    """Not even by whoever has its delivery already."""
    approving = opened(runs, status)
    await approving.deliveries.open(RUN, status=DeliveryStatus.APPROVED, by="a setting")
    told = "has failed" if status is RunStatus.FAILED else f"is {status}: its delivery can be decided on once"
    with pytest.raises(OperationError, match=told):
        await approving.decide(act, by="ines")
    assert (len((await approving.deliveries.get(RUN)).decisions), sent(approving)) == (1, [])


@pytest.mark.parametrize("act", [Act.APPROVE, Act.SAMPLE])
async def test_nothing_is_approved_while_parts_are_rendered_anew(approving: Shown, act: Act) -> None:
    """What would go out is not there yet; it can still be rejected."""
    approving.facts["rendering"] = 1
    with pytest.raises(OperationError, match=r"1 of 2 parts .* are being rendered anew"):
        await approving.view(act)
    assert (await approving.view(Act.REJECT)).rendering == 1


async def test_a_status_that_forbids_it_is_told(approving: Shown) -> None:
    """What was rejected stays so."""
    await approving.decide(Act.REJECT, by="ines")
    for act in Act:
        with pytest.raises(OperationError, match=f"{RUN} "):
            await approving.decide(act, by="jo")
    assert (await approving.deliveries.get(RUN)).status is DeliveryStatus.REJECTED


async def test_a_run_can_be_held_before_it_has_finished(runs: Runs) -> None:
    """Two people then have to approve, as the sender's settings are unknown; it is told nothing."""
    approving = opened(runs, RunStatus.RUNNING)
    view = await approving.decide(Act.HOLD, by="ines", note="prices")
    assert (view.delivery.status, view.delivery.approvers) == (HELD, 2)
    assert [(each.by, each.note) for each in view.delivery.decisions] == [("ines", "prices")]
    assert (sent(approving), ended(runs)) == ([], [("ines", "hold", "done")])


async def test_a_failed_run_cannot_be_held(runs: Runs) -> None:
    """It has nothing to hold: no delivery is made by trying."""
    approving = opened(runs, RunStatus.FAILED)
    with pytest.raises(OperationError, match="has failed: none of its emails is delivered"):
        await approving.decide(Act.HOLD, by="ines")
    assert await approving.deliveries.find(RUN) is None
    assert ended(runs) == [("ines", "hold", "failed")]


async def test_a_hold_of_what_goes_out_reaches_the_sender(runs: Runs) -> None:
    """However it was shown, and at once."""
    approving = opened(runs)
    await approving.deliveries.open(RUN, status=DeliveryStatus.APPROVED, by="a setting")
    assert (await approving.decide(Act.HOLD, by="ines")).delivery.status is HELD
    assert len(sent(approving)) == 1


async def test_a_decision_that_could_not_be_told_holds_and_says_so(approving: Shown, runs: Runs) -> None:
    """`fondly run retry` tells it again; the audit says that something failed."""
    cast("Sqs", approving.environment.sqs).refuses = True
    with pytest.raises(OperationError, match=r"but the sender could not be told: .*AccessDenied"):
        await approving.decide(Act.APPROVE, by="ines")
    assert (await approving.deliveries.get(RUN)).status is DeliveryStatus.APPROVED
    assert ended(runs) == [("ines", "approve", "failed")]


async def test_the_first_of_two_tells_the_sender_nothing(runs: Runs) -> None:
    """The second, who approves the same, does."""
    approving = opened(runs)
    await approving.deliveries.open(RUN, status=HELD, by="a setting", approvers=2)
    first = await take(approving, Terms(), by="ines", seen=seen(await approving.current()))
    assert (first.delivery.status, sent(approving)) == (HELD, [])
    assert second_of(first, "jo") == (
        "ines has approved first: the same by you lets it go out, anything else begins anew"
    )
    assert second_of(first, "INES") == "two people have to approve: another one after you, the same"
    approving.facts["held_out"] = 1
    other = await take(approving, Terms(), by="jo", seen=seen(await approving.current()))
    assert other.delivery.status is HELD  # the customers are others
    done = await take(approving, Terms(), by="ines", seen=seen(await approving.current()))
    assert (done.delivery.status, len(sent(approving))) == (DeliveryStatus.APPROVED, 1)


async def test_where_one_approves_nothing_is_said_of_a_second(approving: Shown) -> None:
    """That is the rule."""
    assert second_of(await approving.current(), "ines") == ""


async def test_a_change_between_look_and_decision_is_told(approving: Shown) -> None:
    """Though the decision was begun on what was shown."""
    view = await approving.current()
    await approving.deliveries.decide(RUN, Act.HOLD, by="ada")
    with pytest.raises(StaleDecisionError):
        await approving.decide(Act.APPROVE, by="ines", judged=view.delivery)
    assert sent(approving) == []


@pytest.mark.parametrize(
    ("strike", "told"),
    [
        (Strike(product_id="P1"), "product P1"),
        (Strike(product_id="P1", customer="c" * 8), "product P1 of customer cccccccc"),
        (Strike(customer="c" * 8), "the email of customer cccccccc"),
        (Strike(wording="w1", field="line"), "the line w1"),
        (Strike(wording="w1", field="line", text="Warm", instead="Cosy"), "the line “Warm”, now “Cosy”"),
    ],
)
def test_what_was_struck_is_named(strike: Strike, told: str) -> None:
    """Customers by their digest only."""
    assert struck(strike) == told


@pytest.mark.parametrize(("text", "most"), [("", 5), (" \n ", 5), ("abcdef", 5)])
def test_words_are_on_one_line_and_not_endless(text: str, most: int) -> None:
    """Empty ones are refused, too."""
    with pytest.raises(OperationError, match="--why"):
        one_line(text, "--why", most=most)
    assert one_line(" a\n bc ", "--why", most=4) == "a bc"


def test_a_reason_may_be_left_out_and_is_short() -> None:
    """It stands in the delivery's item."""
    assert reason_given(None) == ""
    assert len(reason_given("x" * 500)) == 500
    with pytest.raises(OperationError, match="501 characters, expected at most 500"):
        reason_given("x" * 501)


@pytest.mark.parametrize("text", ["", "two", "0", "-1", "NaN", "Infinity", "-0"])
def test_an_amount_of_dollars_is_more_than_nothing(text: str) -> None:
    """A budget is read exactly or not at all."""
    with pytest.raises(OperationError, match="is no amount of dollars"):
        dollars_given(text)
    assert dollars_given("0.01") == Decimal("0.01")


async def test_who_decides_is_named_by_themselves_or_by_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of more than 200 characters is none; off AWS nobody is asked."""
    environment = cast("Environment", SimpleNamespace(on_aws=False))
    assert await decider(environment, " Ines \n") == "Ines"
    assert len(await decider(environment, "x" * 200)) == 200
    for bad in ("", "x" * 201):
        with pytest.raises(OperationError, match="--by"):
            await decider(environment, bad)
    monkeypatch.setattr("getpass.getuser", lambda: "jo")
    assert await decider(environment, None) == "jo"
    monkeypatch.setattr("getpass.getuser", {}.popitem)  # raises KeyError, as where a user has no name
    assert await decider(environment, None) == "unknown"


@pytest.mark.parametrize("error", [NoCredentialsError(), ClientError({"Error": {"Code": "Denied"}}, "x")])
async def test_where_aws_does_not_say_who_asks_the_machine_does(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Else its ARN decides, whoever has the name there."""
    sts = AsyncMock()
    sts.__aenter__.return_value = sts
    sts.get_caller_identity.side_effect = [{"Arn": "arn:aws:iam::1:user/ines"}, error]
    monkeypatch.setattr("fondly.operations.delivery.given.open_client", lambda *_: sts)
    monkeypatch.setattr("getpass.getuser", lambda: "jo")
    environment = cast("Environment", SimpleNamespace(on_aws=True, region="eu-west-1"))
    assert [await decider(environment, None) for _ in range(2)] == ["arn:aws:iam::1:user/ines", "jo"]
