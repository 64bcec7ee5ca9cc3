"""What operators see and do: queues, dead letters, a run at work, the audit."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import pytest

from fondly.console.roles import Role
from fondly.operations.audit import entries
from fondly.runtime.runs.budget import Budget
from fondly.runtime.runs.run import PartReport, StageName
from tests.support.runs import RUN
from tools.console.tests.conftest import Asking

EVENT = json.dumps({"type": "fondly.recommendations-ready.v1", "subject": RUN, "data": {"part": 3}})
LOST = "run run-1 is not in the ledger"
Give = Callable[..., Any]


@pytest.fixture
def give_up(console: Asking) -> Give:
    """Dead-letter a message of the mailer."""

    async def put(body: str, reason: str = LOST) -> None:
        environment = console.environment
        await environment.sqs.send_message(
            QueueUrl=await environment.dead_letter_url("mailer"),
            MessageBody=body,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
        )

    return put


async def test_queues_show_what_waits_which_alarms_ring_and_a_day(console: Asking, give_up: Give) -> None:
    """With a link to the dead letters; a day without work has zeros."""
    assert "No alarm rings" in (await console.get("/queues")).text
    await give_up("{}")
    shown = (await console.as_(Role.VIEWER).get("/queues")).text
    assert "mailer-dead-letters" in shown
    assert 'href="/queues/mailer/dead"' in shown
    assert "emails made by hour: 0 in all" in shown


async def test_a_dead_letter_shows_its_cause_its_remedy_and_its_run(console: Asking, give_up: Give) -> None:
    """In plain words; what it holds is for readers alone, and inert."""
    await give_up(EVENT)
    await give_up('{"x": "<script>alert(1)</script>"}', "not an event: <b>")
    shown = (await console.get("/queues/mailer/dead")).text
    assert "Its run has expired or was deleted" in shown
    assert "Discard it, and check the queue&#39;s policy." in shown
    assert f"/runs/{RUN}/stages" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown
    assert "alert" not in (await console.as_(Role.VIEWER).get("/queues/mailer/dead")).text


async def test_dead_letters_go_back_all_or_one_run_s(console: Asking, give_up: Give) -> None:
    """And who sent them is noted."""
    await give_up(EVENT)
    await give_up("{}")
    back = await console.post("/queues/mailer/redrive", {"run": RUN})
    assert (back.status, back.headers["location"]) == (HTTPStatus.SEE_OTHER, "/queues/mailer/dead?sent=1")
    assert "1 sent back" in (await console.get("/queues/mailer/dead?sent=1")).text
    assert (await console.post("/queues/mailer/redrive")).headers["location"].endswith("sent=1")
    assert "There are none" in (await console.get("/queues/mailer/dead")).text
    noted = (await entries(console.environment)).entries
    assert [(each.by, each.act, each.about) for each in noted] == [("Ann", "redrive", "mailer")] * 2
    assert "redrive" in (await console.as_(Role.VIEWER).get("/audit")).text


async def test_nothing_is_discarded_before_it_is_saved_and_counted(console: Asking, give_up: Give) -> None:
    """What came after it was saved is not lost either."""
    await give_up(EVENT)
    assert (await console.post("/queues/mailer/discard", {"number": "1"})).status == 412
    saved = await console.post("/queues/mailer/dead.jsonl")
    assert json.loads(saved.text)["body"] == EVENT
    assert "attachment" in saved.headers["content-disposition"]
    assert (await console.post("/queues/mailer/discard", {"number": "2"})).status == HTTPStatus.CONFLICT
    await give_up("{}")
    late = await console.post("/queues/mailer/discard", {"number": "2"})
    assert (late.status, "1 of 2 dead letters are not saved yet" in late.text) == (412, True)
    await console.post("/queues/mailer/dead.jsonl")
    assert (await console.post("/queues/mailer/discard", {"number": "2"})).status == HTTPStatus.SEE_OTHER
    assert "There are none" in (await console.get("/queues/mailer/dead")).text


async def test_a_stopped_run_shows_its_work_and_goes_on_with_a_higher_budget(console: Asking) -> None:
    """Why it stopped, how its stages went, what is spent; a budget that is no amount changes nothing."""
    environment = console.environment
    ledger, began = await environment.ledger(), datetime.now(UTC) - timedelta(minutes=5)
    await ledger.open_run(RUN, source="s3://b/uploads/a.csv")
    await ledger.set_parts(RUN, 1)
    await ledger.record(
        RUN,
        PartReport(
            stage=StageName.INGEST,
            name="part-00001",
            started_at=began,
            finished_at=began + timedelta(minutes=1),
            counts={"customers": 700},
        ),
    )
    await ledger.complete_part(RUN, StageName.INGEST, 1)
    await ledger.stop(RUN, "the budget of 1.0000 dollars does not allow part-00001")
    shown = (await console.get(f"/runs/{RUN}/stages")).text
    assert "the budget of 1.0000 dollars does not allow part-00001" in shown
    assert "1 of 1" in shown
    assert "1 min 00 s" in shown
    assert "customers read by hour: 700 in all" in (await console.get("/queues")).text
    assert "run-stopped" in (await console.get("/queues")).text
    refused = await console.post(f"/runs/{RUN}/stages/resume", {"usd": "much"})
    assert (refused.status, "such as 2.50" in refused.text) == (HTTPStatus.CONFLICT, True)
    await console.environment.s3.put_object(
        Bucket=await environment.bucket(), Key=f"runs/{RUN}/customers/part-00001.jsonl", Body=b""
    )
    assert (await console.post(f"/runs/{RUN}/stages/resume", {"usd": "5"})).status == HTTPStatus.SEE_OTHER
    account = await Budget(environment.dynamodb, await environment.table("runs"), ledger, usd=None).account(
        RUN
    )
    assert account.limit == Decimal(5)
    running = (await console.get(f"/runs/{RUN}/stages")).text
    assert "sentiment: part 1 is not scored" in running
    assert (await console.post(f"/runs/{RUN}/stages/retry")).status == HTTPStatus.SEE_OTHER


@pytest.mark.parametrize(
    "path",
    [
        "/queues/mailer/redrive",
        "/queues/mailer/discard",
        f"/runs/{RUN}/stages/retry",
        f"/runs/{RUN}/stages/resume",
    ],
)
async def test_only_operators_operate(console: Asking, path: str) -> None:
    """Whoever approves does not."""
    asked = await console.as_(Role.APPROVER).post(path)
    assert (asked.status, "this takes the role operator" in asked.text) == (HTTPStatus.FORBIDDEN, True)
