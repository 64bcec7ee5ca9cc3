"""A run that does not finish ends the wait, with the reason and with what there is."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fondly.contracts import object_keys
from fondly.contracts.events import RunFinished, new_event
from fondly.contracts.ingest_report import IngestReport, RejectReason
from fondly.contracts.records import Exclusion
from fondly.operations.runs.lookup import run_details
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.runs.run import StageName
from fondly.stack.collect import collect
from fondly.stack.embedded import Stack
from fondly.stack.observer import Observer, observe
from fondly.stack.outcome import POLL_S, DemoFailedError, Outcome, summary_of, until_delivered, until_ended
from fondly.stack.processes import ProcessDiedError
from fondly.stack.provision import Resources
from tools.stack.tests.gallery_pages import parsed, rows

RUN = "run-0123456789abcdef"
SOURCE = "s3://data/uploads/shop.csv"


@dataclass(frozen=True)
class DyingStack(Stack):
    """A stack one of whose processes has died."""

    def check(self) -> None:
        """Raise as a stack of processes does."""
        raise ProcessDiedError("mailer ended with code 1; its log mailer.log ends with\n  boom")


@pytest.fixture
async def observer(resources: Resources) -> AsyncIterator[Observer]:
    """A ledger with an open run of two parts."""
    async with observe(resources) as opened:
        await opened.ledger.open_run(RUN, source=SOURCE)
        await opened.ledger.set_parts(RUN, 2)
        yield opened


def screen() -> Console:
    """Return a console that nobody looks at."""
    return Console(file=StringIO())


async def summed_up(observer: Observer, outcome: Outcome) -> dict[str, Any]:
    """Return the summary of a run that took a second."""
    details = await run_details(observer.environment, observer.ledger, outcome.run)
    return await summary_of(observer, outcome, details, 1.0)


async def test_a_run_that_fails_late_is_summed_up_with_its_reason(observer: Observer, tmp_path: Path) -> None:
    """And with what ingest read; its gallery says the reason."""
    report = IngestReport(
        rejects=(RejectReason(kind="row", expected="16 cells", count=2, file="shop.csv", line=7),),
        exclusions={Exclusion.NO_CONSENT: 3},
    )
    await observer.objects.put_lines(object_keys.ingest_report(RUN), [report])
    await observer.ledger.fail(RUN, "the model is not available")
    event = new_event(
        RunFinished(status="failed", reason="the model is not available", counts={"customers": 9}),
        run_id=RUN,
        source="mailer",
    )
    await SQSQueue(observer.sqs, observer.resources.queue_urls["ops"]).send(event.body)
    outcome = await until_ended(Stack(observer.resources, {}), observer, SOURCE, None, screen())
    summary = await collect(observer, RUN, 2, tmp_path, await summed_up(observer, outcome))
    assert (summary["status"], summary["reason"]) == ("failed", "the model is not available")
    assert summary["ingest"]["exclusions"] == {"no_consent": 3}
    assert rows(tmp_path / "index.html") == []
    page = parsed(tmp_path / "index.html")
    (alert,) = (each.text for each in page.iter("p") if each.get("role") == "alert")
    assert alert == "the model is not available"
    text = " ".join(" ".join(page.itertext()).split())
    assert "not reached 6" in text
    assert "16 cells line 7" in text


async def test_a_dead_letter_stops_the_wait(observer: Observer) -> None:
    """The run is stuck, and is summed up as far as it got."""
    dead = SQSQueue(observer.sqs, observer.resources.dead_letter_urls["mailer"])
    await dead.send("{}")
    outcome = await until_ended(Stack(observer.resources, {}), observer, SOURCE, None, screen())
    assert outcome.stuck == "mailer has a dead letter: received too often"
    summary = await summed_up(observer, outcome)
    assert (summary["status"], summary["reason"]) == ("stuck", outcome.stuck)
    assert "emails" not in summary  # unknown, not zero
    assert summary["cost_usd"]["total"] == 0.0


async def test_a_dead_process_stops_the_wait(observer: Observer) -> None:
    """What was stored before is collected, as long as the stack answers."""
    outcome = await until_ended(DyingStack(observer.resources, {}), observer, SOURCE, None, screen())
    assert outcome.run.run_id == RUN
    assert str(outcome.stuck).startswith("mailer ended with code 1")


async def test_without_a_run_there_is_nothing_to_collect(observer: Observer) -> None:
    """A dead letter before the run has started, or a dead process, ends the demo at once."""
    other = "s3://data/uploads/other.csv"
    with pytest.raises(ProcessDiedError):
        await until_ended(DyingStack(observer.resources, {}), observer, other, None, screen())
    await SQSQueue(observer.sqs, observer.resources.dead_letter_urls["ingest-uploads"]).send("{}")
    with pytest.raises(DemoFailedError, match="ingest-uploads has a dead letter"):
        await until_ended(Stack(observer.resources, {}), observer, other, None, screen())


@pytest.fixture
def deliveries(observer: Observer) -> Deliveries:
    """The deliveries of runs."""
    return Deliveries(observer.dynamodb, observer.resources.tables["runs"])


async def delivered(observer: Observer) -> DeliveryStatus | None:
    """Wait for the run's delivery; return its status then."""
    found = await until_delivered(Stack(observer.resources, {}), observer, RUN, screen())
    return found.status if found else None


async def test_a_delivery_is_waited_for_until_it_is_done(observer: Observer, deliveries: Deliveries) -> None:
    """It may be opened, and go on, while somebody waits."""
    waiting = asyncio.create_task(delivered(observer))
    await asyncio.sleep(POLL_S)
    await deliveries.open(RUN, status=DeliveryStatus.APPROVED, by="test")
    await asyncio.sleep(POLL_S)
    assert not waiting.done()
    await deliveries.change(RUN, lambda found: found.model_copy(update={"status": DeliveryStatus.DONE}))
    assert await waiting is DeliveryStatus.DONE


async def test_a_delivery_that_rests_is_not_waited_for(observer: Observer, deliveries: Deliveries) -> None:
    """Somebody has to decide, or all that is left has to wait for hours."""
    await deliveries.open(RUN, status=DeliveryStatus.HELD, by="test")
    assert await delivered(observer) is DeliveryStatus.HELD
    await deliveries.decide(RUN, Act.APPROVE, by="test")
    tomorrow = int(time.time()) + 86_400
    await observer.ledger.complete_part(RUN, StageName.SENDER, 1)
    await deliveries.change(RUN, lambda found: found.model_copy(update={"due": {2: tomorrow}}))
    assert await delivered(observer) is DeliveryStatus.APPROVED


async def test_a_dead_letter_ends_the_wait_for_a_delivery(observer: Observer, deliveries: Deliveries) -> None:
    """With its reason."""
    await deliveries.open(RUN, status=DeliveryStatus.APPROVED, by="test")
    await SQSQueue(observer.sqs, observer.resources.dead_letter_urls["sender"]).send("not an event")
    with pytest.raises(DemoFailedError, match="sender has a dead letter"):
        await delivered(observer)
