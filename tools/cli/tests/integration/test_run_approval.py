"""`fondly run approve`, `reject`, `hold`, `pause` and `resume`: decisions are kept, and acted on at once."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from fondly.contracts.delivery import Outcome
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.runs.run import StageName
from fondly.stack.provision import Resources
from tests.support.runs import RUN, a_report
from tools.cli.tests.delivering import BY_SETTING, FinishedRun

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.cli.tests.conftest import Bodies, Fondly, InLedger

INES = ("--by", "ines")


@pytest.fixture
def run(resources: Resources) -> FinishedRun:
    """The finished run, not made yet."""
    return FinishedRun(resources)


@pytest.fixture
def polls(bodies: "Bodies") -> "Callable[[], list[int]]":
    """The attempts of the polls that wait in the sender's queue; they are taken."""

    def take() -> list[int]:
        events: list[Any] = [json.loads(body) for body in bodies("sender")]
        assert {event["type"] for event in events} <= {"fondly.sender-poll.v1"}
        assert {event["subject"] for event in events} <= {RUN}
        return [event["data"]["attempt"] for event in events]

    return take


def test_a_start_in_the_future_is_told_and_can_be_taken_back(fondly: "Fondly", run: FinishedRun) -> None:
    """Emails that wait until tomorrow are not said to go out; another approval says what undoes the first."""
    run.make()
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d} 09:00 UTC"
    answer = fondly("run", "approve", RUN, *INES, "--at", tomorrow, "--yes")
    assert answer.code == 0, answer.err
    assert "approved, goes out later" in answer.out
    assert "`fondly run hold` takes the approval back" in answer.err
    assert "goes out; " not in answer.err
    sample = fondly("run", "approve", RUN, *INES, "--sample", "2", "--yes")
    assert sample.code == 1
    assert "`fondly run hold` takes the approval back" in sample.err


def test_a_name_that_cannot_be_is_refused_before_anything_is_asked(
    fondly: "Fondly", run: FinishedRun
) -> None:
    """Nobody types `approve` for nothing."""
    run.make()
    answer = fondly("run", "approve", RUN, "--by", " ", answer="approve\n")
    assert answer.code == 1
    assert answer.err.startswith("--by is empty")
    assert run.delivery().status is DeliveryStatus.HELD


def test_showing_a_run_ends_with_what_it_waits_for(fondly: "Fondly", run: FinishedRun) -> None:
    """A terminal stops there, below all the tables."""
    run.make()
    assert fondly("run", "show", RUN).err == f"{RUN} is held; `fondly run approve` lets its emails go out\n"


def test_approving_says_what_it_leads_to_asks_and_is_kept(
    fondly: "Fondly", run: FinishedRun, polls: "Callable[[], list[int]]"
) -> None:
    """Who, when, why and what; and the sender hears of it at once."""
    run.make()
    answer = fondly("run", "approve", RUN, *INES, "--why", "looks good", answer="approve\n")
    assert answer.code == 0, answer.err
    assert "Up to 5 people get an email, now, by the transport of the sender." in answer.err
    assert "Type approve to go on: " in answer.err
    delivery = run.delivery()
    assert delivery.status is DeliveryStatus.APPROVED
    decision = delivery.decisions[-1]
    assert (decision.act, decision.by) == (Act.APPROVE, "ines")
    assert decision.note.startswith("looks good. Up to 5 people get an email")
    assert datetime.now(UTC) - decision.at < timedelta(minutes=5)
    assert polls() == [delivery.attempt]


def test_an_approval_says_how_many_are_held_out(fondly: "Fondly", resources: Resources) -> None:
    """They are no emails that go out; once recorded, they are counted with all others, each once."""
    run = FinishedRun(resources)
    run.make(held_out="c-3")
    shown = fondly("run", "show", RUN).out
    assert "1 customers, who get none" in shown
    answer = fondly("run", "approve", RUN, *INES, answer="approve\n")
    assert "Up to 4 people get an email" in answer.err
    assert "1 customer is held out and gets none." in answer.err
    run.dispatched("c-3", Outcome.SUPPRESSED, reason="holdout")
    run.dispatched("c-1", Outcome.SENT, transport="smtp")
    view = fondly("run", "show", RUN, "--json").json["delivery"]
    assert (view["emails"], view["held_out"]) == (4, 1)
    left = fondly("run", "reject", RUN, "--why", "wrong prices", *INES, answer="no\n").err
    assert "3 of 4 emails will never be sent" in left


def test_any_other_answer_decides_nothing(
    fondly: "Fondly", run: FinishedRun, polls: "Callable[[], list[int]]"
) -> None:
    """Nor does none."""
    run.make()
    for typed in ("y\n", ""):
        answer = fondly("run", "approve", RUN, answer=typed)
        assert (answer.code, answer.err.splitlines()[-1]) == (1, "Type approve to go on: nothing decided")
    assert run.delivery().status is DeliveryStatus.HELD
    assert polls() == []


def test_whoever_decides_second_hears_what_the_first_has_done(
    fondly: "Fondly", run: FinishedRun, monkeypatch: pytest.MonkeyPatch, polls: "Callable[[], list[int]]"
) -> None:
    """Somebody rejects the run while another is asked whether it shall go out."""
    run.make()

    def rejected_meanwhile(_question: str) -> str:
        rejecting = run.deliveries(lambda each: each.decide(RUN, Act.REJECT, by="jo", note="wrong prices"))
        assert rejecting.status is DeliveryStatus.REJECTED
        return "approve"

    monkeypatch.setattr("fondly.cli.interrupts.ask", in_thread(rejected_meanwhile))
    answer = fondly("run", "approve", RUN, *INES)
    assert answer.code == 1
    assert answer.err.endswith("is rejected: that is for good; another upload makes another run\n")
    assert run.delivery().status is DeliveryStatus.REJECTED
    assert polls() == []


def in_thread(work: "Callable[[str], str]") -> "Callable[[str], str]":
    """Let something happen while a command waits, in an event loop of its own."""

    def call(question: str) -> str:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(work, question).result()

    return call


def test_nothing_is_approved_where_everybody_is_suppressed(fondly: "Fondly", run: FinishedRun) -> None:
    """An approval that reaches nobody is refused; one customer who may be written to is enough for it."""
    run.make()
    assert fondly("suppress", "add", *(f"c-{number}@customers.example" for number in range(1, 6))).code == 0
    refused = fondly("run", "approve", "latest", "--yes")
    assert refused.code == 1
    assert f"nothing of {RUN} can be sent: all 5 customers with an email are suppressed" in refused.err
    assert run.delivery().status is DeliveryStatus.HELD
    assert fondly("suppress", "remove", "c-5@customers.example", "--yes").code == 0
    assert fondly("run", "approve", "latest", "--yes").code == 0


def test_emails_of_old_prices_deserve_a_second_look(
    fondly: "Fondly", run: FinishedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are said to be old before anybody says yes."""
    run.make()
    assert "prices and stock are those of then" not in fondly("run", "approve", RUN, answer="no\n").err
    monkeypatch.setattr("fondly.operations.delivery.approving.FRESH", timedelta(0))
    answer = fondly("run", "approve", RUN, answer="no\n")
    assert re.search(r"^! made \d+ s ago: prices and stock are those of then$", answer.err, re.MULTILINE)


def test_a_sample_goes_to_seeds_and_then_the_rest_to_customers(
    fondly: "Fondly", run: FinishedRun, polls: "Callable[[], list[int]]"
) -> None:
    """With a pace and a time of its own each."""
    run.make()
    seeds = "ines@shop.example,jo@shop.example"
    sample = fondly("run", "approve", RUN, "--sample", "3", "--seeds", seeds, "--yes", *INES)
    assert sample.code == 0, sample.err
    assert "3 of 5 emails go to ines@shop.example, jo@shop.example in turn, now" in sample.err
    delivery = run.delivery()
    assert (delivery.status, delivery.sample) == (DeliveryStatus.SAMPLE, 3)
    assert delivery.seeds == ("ines@shop.example", "jo@shop.example")
    run.dispatched("c-1", Outcome.SENT, run_id=delivery.copies, transport="smtp")
    shown = fondly("run", "show", RUN).out
    assert "3 emails to ines@shop.example, jo@shop.example: 1 sent" in shown
    rest = fondly("run", "approve", RUN, "--at", "2d ", "--yes", *INES)
    assert (rest.code, "expected 09:00" in rest.err) == (1, True)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(second=0, microsecond=0)
    at = f"{tomorrow:%Y-%m-%dT%H:%MZ}"
    rest = fondly("run", "approve", RUN, "--at", at, "--per-hour", "2", "--yes", *INES)
    assert rest.code == 0, rest.err
    assert "Up to 5 people get an email, from" in rest.err
    assert "at most 2 an hour (2 h 30 min or more)" in rest.err
    delivery = run.delivery()
    assert (delivery.status, delivery.per_hour) == (DeliveryStatus.APPROVED, 2)
    assert delivery.starts_at == tomorrow
    assert sorted(polls()) == [delivery.attempt - 1, delivery.attempt]


def test_approving_again_replaces_time_and_pace(fondly: "Fondly", run: FinishedRun) -> None:
    """Whoever has second thoughts about the time need not reject what is good."""
    run.make()
    assert fondly("run", "approve", RUN, "--at", "23:59Z", "--per-hour", "2", "--yes", *INES).code == 0
    answer = fondly("run", "approve", RUN, "--per-hour", "4", "--yes", *INES)
    assert answer.code == 0, answer.err
    assert (run.delivery().starts_at, run.delivery().per_hour) == (None, 4)


def test_a_paused_delivery_goes_on_as_it_was(
    fondly: "Fondly", run: FinishedRun, polls: "Callable[[], list[int]]"
) -> None:
    """Pausing is at once; resuming asks, and says why it was paused and how many are left."""
    run.make(delivery=DeliveryStatus.APPROVED)
    run.dispatched("c-1", Outcome.SENT, transport="ses")
    run.dispatched("c-2", Outcome.IN_DOUBT, reason="its worker stopped")
    paused = fondly("run", "pause", RUN, *INES, "--why", "wrong prices")
    assert paused.code == 0, paused.err
    assert run.delivery().status is DeliveryStatus.PAUSED
    assert run.delivery().reason == "wrong prices"
    again = fondly("run", "approve", RUN, "--yes", *INES)
    assert again.err == f"{RUN} is paused: `fondly run resume` goes on with it, `fondly run reject` ends it\n"
    polls()
    resumed = fondly("run", "resume", RUN, *INES, answer="resume\n")
    assert resumed.code == 0, resumed.err
    assert "paused because: wrong prices" in resumed.err
    assert "Up to 3 people get an email, now" in resumed.err
    assert "2 are settled already." in resumed.err
    assert run.delivery().status is DeliveryStatus.APPROVED
    assert polls() == [run.delivery().attempt]


def test_a_decision_holds_though_the_sender_cannot_be_told(
    fondly: "Fondly", run: FinishedRun, monkeypatch: pytest.MonkeyPatch, polls: "Callable[[], list[int]]"
) -> None:
    """The error says what tells it; without its queue nothing is decided at all."""
    run.make()

    async def refuse(_queue: SQSQueue, _body: str, *, delay_s: int = 0) -> None:
        assert delay_s == 0
        raise EndpointConnectionError(endpoint_url="http://sqs.example")

    with monkeypatch.context() as patched:
        patched.setattr(SQSQueue, "send", refuse)
        answer = fondly("run", "approve", RUN, "--yes", *INES)
    assert answer.code == 1
    assert f"{RUN} is approved, but the sender could not be told: " in answer.err
    assert "`fondly run retry` tells it again" in answer.err
    assert run.delivery().status is DeliveryStatus.APPROVED
    assert fondly("run", "retry", RUN).code == 0
    assert polls() == [run.delivery().attempt]
    boto3.client("sqs").delete_queue(QueueUrl=run.resources.queue_urls["sender"])
    assert "there is no queue" in fondly("run", "pause", RUN).err
    assert run.delivery().status is DeliveryStatus.APPROVED


def test_rejecting_is_for_good_and_says_why(fondly: "Fondly", run: FinishedRun) -> None:
    """Nothing can be decided afterwards."""
    run.make()
    assert fondly("run", "reject", RUN, *INES).code == 2
    answer = fondly("run", "reject", RUN, "--why", "last year's prices", *INES, answer="reject\n")
    assert answer.code == 0, answer.err
    assert "5 of 5 emails will never be sent; that is for good." in answer.err
    assert run.delivery().status is DeliveryStatus.REJECTED
    for words in (("approve", "--yes"), ("pause",), ("hold",), ("reject", "--why", "no", "--yes")):
        refused = fondly("run", words[0], RUN, *words[1:], *INES)
        assert refused.code == 1
        assert "is rejected: that is for good" in refused.err
    assert fondly("run", "resume", RUN).code == 1


def test_an_approval_is_taken_back(fondly: "Fondly", run: FinishedRun) -> None:
    """Unlike a pause, it then needs another approval."""
    run.make(delivery=DeliveryStatus.APPROVED)
    for _ in range(2):
        assert fondly("run", "hold", RUN, *INES).code == 0
        assert run.delivery().status is DeliveryStatus.HELD
    refused = fondly("run", "resume", RUN)
    assert "is held for approval: `fondly run approve`" in refused.err
    assert fondly("run", "approve", RUN, "--yes", *INES).code == 0


def test_a_run_is_held_before_it_has_finished(
    fondly: "Fondly", run: FinishedRun, advance: "Callable[..., None]", polls: "Callable[[], list[int]]"
) -> None:
    """Then no setting lets it go out; nobody is asked to approve what is not complete."""
    advance()
    early = fondly("run", "approve", RUN, "--yes")
    assert early.err == f"{RUN} is running: its delivery can be decided on once it has finished\n"
    answer = fondly("run", "hold", RUN, *INES)
    assert answer.code == 0, answer.err
    assert run.delivery().status is DeliveryStatus.HELD
    opened = run.deliveries(lambda each: each.open(RUN, status=DeliveryStatus.APPROVED, by=BY_SETTING))
    assert opened.status is DeliveryStatus.HELD
    assert fondly("run", "approve", RUN, "--yes").code == 1
    assert polls() == []


def test_a_failed_run_is_not_delivered(
    fondly: "Fondly", advance: "Callable[..., None]", in_ledger: "InLedger"
) -> None:
    """Whatever is asked."""
    advance()
    in_ledger(lambda ledger: ledger.fail(RUN, "broken"))
    for command in (("approve", "--yes"), ("hold",), ("pause",)):
        answer = fondly("run", command[0], RUN, *command[1:])
        assert answer.err == f"{RUN} has failed: none of its emails is delivered\n"


def test_a_run_that_the_sender_has_not_taken_up_says_what_to_do(
    fondly: "Fondly", run: FinishedRun, bodies: "Bodies", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender is told again that it has finished, and nobody else; unless it has no transport."""
    run.make(delivery=None)
    monkeypatch.setenv("FONDLY_SENDER_TRANSPORT", "none")
    assert "the sender has no transport" in fondly("run", "approve", "latest", "--yes").err
    monkeypatch.setenv("FONDLY_SENDER_TRANSPORT", "smtp")
    answer = fondly("run", "approve", "latest", "--yes")
    assert answer.code == 1
    assert answer.err.splitlines() == [
        f"there is no run to approve; the last is {RUN}",
        f"{RUN} has not been taken up by the sender yet; `fondly run retry` tells it again",
    ]
    assert fondly("run", "retry", RUN).code == 0
    (told,) = [json.loads(body) for body in bodies("sender")]
    assert (told["type"], told["data"]["status"]) == ("fondly.run-finished.v1", "finished")
    assert told["data"]["counts"]["emails"] == 5
    assert bodies("ops") == []


def test_the_messages_of_a_delivery_are_sent_again(
    fondly: "Fondly", run: FinishedRun, bodies: "Bodies"
) -> None:
    """The poll, also the first, and the parts on their way."""
    run.make(delivery=DeliveryStatus.APPROVED)
    release = run.delivery().release

    def released(found: Any) -> Any:  # noqa: ANN401 - a delivery
        return found.model_copy(update={"released": release})

    run.deliveries(lambda each: each.change(RUN, released))
    assert fondly("run", "retry", RUN).code == 0
    sent = [json.loads(body) for body in bodies("sender")]
    kinds = sorted((each["type"], each["data"].get("part")) for each in sent if each["data"].get("part"))
    assert kinds == [("fondly.deliver-part.v1", 1), ("fondly.deliver-part.v1", 2)]
    assert [each["data"]["attempt"] for each in sent if "attempt" in each["data"]] == [0]
    run.deliveries(lambda each: each.decide(RUN, Act.PAUSE, by="ines"))
    assert "is paused: `fondly run resume`" in fondly("run", "retry", RUN).err


def test_a_delivery_is_shown_with_counts_reasons_and_what_to_look_at(
    fondly: "Fondly", run: FinishedRun
) -> None:
    """In the list of runs in two words."""
    run.make(delivery=DeliveryStatus.APPROVED)
    run.dispatched("c-1", Outcome.SENT, transport="smtp", bounced="hard")
    run.dispatched("c-2", Outcome.SUPPRESSED, reason="unsubscribed")
    run.dispatched("c-3", Outcome.REFUSED, reason="550 no such user\x1b[2J")
    assert "delivery 0/2" in fondly("runs").out
    assert fondly("run", "list", "--json").json[0]["delivery_status"] == "approved"
    shown = fondly("run", "show", RUN, "--dispatches", "--json").json["delivery"]
    assert shown["tally"]["outcomes"] == {"sent": 1, "suppressed": 1, "refused": 1}
    assert shown["tally"]["suppressed"] == {"unsubscribed": 1}
    assert [each["customer_id"] for each in shown["dispatches"]] == ["c-3"]
    assert fondly("run", "show", RUN, "--json").json["delivery"]["dispatches"] is None
    text = fondly("run", "show", RUN, "--dispatches").out
    assert re.search(r"not yet +2\n", text)
    assert re.search(r"hard bounces +1 +100.000% of those sent", text)
    assert r"550 no such user\x1b[2J" in text


def test_a_delivery_is_watched_until_it_is_out_or_waits_for_somebody(
    fondly: "Fondly", run: FinishedRun, in_ledger: "InLedger"
) -> None:
    """By the reports of its parts."""
    run.make(delivery=DeliveryStatus.APPROVED)
    in_ledger(
        lambda ledger: ledger.record(
            RUN, a_report(StageName.SENDER, 1, emails_sent=2, emails_not_sent=1, emails_waiting=1)
        )
    )
    run.deliveries(lambda each: each.decide(RUN, Act.PAUSE, by="ines"))
    watched = fondly("run", "watch", RUN, "--delivery", "--json").lines
    assert watched[0]["status"] == "finished"
    assert watched[1:] == [{"run_id": RUN, "status": "paused", "settled": 3, "emails": 5}]
    assert "delivery" in fondly("run", "watch", RUN, "--delivery").out
    assert len(fondly("run", "watch", RUN, "--json").lines) == 1


def test_json_is_the_delivery_and_nothing_else(fondly: "Fondly", run: FinishedRun) -> None:
    """For scripts."""
    run.make()
    answer = fondly("run", "approve", RUN, "--yes", "--json", *INES)
    assert answer.json["delivery"]["status"] == "approved"
    assert answer.json["emails"] == 5


def test_what_is_decided_expires_as_the_run_does(fondly: "Fondly", run: FinishedRun) -> None:
    """A decision is no reason to keep a run for ever."""
    run.make()
    assert fondly("run", "reject", RUN, "--why", "no", "--yes", *INES).code == 0
    table = boto3.resource("dynamodb").Table(run.resources.tables["runs"])
    item = table.get_item(Key={"run_id": RUN, "item": "delivery"})["Item"]
    assert float(str(item["expires_at"])) > datetime.now(UTC).timestamp() + 300 * 86_400


def test_without_a_name_it_is_the_user_of_this_machine(
    fondly: "Fondly", run: FinishedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An emulator's callers all look alike."""
    run.make()
    monkeypatch.setenv("LOGNAME", "jo")
    assert fondly("run", "pause", RUN).code == 1
    assert fondly("run", "approve", RUN, "--yes").code == 0
    assert run.delivery().decisions[-1].by == "jo"


def test_the_transport_and_the_quiet_hours_are_those_of_the_stack(
    fondly: "Fondly", run: FinishedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stack without one sends nothing, so nothing is approved."""
    run.make()
    monkeypatch.setenv("FONDLY_SENDER_TRANSPORT", "none")
    refused = fondly("run", "approve", RUN, "--yes", *INES)
    assert (refused.code, "the sender has no transport" in refused.err) == (1, True)
    for name, value in {
        "TRANSPORT": "smtp",
        "SMTP_HOST": "mail.shop.example",
        "QUIET_FROM": "21:00",
        "QUIET_UNTIL": "08:00",
        "PER_HOUR": "100",
    }.items():
        monkeypatch.setenv(f"FONDLY_SENDER_{name}", value)
    answer = fondly("run", "approve", RUN, "--yes", *INES)
    assert answer.code == 0, answer.err
    assert "by SMTP, mail.shop.example:587, at most 100 an hour" in answer.err
    assert "not between 21:00 and 08:00 by their clocks" in answer.err
