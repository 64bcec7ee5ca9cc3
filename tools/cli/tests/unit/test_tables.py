"""Every table as people see it: on a terminal of 80 columns, and in a pipe.

The expected output is in `snapshots/`. To accept a change, delete a file there and run its test twice.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from functools import partial
from typing import Any

import pytest
import time_machine
from rich.console import Console

from fondly.cli.tables.cleanup import deleted_table
from fondly.cli.tables.declaration import Table
from fondly.cli.tables.delivery import delivery_screen
from fondly.cli.tables.demo import demo_sections
from fondly.cli.tables.drawing import draw
from fondly.cli.tables.emails import EMAILS, email_sections
from fondly.cli.tables.queues import DEAD_LETTERS, QUEUES, dead_letters
from fondly.cli.tables.runs import MESSAGES, RUNS, run_sections
from fondly.cli.tables.suppressions import SUPPRESSIONS
from fondly.cli.tables.verification import verified
from fondly.contracts.consent import Suppression, address_entry, customer_entry
from fondly.contracts.delivery import Dispatch, NotSent, Outcome
from fondly.contracts.ingest_report import Convention, FileReport, IgnoredFile, IngestReport, RejectReason
from fondly.contracts.records import AspectCount, Exclusion, Sentiment, SentimentSummary
from fondly.operations.cleanup.infrastructure import WHY, Owner
from fondly.operations.cleanup.report import Row
from fondly.operations.dead_letters.dead_letter import DeadLetter
from fondly.operations.dead_letters.received import DeadLetterCount
from fondly.operations.delivery.views import DeliveryView
from fondly.operations.emails.finished import EmailView
from fondly.operations.queues import QueueState
from fondly.operations.runs.retry import Message
from fondly.operations.runs.views import Rejects, RunDetails, RunView, StageView
from fondly.operations.verification import Outcome as Found
from fondly.operations.verification import Result
from fondly.recommender.domain.run_state import Phase, RecommenderState
from fondly.runtime.runs.delivery import Act, Decision, Delivery, DeliveryStatus
from fondly.runtime.runs.run import MAKING, RunStatus, StageName
from fondly.runtime.runs.tally import Tally
from tools.cli.tests.screens import Show, assert_nothing_is_broken, compare, in_pipe, on_terminal

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
RUN = "run-0123456789abcdef"
MESSAGE_ID = "0f3c8a52-91d4-4c55-a2be-c6e57a2d90aa"
BIG = 1_234_567
SOURCE = "2026-11/spring sale/amazon-in-11.csv.gz"
SENTIMENT = SentimentSummary(
    texts=BIG,
    scored=1_188_000,
    empty=40_123,
    labels={
        Sentiment.POSITIVE: 848_571,
        Sentiment.NEGATIVE: 226_286,
        Sentiment.NEUTRAL: 67_886,
        Sentiment.MIXED: 45_257,
    },
    languages={"en": 1_100_000} | dict.fromkeys(("ar", "de", "es", "fr", "hi", "ja"), 88_000),
    praised=(
        AspectCount(aspect="battery life", praised=41_000, blamed=4_000, neutral=3_000),
        AspectCount(aspect="value for\x1b money", praised=30, blamed=1, neutral=3),
    ),
    blamed=(AspectCount(aspect="installation", praised=3, blamed=14, neutral=1),),
)
INGEST = IngestReport(
    files=(
        FileReport(
            file=f"uploads/{SOURCE}",
            format="Kaggle Amazon Sales",
            kind="combined",
            rows=BIG,
            ignored=("loyalty_tier", "internal note\x1b[2J"),
            conventions=(
                Convention(column="discounted_price", reads="decimal comma", because="line 3: '49,95'"),
            ),
        ),
    ),
    ignored_files=(IgnoredFile(file="uploads/2026-11/notes.txt", reason="not a data file"),),
    rejects=(
        RejectReason(
            kind="row",
            column="discounted_price",
            expected="a price above 0",
            count=BIG,
            file=f"uploads/{SOURCE}",
            line=3,
            found="'free'",
        ),
        RejectReason(
            kind="value",
            column="a_column_whose_name_says_all_that_there_is_to_say_of_it",
            expected="a number from 0 to 5",
            count=2,
            file=f"uploads/{SOURCE}",
            line=BIG,
            found="'4,5 of 5 stars'",
        ),
        *(
            RejectReason(kind="row", expected=f"{cells} cells", count=1, file=f"uploads/{SOURCE}", line=cells)
            for cells in range(16, 22)
        ),
    ),
    exclusions={Exclusion.NO_CONSENT: 90_000, Exclusion.UNDER_AGE: 7},
)
ARN = f"arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/{RUN}-interactions"


def queues(screen: Console) -> None:
    """Queues with figures of every size."""
    states = [
        QueueState(
            name="ingest-uploads", visible=0, in_flight=0, delayed=0, oldest_age_s=None, dead_letters=0
        ),
        QueueState(
            name="mailer", visible=BIG, in_flight=BIG, delayed=BIG, oldest_age_s=86_000.0, dead_letters=BIG
        ),
    ]
    draw([Table(QUEUES, states)], screen)


def a_run(status: RunStatus = RunStatus.RUNNING, *, parts: int | None = 1000, done: int = 999) -> RunView:
    """Return a run of many parts and a long source."""
    return RunView(
        run_id=RUN,
        status=status,
        source=f"s3://fondly-prod-data-123456789012/uploads/{SOURCE}",
        reason="no such column: product_id" if status is RunStatus.FAILED else None,
        parts=parts,
        created_at=NOW - timedelta(days=12, hours=23),
        finished_at=None,
        done={StageName.INGEST: 1000 if done else 0} | dict.fromkeys(list(StageName)[1:], done),
    )


def runs(screen: Console) -> None:
    """Runs of every status."""
    finished = a_run(RunStatus.FINISHED, parts=1000, done=1000)
    deliveries = [
        finished.model_copy(update={"delivery_status": status, "delivered_parts": 999})
        for status in (DeliveryStatus.HELD, DeliveryStatus.APPROVED, DeliveryStatus.DONE)
    ]
    views = [a_run(), a_run(RunStatus.FAILED, parts=None, done=0), finished, *deliveries]
    draw([Table(RUNS, views)], screen)


def run_with_everything() -> RunDetails:
    """Return a run with everything that can be shown."""
    view = a_run(RunStatus.FAILED)
    stages = [
        StageView(stage=stage, done=view.done[stage], parts=1000, announced=False, seconds=12_345.6)
        for stage in MAKING
    ]
    return RunDetails(
        **view.model_dump(),
        stages=stages,
        counts={
            "customers_by_popularity": BIG,
            "emails_template_copy": 18,
            "customers": BIG,
            "reviews": BIG,
            "texts_positive": BIG,
            "language_en": BIG,
            "texts_asked": BIG,
            "texts_known": 2_100,
        },
        sentiment=SENTIMENT,
        ingest=INGEST,
        total_seconds=1.0,
        attribution=None,
        cost_usd={"bedrock": Decimal(1234), "comprehend": Decimal("0.5"), "total": Decimal("1234.5")},
        recommender=RecommenderState(
            phase=Phase.IMPORT,
            popularity_reason="67 interactions, Personalize needs 1,000",
            interactions=BIG,
            resources={"import_interactions": ARN},
        ),
        rejects=Rejects(rows=BIG, location=f"s3://fondly-prod-data-123456789012/runs/{RUN}/rejects.jsonl"),
    )


def run_show(screen: Console) -> None:
    """A run with everything that can be shown."""
    draw(run_sections(run_with_everything()), screen)


ARN_OF_A_PERSON = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Marketing_0123/ines@shop.example"
DECISIONS = (
    Decision(act=Act.HOLD, by="the setting FONDLY_SENDER_APPROVAL", at=NOW - timedelta(hours=5)),
    Decision(
        act=Act.SAMPLE,
        by="ines",
        at=NOW - timedelta(hours=4),
        note="50 of 9,050 emails go to ines@shop.example, jo@shop.example in turn, now, by Amazon SES.",
    ),
    Decision(
        act=Act.APPROVE,
        by=ARN_OF_A_PERSON,
        at=NOW - timedelta(hours=3),
        note="looks good\x1b[2J Up to 9,050 people get an email, from Wed 25 Nov 2026, 18:00 UTC on, by"
        " Amazon SES, at most 500 an hour (18 h 6 min or more).",
    ),
)
DISPATCHES = [
    Dispatch(
        run_id=RUN,
        customer_id="AE7IVOQW6XJ4YKZ2H5R3N8TQMFSA",
        outcome=Outcome.REFUSED,
        reason="550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table",
        at=NOW - timedelta(hours=2),
    ),
    Dispatch(
        run_id=RUN,
        customer_id="C-1001",
        outcome=Outcome.IN_DOUBT,
        reason="its worker stopped while handing it over, at 2026-11-25 10:00:00 UTC",
        at=NOW - timedelta(minutes=90),
        bounced="hard",
    ),
]


def a_delivery(status: DeliveryStatus, **values: Any) -> Delivery:  # noqa: ANN401 - fields of the record
    """Return a delivery at some point."""
    return Delivery(run_id=RUN, status=status, opened_at=NOW - timedelta(hours=5), **values)


def delivery_held(screen: Console) -> None:
    """A delivery that nobody has decided on."""
    held = a_delivery(DeliveryStatus.HELD, decisions=DECISIONS[:1])
    nothing = Tally()
    draw(
        delivery_screen(
            DeliveryView(delivery=held, emails=9_050, parts=12, parts_done=0, tally=nothing, seeds=nothing)
        ),
        screen,
    )


def delivery_paused(screen: Console) -> None:
    """A delivery with everything that can be shown."""
    paused = a_delivery(
        DeliveryStatus.PAUSED,
        paused_from=DeliveryStatus.SAMPLE,
        reason="12 complaints about 9,050 emails are more than 0.1 %",
        starts_at=NOW + timedelta(hours=6),
        per_hour=500,
        sample=50,
        seeds=("ines@shop.example", "jo@shop.example"),
        decisions=DECISIONS,
    )
    draw(
        delivery_screen(
            DeliveryView(
                delivery=paused,
                emails=BIG,
                parts=1000,
                parts_done=400,
                tally=Tally(
                    outcomes={
                        Outcome.SENT: 480_123,
                        Outcome.SUPPRESSED: 31_004,
                        Outcome.WAITING: 12,
                        Outcome.REFUSED: 1,
                        Outcome.IN_DOUBT: 1,
                    },
                    suppressed={
                        "unsubscribed": 20_500,
                        "holdout": 10_000,
                        "hard_bounce": 300,
                        "no_address": 200,
                        "frequency": 4,
                    },
                    bounced={"hard": 1_200, "soft": 80, "complaint": 12},
                    clicked=9_000,
                    transports={"ses": 480_123},
                ),
                seeds=Tally(outcomes={Outcome.SENT: 50}),
                dispatches=DISPATCHES,
                decided={"sent": 29, "refuted": 1},
            )
        ),
        screen,
    )


def delivery_scheduled(screen: Console) -> None:
    """An approved delivery whose time has not come; its sample is history."""
    scheduled = a_delivery(
        DeliveryStatus.APPROVED, starts_at=NOW + timedelta(hours=6), sample=50, decisions=DECISIONS[:1]
    )
    sent = Tally(outcomes={Outcome.SENT: 50}, transports={"smtp": 50})
    draw(
        delivery_screen(
            DeliveryView(delivery=scheduled, emails=9_050, parts=12, parts_done=0, tally=sent, seeds=Tally())
        ),
        screen,
    )


def delivery_done(screen: Console) -> None:
    """A delivery that is over; of two customers who were forgotten there is no record."""
    done = a_delivery(DeliveryStatus.DONE, decisions=DECISIONS[:1])
    sent = Tally(outcomes={Outcome.SENT: 9_048}, transports={"ses": 9_048})
    draw(
        delivery_screen(
            DeliveryView(delivery=done, emails=9_050, parts=12, parts_done=12, tally=sent, seeds=Tally())
        ),
        screen,
    )


def an_email(customer_id: str, dispatch: Dispatch | None = None) -> EmailView:
    """Return somebody's email."""
    return EmailView(
        customer_id=customer_id,
        subject="Ines, a lamp that dims to the warmth of a candle — and three more finds for your desk",
        preheader="Because you liked the Norra Desk Lamp: brass, stepless dimmer, braided cable",
        language=None,
        copy_source="ai",
        variant="by name",
        made_at=NOW - timedelta(hours=6),
        dispatch=dispatch,
    )


def email_list(screen: Console) -> None:
    """Emails that wait, and those with an outcome."""
    draw(
        [Table(EMAILS, [an_email("C-7"), *(an_email(each.customer_id, each) for each in DISPATCHES)])], screen
    )


def email_show(screen: Console) -> None:
    """An email as text."""
    text = "Hello Ines,\n\n1. Norra Desk Lamp 40 cm\n   \u20b9 1,299 \u202e evil\n   https://shop.example/p/B0EXAMPLE1?utm_source=fondly&utm_medium=email&utm_campaign=run-0123\n"
    draw(email_sections(an_email(DISPATCHES[1].customer_id, DISPATCHES[1]), a_message(text)), screen)


def a_message(text: str) -> bytes:
    """Return an email in MIME."""
    message = EmailMessage()
    message.set_content(text)
    return message.as_bytes()


def suppressions(screen: Console) -> None:
    """An address, a customer, one whose name was erased, and names that nobody has checked."""
    made = partial(Suppression, source="SES account-level suppression list", at=NOW - timedelta(days=3))
    rows = [
        made(entry=address_entry("a@x.example"), reason=NotSent.HARD_BOUNCE, subject="asha.rao@shop.example"),
        made(entry=customer_entry("C1"), reason=NotSent.UNSUBSCRIBED, subject="AG3D6O4STAQKAY2UVGEUV46KN35Q"),
        made(entry=customer_entry("gone"), reason=NotSent.ERASED),
        made(entry=customer_entry("C\x1b[2J"), reason=NotSent.MANUAL, subject="C\x1b[2J"),
    ]
    draw([Table(SUPPRESSIONS, rows)], screen)


def retry(screen: Console) -> None:
    """Messages to a topic and to a queue."""
    why = "not all parts have recommendations"
    messages = [
        Message(
            topic="recommendations-ready",
            about="x",
            why="part 7 is not mailed",
            event_id=MESSAGE_ID,
            body="",
        ),
        Message(queue="recommender", about="x", why=why, event_id=MESSAGE_ID, body=""),
    ]
    draw([Table(MESSAGES, messages)], screen)


def dlq_list(screen: Console) -> None:
    """Queues with and without dead letters."""
    some = DeadLetterCount(queue="ingest-uploads", dead_letters=BIG, oldest_age_s=900_000.0)
    none = DeadLetterCount(queue="mailer", dead_letters=0, oldest_age_s=None)
    draw([Table(DEAD_LETTERS, [some, none])], screen)


def dlq_show(screen: Console) -> None:
    """A dead letter with a long reason, and its body."""
    dead_letter = DeadLetter(
        message_id=MESSAGE_ID,
        reason=f"the object runs/{RUN}/customers/part-00003.jsonl.gz does not exist in the bucket",
        exception="PermanentError",
        handler="fondly.sentiment.handler.SentimentHandler",
        first_received_at=NOW - timedelta(hours=3, minutes=20),
        receives=12,
        sent_at=NOW,
        about="data-ingested part 3",
        run_id=RUN,
        body='{"type": "fondly.data-ingested.v1"}',
        receipt="",
        attributes={},
    )
    draw(dead_letters([dead_letter], of=1, with_body=True), screen)


def verify(screen: Console) -> None:
    """A check of every outcome."""
    results = [
        Result("topic run-finished", Found.OK, "", ""),
        Result("privacy of bucket data", Found.SKIPPED, "emulator: only Terraform sets this", ""),
        Result(
            "queue mailer",
            Found.FAILED,
            "visibility is 345600 s, not 1209600 s; redrives to arn:aws:sqs:eu-west-1:123456789012:x",
            "terraform apply",
        ),
    ]
    draw(verified(results), screen)


def demo_report(screen: Console) -> None:
    """The closing report of a demo of a large file."""
    delivery = {"arrived": BIG, "arrived_again": 1}
    queues = {"mailer": {"visible": BIG, "in_flight": 1, "delayed": 0}}
    summary = {"delivery": delivery, "queues": queues, "dead_letters": {"mailer": 2}}
    run = run_with_everything()
    draw(demo_sections(run.model_copy(update={"counts": {**run.counts, "emails": BIG}}), summary), screen)


def cleanup(screen: Console) -> None:
    """What went, what Terraform destroys, and what could not be deleted."""
    rows = [
        Row(what="trainings stopped", deleted=3),
        Row(what="event trackers in Personalize", deleted=1),
        Row(what="versions of objects", deleted=BIG, left=2, why="S3 refused: AccessDenied", failed=True),
        Row(
            what="items of product-sentiments", left=11, why=WHY[Owner.TERRAFORM] + ", as in 0123456789abcdef"
        ),
    ]
    draw([deleted_table(rows, dry_run=False)], screen)


def product_forgotten(screen: Console) -> None:
    """What is longer than a column may be."""
    what = "products in Personalize, in runs, and with those who bought them"
    draw([deleted_table([Row(what=what, left=3, why="they end with their runs")], dry_run=True)], screen)


SHOWN: list[Show] = [
    queues,
    cleanup,
    product_forgotten,
    runs,
    run_show,
    suppressions,
    retry,
    dlq_list,
    dlq_show,
    verify,
    demo_report,
    delivery_held,
    delivery_paused,
    delivery_scheduled,
    delivery_done,
    email_list,
    email_show,
]


@pytest.mark.parametrize("show", SHOWN)
@time_machine.travel(NOW, tick=False)
def test_table_on_a_terminal_of_80_columns(show: Show) -> None:
    """Tables fit."""
    compare(__file__, f"{show.__name__}-80", on_terminal(show))


@pytest.mark.parametrize("show", SHOWN)
@time_machine.travel(NOW, tick=False)
def test_table_in_a_pipe(show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is wrapped or cut, whatever COLUMNS says, and no line ends with spaces."""
    compare(__file__, f"{show.__name__}-pipe", in_pipe(show, capsys))


@pytest.mark.parametrize("show", SHOWN)
@time_machine.travel(NOW, tick=False)
def test_no_figure_and_no_id_is_broken(show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    """Every word with a digit in a pipe is whole on the terminal; only the source of a run may fold."""
    assert_nothing_is_broken(show, capsys, may_fold=SOURCE)
