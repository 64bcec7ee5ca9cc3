"""Finding a run, and its details."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from fondly.contracts.records import AspectCount, Sentiment, SentimentSummary
from fondly.operations.cost.lines import line
from fondly.operations.errors import OperationError
from fondly.operations.runs.choosing import DELIVERED, TO_RESUME, TO_RETRY, WITH_EMAILS, Fit, to_decide
from fondly.operations.runs.lookup import find_run
from fondly.operations.runs.views import Stored, details, used_units
from fondly.runtime.runs.delivery import Act, Delivery, DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import PartReport, Run, RunStatus, StageName
from tests.support.runs import START, Runs

ONE = Run(run_id="run-1", created_at=START)


async def ledger_of(*ids: str) -> Ledger:
    """Return a ledger with runs of these ids, each a minute younger than the previous one."""
    ledger = Runs().ledger
    for minute, run_id in enumerate(ids):
        with time_machine.travel(START + timedelta(minutes=minute), tick=False):
            await ledger.open_run(run_id, source="s")
    return ledger


@pytest.mark.parametrize("wanted", ["run-ab12", "run-ab", "ab", "latest"])
async def test_a_run_is_found_by_its_id_its_beginning_or_as_latest(wanted: str) -> None:
    """The common prefix of all ids need not be typed."""
    assert (await find_run(await ledger_of("run-cd34", "run-ab12"), wanted)).run_id == "run-ab12"


async def test_a_whole_id_is_never_ambiguous() -> None:
    """Even if another id begins with it."""
    assert (await find_run(await ledger_of("run-ab", "run-abc"), "run-ab")).run_id == "run-ab"


@pytest.mark.parametrize(
    ("ids", "wanted", "words"),
    [
        (("run-ab1", "run-ab2"), "ab", "ambiguous: run-ab2, run-ab1"),
        (("run-ab1",), "x", "there is no run x"),
        ((), "latest", "no runs yet"),
    ],
)
async def test_no_run_or_several_are_an_error(ids: tuple[str, ...], wanted: str, words: str) -> None:
    """No run is guessed."""
    ledger = await ledger_of(*ids)
    with pytest.raises(OperationError, match=words):
        await find_run(ledger, wanted)


@pytest.mark.parametrize(
    ("fit", "run", "delivery", "fits"),
    [
        (to_decide(Act.APPROVE), RunStatus.FINISHED, DeliveryStatus.HELD, True),
        (to_decide(Act.APPROVE), RunStatus.FINISHED, DeliveryStatus.DONE, False),
        (to_decide(Act.APPROVE), RunStatus.FINISHED, DeliveryStatus.APPROVED, False),
        (to_decide(Act.APPROVE), RunStatus.RUNNING, DeliveryStatus.HELD, False),
        (to_decide(Act.HOLD), RunStatus.RUNNING, None, True),
        (to_decide(Act.HOLD), RunStatus.FAILED, None, False),
        (to_decide(Act.PAUSE), RunStatus.FINISHED, DeliveryStatus.APPROVED, True),
        (TO_RESUME, RunStatus.STOPPED, None, True),
        (TO_RESUME, RunStatus.FINISHED, DeliveryStatus.PAUSED, True),
        (TO_RESUME, RunStatus.FINISHED, DeliveryStatus.HELD, False),
        (TO_RETRY, RunStatus.RUNNING, None, True),
        (TO_RETRY, RunStatus.FAILED, None, False),
        (TO_RETRY, RunStatus.FINISHED, DeliveryStatus.HELD, False),
        (DELIVERED, RunStatus.FINISHED, DeliveryStatus.DONE, True),
        (DELIVERED, RunStatus.FINISHED, DeliveryStatus.HELD, False),
        (WITH_EMAILS, RunStatus.RUNNING, None, False),
    ],
)
def test_latest_is_a_run_that_the_command_can_act_on(
    fit: Fit, run: RunStatus, delivery: DeliveryStatus | None, *, fits: bool
) -> None:
    """Approving never means a run that is delivered, retrying none that has failed for good."""
    given = ONE.model_copy(update={"status": run})
    opened = Delivery(run_id="run-1", status=delivery, opened_at=START) if delivery else None
    assert fit.can(given, opened) is fits


def a_report(stage: StageName, name: str, counts: dict[str, int], units: dict[str, Decimal]) -> PartReport:
    """Return a report of ten seconds' work."""
    ended = START + timedelta(seconds=10)
    return PartReport(stage=stage, name=name, started_at=START, finished_at=ended, counts=counts, units=units)


def test_details_sum_the_reports_and_price_their_units() -> None:
    """Units are summed over the parts, each at its list price; one without a price has no cost."""
    reports = [
        a_report(StageName.INGEST, "file", {"rejected_rows": 2}, {}),
        a_report(StageName.SENTIMENT, "part-00001", {}, {"comprehend.units": Decimal(1000)}),
        a_report(
            StageName.SENTIMENT, "part-00002", {}, {"comprehend.units": Decimal(500), "x.y": Decimal(1)}
        ),
    ]
    found = details(ONE, reports, bucket="b")
    lines = [line(unit, amount) for unit, amount in used_units(reports).items()]
    assert [(each.unit, each.amount, each.usd) for each in lines] == [
        ("comprehend.units", Decimal(1500), Decimal("0.15")),
        ("x.y", Decimal(1), None),
    ]
    assert found.cost_usd["total"] == Decimal("0.15")
    assert {stage.stage: stage.seconds for stage in found.stages}[StageName.SENTIMENT] == 10


def test_details_name_the_object_with_the_rejects() -> None:
    """Only if there are any."""
    run = ONE
    report = a_report(StageName.INGEST, "file", {"rejected_rows": 2}, {})
    rejects = details(run, [report], bucket="b").rejects
    assert rejects is not None
    assert (rejects.rows, rejects.location) == (2, "s3://b/runs/run-1/rejects.jsonl")
    assert details(run, [], bucket="b").rejects is None


def test_details_have_what_customers_said_as_a_demo_exports_it() -> None:
    """With the share of texts that have no label."""
    praised = AspectCount(aspect="battery", praised=7, blamed=1, neutral=1)
    said = SentimentSummary(
        texts=8, scored=6, empty=1, labels={Sentiment.POSITIVE: 5, Sentiment.MIXED: 1}, praised=(praised,)
    )
    shown = details(ONE, [], bucket="b", stored=Stored(sentiment=said)).model_dump(mode="json")
    assert shown["sentiment"] == {
        "texts": 8,
        "scored": 6,
        "empty": 1,
        "left_out": 0,
        "labels": {"POSITIVE": 5, "MIXED": 1},
        "languages": {},
        "praised": [{"aspect": "battery", "praised": 7, "blamed": 1, "neutral": 1}],
        "blamed": [],
        "unscored_share": 0.25,
    }


def test_a_run_without_a_summary_of_its_sentiment_shows_none() -> None:
    """A run that is not scored yet, and one of an earlier version."""
    found = details(ONE, [], bucket="b")
    assert found.sentiment is None
    assert found.model_dump(mode="json")["sentiment"] is None
