import json
from datetime import timedelta
from decimal import Decimal

import pytest
import structlog

from fondly.contracts.errors import TransientError
from fondly.contracts.events import RunFinished
from fondly.runtime.logs import configure_logging
from fondly.runtime.metrics import Metric
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import fail_run, finish_run
from fondly.runtime.runs.run import PartReport, RunStatus, StageName
from fondly.runtime.settings import NAMESPACE
from tests.support.runs import START, Runs
from tests.support.stores import InMemoryAnnouncer

COUNTED = """
rejected_rows reviews_scored reviews_unscored texts_positive texts_negative texts_neutral texts_mixed emails
customers_by_popularity emails_template_copy emails_mixed_copy emails_failed template_fields copy_prompts
copy_repairs copy_calls
"""


@pytest.fixture
async def ledger() -> Ledger:
    """A ledger with one run whose only part is mailed."""
    made = Runs().ledger
    await made.open_run("r", source="s")
    await made.record(
        "r",
        PartReport(
            stage=StageName.MAILER,
            name="part-00001",
            started_at=START,
            finished_at=START + timedelta(seconds=4),
            counts={"emails": 10, "emails_template_copy": 1},
            units={"comprehend.units": Decimal(100), "s3.puts": Decimal(200)},
        ),
    )
    return made


async def test_a_finished_run_is_announced_with_its_totals(ledger: Ledger) -> None:
    """The event has counts, seconds and costs, and the run is recorded as finished."""
    announcer = InMemoryAnnouncer()
    await finish_run("r", ledger, announcer)
    [event] = announcer.of(RunFinished)
    assert isinstance(event, RunFinished)
    assert (event.status, event.counts["emails"], event.total_seconds) == ("finished", 10, 4.0)
    assert event.cost_usd["total"] == Decimal("0.011000")
    assert (await ledger.run("r")).status is RunStatus.FINISHED


async def test_a_finish_that_cannot_be_announced_is_not_recorded(ledger: Ledger) -> None:
    """The redelivered message finds the run open and announces it."""
    announcer = InMemoryAnnouncer()

    async def refuse(*_: object) -> None:
        raise TransientError("SNS is down")

    announcer.announce = refuse  # type: ignore[method-assign, assignment] # SNS is down
    with pytest.raises(TransientError):
        await finish_run("r", ledger, announcer)
    assert (await ledger.run("r")).is_open


async def test_a_failure_keeps_its_first_reason_and_id(ledger: Ledger) -> None:
    """Failing again, as after a crash, announces the same event with the first reason."""
    announcer = InMemoryAnnouncer()
    await fail_run("r", "not CSV", ledger, announcer)
    await fail_run("r", "another reason", ledger, announcer)
    assert [event.reason for event in announcer.of(RunFinished) if isinstance(event, RunFinished)] == [
        "not CSV",
        "not CSV",
    ]
    assert len(set(announcer.ids)) == 1


async def test_a_run_that_finished_cannot_fail(ledger: Ledger) -> None:
    """A late failure is not announced."""
    announcer = InMemoryAnnouncer()
    await finish_run("r", ledger, announcer)
    await fail_run("r", "late", ledger, announcer)
    assert len(announcer.announced) == 1


async def test_the_end_of_a_run_is_measured(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    """One log line in CloudWatch's embedded metric format has every metric it declares, with a unit."""
    configure_logging(service="mailer")
    await finish_run("r", ledger, InMemoryAnnouncer())
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    [line] = [json.loads(text) for text in capsys.readouterr().err.splitlines()]
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == NAMESPACE
    assert directive["Dimensions"] == [["service"]]
    assert line["service"] == "mailer"
    units = {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]}
    assert units[Metric.RUN_SECONDS] == "Seconds"
    assert units[Metric.RUN_COST_USD] == "None"
    assert all(isinstance(line[name], int | float) for name in units)
    assert (line["runs_finished"], line["emails"], line["ai_cost_usd"]) == (1, 10, 0.01)
    assert (line["run_seconds"], line["run_cost_usd"], line["emails_template_copy"]) == (4.0, 0.011, 1)
    assert units.keys() == {*COUNTED.split(), "runs_finished", "run_seconds", "run_cost_usd", "ai_cost_usd"}
