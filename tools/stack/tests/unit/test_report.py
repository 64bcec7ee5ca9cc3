"""The closing tables show every figure, and failures stand out."""

import re
from io import StringIO
from typing import Any, Literal

import pytest
from rich.console import Console

from fondly.contracts.ingest_report import Convention, FileReport, IngestReport, RejectReason
from fondly.contracts.records import AspectCount, Sentiment, SentimentSummary
from fondly.operations.formatting import count, seconds, share, usd
from fondly.operations.runs.sentiment_figures import aspect_name, exported, label_mix, languages
from fondly.stack.report import render_report

BOLD_RED, YELLOW = "\x1b[1;31m", "\x1b[33m"
SAID = SentimentSummary(
    texts=2180,
    scored=2100,
    empty=40,
    labels={Sentiment.POSITIVE: 1500, Sentiment.NEGATIVE: 400, Sentiment.NEUTRAL: 200},
    languages={"en": 2000, "de": 50, "hi": 50},
    praised=tuple(AspectCount(aspect=f"praised {i}", praised=9 - i, blamed=1) for i in range(5)),
    blamed=(AspectCount(aspect="installation", praised=3, blamed=14, neutral=1),),
)


def good_run() -> dict[str, Any]:
    """Return the summary of a run without problems."""
    return {
        "run_id": "run-7f3a",
        "status": "finished",
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
        "links_left_out": 0,
        "emails_sorry": 0,
        "seller_claims_warranty": 12,
        "seller_claims_superlative": 31,
        "stage_seconds": {"ingest": 3.1, "sentiment": 6.24, "recommender": 18.4, "mailer": 13.2},
        "total_seconds": 41.27,
        "cost_usd": {"comprehend": 0.51, "bedrock": 5.9, "s3": 0.0042, "total": 6.4142},
        "sentiment": exported(SAID),
        "queues": {name: {"visible": 0, "in_flight": 0, "delayed": 0} for name in ("sentiment", "mailer")},
        "dead_letters": {"sentiment-dlq": 0, "mailer-dlq": 0},
    }


DELIVERY = {
    "status": "done",
    "reason": None,
    "outcomes": {"suppressed": 52, "sent": 1445, "refused": 2, "in_doubt": 1},
    "reasons": {"no_address": 50, "unsubscribed": 2},
    "arrived": 1445,
    "arrived_again": 0,
}


def rendered(summary: dict[str, Any], *, colours: bool = False, width: int = 120) -> str:
    """Return what the report prints."""
    file = StringIO()
    system: Literal["standard"] | None = "standard" if colours else None
    render_report(summary, Console(file=file, width=width, force_terminal=colours, color_system=system))
    return file.getvalue()


@pytest.mark.parametrize(
    "figure",
    [
        "run-7f3a finished in 41.3 s",
        "products 300",
        "have an email 1,500",
        "reviews 2,545",
        "interactions 3,091",
        "rejected rows 0",
        "unaligned texts 0",
        "recommendations 1,500",
        "template copy 0",
        "partly template copy 41",
        "template copy fields 63",
        "calls for copy 193",
        "claims in names of products: superlative 31, warranty 12",
        "ingest 3.1",
        "sentiment 6.2",
        "recommender 18.4",
        "mailer 13.2",
        "comprehend $0.51",
        "bedrock $5.90",
        "s3 $0.0042",
        "total $6.41",
        "1,000 emails $4.28",
        "reviews: 71.4% positive, 19.0% negative, 9.5% neutral, 0.0% mixed; 3.7% not scored",
        "most praised: praised 0 (9 of 10), praised 1 (8 of 9), praised 2 (7 of 8)",
        "most criticised: installation (14 of 18)",
        "all 2 queues are empty",
        "no dead letters",
    ],
)
def test_figure_is_shown(figure: str) -> None:
    """Each figure of the summary is beside its name."""
    assert figure in re.sub(r"\s+", " ", rendered(good_run()))


def test_good_run_shows_no_alarm() -> None:
    """Nothing is red or yellow without a reason."""
    text = rendered(good_run(), colours=True)
    assert BOLD_RED not in text
    assert YELLOW not in text


def test_failed_run_says_why() -> None:
    """A failed run is red, with its reason verbatim."""
    text = rendered(good_run() | {"status": "failed", "reason": "no [bold]column"}, colours=True)
    assert f"{BOLD_RED}failed" in text
    assert f"{BOLD_RED}no [bold]column" in text


def test_missing_email_is_an_alarm() -> None:
    """A customer who should have got an email is red, even if the run has finished."""
    text = rendered(good_run() | {"emails": 1498, "emails_failed": 1}, colours=True)
    assert re.search(r"\x1b\[1;31m *email failed.*\x1b\[1;31m *1\b", text)
    assert re.search(r"\x1b\[1;31m *not reached.*\x1b\[1;31m *1\b", text)


def test_customers_left_out_on_purpose_miss_no_email() -> None:
    """With the setting that leaves customers alone who have only bad experiences."""
    summary = good_run() | {"emails": 1490, "emails_left_out": 10}
    assert BOLD_RED not in rendered(summary, colours=True)
    assert "left out, unhappy 10" in re.sub(r"\s+", " ", rendered(summary))


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("rejected_rows", 4, "4"),
        ("unaligned_texts", 129, "129"),
        ("emails_template_copy", 18, "18 (1.2%)"),
    ],
)
def test_shortfalls_deserve_a_look(key: str, value: int, shown: str) -> None:
    """Rejected rows, unaligned texts and template copy are yellow if there are any."""
    assert re.search(
        rf"\x1b\[33m +{re.escape(shown)}|\x1b\[33m{re.escape(shown)}",
        rendered(good_run() | {key: value}, colours=True),
    )


def test_what_did_not_happen_is_not_listed_as_zero() -> None:
    """But for rejects, unaligned texts and template copy: people want to know that there are none."""
    text = rendered(good_run())
    for label in ("links left out", "to unhappy customers", "left out, unhappy", "not reached", "Rejected"):
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
    summary = good_run() | {"ingest": ingest.model_dump(mode="json"), "customers_by_popularity": 2}
    text = re.sub(r"\s+", " ", rendered(summary))
    assert "4 price above 0 line 3 'x '" in text
    assert "price: decimal comma, because of line 3: '49,95'" in text
    assert "ignored columns: tier" in text
    assert "! 2 of 1,500 customers got popular products" in text


def test_backlog_is_named() -> None:
    """Only queues that are not empty are named, with their depths."""
    summary = good_run()
    summary["queues"]["mailer"]["in_flight"] = 3
    text = rendered(summary)
    assert "queue mailer: 0 visible, 3 in flight, 0 delayed" in text
    assert "queue sentiment" not in text
    assert "queues are empty" not in text


def test_dead_letters_are_an_alarm() -> None:
    """A dead letter is red and names its queue."""
    summary = good_run()
    summary["dead_letters"]["mailer-dlq"] = 2
    text = rendered(summary, colours=True)
    assert f"{BOLD_RED}✗ dead letters in mailer-dlq: 2" in text
    assert "no dead letters" not in text


def test_what_is_missing_is_not_shown_as_zero() -> None:
    """A run that failed early is reported with the figures it has."""
    text = rendered({"run_id": "run-1", "status": "failed", "products": 3})
    assert "products" in text
    assert "emails" not in text
    assert "queue" not in text
    assert "$" not in text
    assert "reviews" not in text


@pytest.mark.parametrize("sentiment", [None, exported(SentimentSummary(texts=0, scored=0, empty=0))])
def test_nothing_is_said_of_reviews_where_there_are_none(sentiment: dict[str, Any] | None) -> None:
    """Without a summary of sentiment, as from an earlier version, and of a shop with orders alone."""
    text = rendered(good_run() | {"sentiment": sentiment})
    assert "reviews:" not in text
    assert "praised" not in text


def test_label_mix_has_all_four_labels() -> None:
    """In Comprehend's order, as shares of the texts that have one."""
    assert [(each.label, each.texts) for each in label_mix(SAID)] == [
        ("POSITIVE", 1500),
        ("NEGATIVE", 400),
        ("NEUTRAL", 200),
        ("MIXED", 0),
    ]
    assert sum(each.share for each in label_mix(SAID)) == pytest.approx(1)


def test_languages_are_told_if_there_are_several() -> None:
    """The most frequent first."""
    assert languages(SAID) == [("en", 2000), ("de", 50), ("hi", 50)]
    assert languages(SAID.model_copy(update={"languages": {"en": 2100}})) == []


@pytest.mark.parametrize(
    ("aspect", "shown"),
    [("battery\x1b[2J\n life", "battery [2J life"), ("build " * 9, "build build build build build…")],
)
def test_an_aspect_is_short_and_cannot_steer_a_terminal(aspect: str, shown: str) -> None:
    """Aspects may come from reviews and catalogues, which are untrusted."""
    assert aspect_name(aspect) == shown


def test_narrow_terminal_loses_nothing() -> None:
    """Sixty columns are enough for every figure."""
    text = re.sub(r"\s+", " ", rendered(good_run(), width=60))
    for figure in ("interactions 3,091", "recommender 18.4", "comprehend $0.51"):
        assert figure in text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (count(9050), "9,050"),
        (seconds(0.04), "0.0 s"),
        (seconds(59.94), "59.9 s"),
        (seconds(59.96), "1 min 00 s"),
        (seconds(125.4), "2 min 05 s"),
        (share(0.71428), "71.4%"),
        (usd(0), "$0.00"),
        (usd(0.0042), "$0.0042"),
        (usd(1234.5), "$1,234.50"),
    ],
)
def test_figures_for_people(written: str, text: str) -> None:
    """Figures have separators, sensible units and no more digits than they need."""
    assert written == text


def test_delivery_says_what_became_of_every_email() -> None:
    """With the reasons for those that were not handed over, and what the mail server got."""
    text = " ".join(rendered({**good_run(), "delivery": DELIVERY}).split())
    for told in ("sent 1,445", "suppressed 52", "no address 50", "unsubscribed 2", "refused 2", "in doubt 1"):
        assert told in text
    assert "✓ 1,445 emails arrived, each once" in text
    assert "the delivery is" not in text
    assert "Delivery" not in rendered(good_run())


def test_a_delivery_that_goes_wrong_stands_out() -> None:
    """A message that arrived twice is bad, a delivery that stands still is worth a look."""
    paused = {**DELIVERY, "status": "paused", "reason": "too many complaints", "arrived_again": 1}
    text = rendered({**good_run(), "delivery": paused}, colours=True)
    assert f"{YELLOW}! the delivery is paused: too many complaints" in text
    assert f"{BOLD_RED}✗ 1 email arrived once more" in text
