"""The closing report of a demo shows every figure, and failures stand out."""

import re
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from fondly.cli.tables.demo import demo_sections
from fondly.cli.tables.drawing import draw
from fondly.contracts.delivery import Outcome
from fondly.contracts.ingest_report import Convention, FileReport, IngestReport, RejectReason
from fondly.contracts.records import AspectCount, Sentiment, SentimentSummary
from fondly.operations.delivery.views import DeliveryView
from fondly.operations.runs.views import RunDetails, StageView, details
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.run import Run, RunStatus, StageName
from fondly.runtime.runs.tally import Tally
from tests.support.runs import START

BOLD_RED, YELLOW = "\x1b[1;31m", "\x1b[33m"
SAID = SentimentSummary(
    texts=2180,
    scored=2100,
    empty=40,
    labels={Sentiment.POSITIVE: 1500, Sentiment.NEGATIVE: 400, Sentiment.NEUTRAL: 200},
    praised=tuple(AspectCount(aspect=f"praised {i}", praised=9 - i, blamed=1) for i in range(5)),
    blamed=(AspectCount(aspect="installation", praised=3, blamed=14, neutral=1),),
)
COUNTS = {
    "products": 300,
    "customers": 1500,
    "reviews": 2545,
    "interactions": 3091,
    "rejected_rows": 0,
    "unaligned_texts": 0,
    "recommendations": 1500,
    "emails": 1500,
    "emails_template_copy": 0,
    "emails_mixed_copy": 41,
    "template_fields": 63,
    "copy_calls": 193,
    "seller_claims_warranty": 12,
}
STAGES = {
    StageName.INGEST: 3.1,
    StageName.SENTIMENT: 6.24,
    StageName.RECOMMENDER: 18.4,
    StageName.MAILER: 13.2,
}
COSTS = {
    name: Decimal(cost)
    for name, cost in {"comprehend": "0.51", "bedrock": "5.9", "s3": "0.0042", "total": "6.4142"}.items()
}
TALLY = Tally(
    outcomes={Outcome.SUPPRESSED: 52, Outcome.SENT: 1445, Outcome.REFUSED: 2, Outcome.IN_DOUBT: 1},
    suppressed={"no_address": 50, "unsubscribed": 2},
)


def good_run(**counts: int) -> RunDetails:
    """Return a run without problems, with these counts."""
    run = Run(run_id="run-7f3a", created_at=START, status=RunStatus.FINISHED)
    stages = [
        StageView(stage=stage, done=1, parts=1, announced=True, seconds=took)
        for stage, took in STAGES.items()
    ]
    more = {"counts": COUNTS | counts, "stages": stages, "sentiment": SAID, "cost_usd": COSTS}
    return details(run, [], bucket="data").model_copy(update=more)


def delivered(**changes: object) -> DeliveryView:
    """Return the delivery of the run, done or with these changes."""
    delivery = Delivery(run_id="run-7f3a", status=DeliveryStatus.DONE, opened_at=START).model_copy(
        update=changes
    )
    return DeliveryView(delivery=delivery, emails=1500, parts=1, parts_done=1, tally=TALLY, seeds=Tally())


def left(**changes: object) -> dict[str, Any]:
    """Return of the summary what the report tells besides the run, with these changes."""
    queues = {name: {"visible": 0, "in_flight": 0, "delayed": 0} for name in ("sentiment", "mailer")}
    return {"queues": queues, "dead_letters": {"sentiment-dlq": 0, "mailer-dlq": 0}, **changes}


def rendered(
    run: RunDetails, summary: dict[str, Any] | None = None, *, colours: bool = False, width: int = 120
) -> str:
    """Return what the report prints."""
    file = StringIO()
    system: Any = "standard" if colours else None
    screen = Console(file=file, width=width, force_terminal=colours, color_system=system, highlight=False)
    draw(demo_sections(run, summary or left()), screen)
    return file.getvalue()


def words(text: str) -> str:
    """Return a text with single spaces."""
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(
    "figure",
    [
        "run-7f3a finished",
        "products 300",
        "have an email 1,500",
        "reviews 2,545",
        "interactions 3,091",
        "rejected rows 0",
        "unaligned texts 0",
        "recommendations 1,500",
        "emails template copy 0",
        "emails mixed copy 41",
        "template fields 63",
        "copy calls 193",
        "seller claims warranty 12",
        "ingest 1/1 3.1",
        "sentiment 1/1 6.2",
        "recommender 1/1 18.4",
        "mailer 1/1 13.2",
        "comprehend $0.51",
        "bedrock $5.90",
        "s3 < $0.01",
        "total $6.41",
        "1,000 emails $4.28",
        "positive 1,500 71.4%",
        "mixed 0 0.0%",
        "not scored 80 3.7%",
        "praised 0 9 of 10 praise",
        "installation 14 of 18 criticise",
        "all 2 queues are empty",
        "no dead letters",
    ],
)
def test_figure_is_shown(figure: str) -> None:
    """Each figure is beside its name, at 60 columns too."""
    assert figure in words(rendered(good_run()))
    assert figure in words(rendered(good_run(), width=60))


def test_good_run_shows_no_alarm() -> None:
    """No figure is red or yellow without a reason."""
    text = rendered(good_run().model_copy(update={"sentiment": None}), colours=True)
    assert BOLD_RED not in text
    assert not re.search(re.escape(YELLOW) + r" *\S", text.replace("\x1b[0m", ""))


def test_failed_run_says_why() -> None:
    """A failed run is red, with its reason verbatim."""
    run = good_run().model_copy(update={"status": RunStatus.FAILED, "reason": "no [bold]column"})
    text = rendered(run, colours=True)
    assert f"{BOLD_RED}failed" in text
    assert f"{BOLD_RED}no [bold]column" in text


def test_missing_email_is_an_alarm() -> None:
    """A customer who should have got an email is red, even if the run has finished."""
    text = rendered(good_run(emails=1498, emails_failed=1), colours=True)
    assert re.search(r"\x1b\[1;31m *email failed.*\x1b\[1;31m *1\b", text)
    assert re.search(r"\x1b\[1;31m *not reached.*\x1b\[1;31m *1\b", text)


def test_customers_left_out_on_purpose_miss_no_email() -> None:
    """With the setting that leaves customers alone who have only bad experiences."""
    run = good_run(emails=1490, emails_left_out=10)
    assert BOLD_RED not in rendered(run.model_copy(update={"sentiment": None}), colours=True)
    assert "left out, unhappy 10" in words(rendered(run))


@pytest.mark.parametrize("name", ["rejected_rows", "unaligned_texts", "emails_template_copy"])
def test_shortfalls_deserve_a_look(name: str) -> None:
    """Rejected rows, unaligned texts and template copy are yellow if there are any."""
    assert re.search(r"\x1b\[33m *129\b", rendered(good_run(**{name: 129}), colours=True))


def test_what_did_not_happen_is_not_listed_as_zero() -> None:
    """But for rejects, unaligned texts and template copy: people want to know that there are none."""
    text = rendered(good_run(links_left_out=0, emails_sorry=0))
    for label in ("links left out", "emails sorry", "left out, unhappy", "not reached", "expected"):
        assert label not in text


def test_what_was_read_and_picked_is_told() -> None:
    """Rejects by reason with the first one, conventions, what is ignored, and notices before sending."""
    ingest = IngestReport(
        files=(
            FileReport(
                file="uploads/shop.csv",
                format="Kaggle Amazon Sales",
                kind="combined",
                rows=9,
                ignored=("tier",),
                conventions=(Convention(column="price", reads="decimal comma", because="line 3: '49,95'"),),
            ),
        ),
        rejects=(
            RejectReason(
                kind="row",
                column="price",
                expected="above 0",
                count=4,
                file="shop.csv",
                line=3,
                found="'x\x1b'",
            ),
        ),
    )
    text = words(rendered(good_run(customers_by_popularity=2).model_copy(update={"ingest": ingest})))
    assert "4 price above 0 line 3 'x '" in text
    assert "price: decimal comma, because of line 3: '49,95'" in text
    assert "ignored columns: tier" in text
    assert "! 2 of 1,500 customers got popular products" in text


def test_backlog_is_named() -> None:
    """Only queues that are not empty are named, with their depths."""
    summary = left()
    summary["queues"]["mailer"]["in_flight"] = 3
    text = rendered(good_run(), summary)
    assert "queue mailer: 0 visible, 3 in flight, 0 delayed" in text
    assert "queue sentiment" not in text
    assert "queues are empty" not in text


def test_dead_letters_are_an_alarm() -> None:
    """A dead letter is red and names its queue."""
    text = rendered(good_run(), left(dead_letters={"sentiment-dlq": 0, "mailer-dlq": 2}), colours=True)
    assert f"{BOLD_RED}✗ dead letters in mailer-dlq: 2" in text
    assert "no dead letters" not in text


def test_what_is_missing_is_not_shown_as_zero() -> None:
    """A run that failed early is reported with the figures it has."""
    run = Run(run_id="run-1", created_at=START, status=RunStatus.FAILED)
    text = rendered(details(run, [], bucket="data").model_copy(update={"counts": {"products": 3}}))
    assert "products" in text
    for missing in ("emails", "$", "reviews", "praised", "rejected"):
        assert missing not in text


def test_delivery_says_what_became_of_every_email() -> None:
    """With the reasons for those that were not handed over, and what the mail server got."""
    run = good_run().model_copy(update={"delivery": delivered()})
    text = words(rendered(run, left(delivery={"arrived": 1445, "arrived_again": 0})))
    for told in ("sent 1,445", "not sent 52", "no address 50", "unsubscribed 2", "refused 2", "in doubt 1"):
        assert told in text
    assert "✓ 1,445 emails arrived, each once" in text
    assert "because" not in text
    assert "delivery" not in rendered(good_run())


def test_a_delivery_that_goes_wrong_stands_out() -> None:
    """A message that arrived twice is bad, a delivery that stands still is worth a look."""
    paused = delivered(status=DeliveryStatus.PAUSED, reason="too many complaints")
    summary = left(delivery={"arrived": 1445, "arrived_again": 1})
    text = rendered(good_run().model_copy(update={"delivery": paused}), summary, colours=True)
    assert re.search(r"\x1b\[1;33mpaused", text)
    assert "too many complaints" in text
    assert f"{BOLD_RED}✗ 1 email arrived once more" in text
