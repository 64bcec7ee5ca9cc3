"""What a good file becomes."""

import asyncio
import gzip
import os
import threading
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingest.intake import Limits, _in_thread
from ingest.publish import write_units
from ingest.testing import Bench, csv_lines, message, notification, numbered
from shared import layout
from shared.bus import Message
from shared.errors import PermanentError, TransientError
from shared.events import DataIngested, RunFinished
from shared.ledger import PartReport, RunStatus, Stage
from shared.testing import START

KEY = "uploads/shop.csv"
JOINED = {
    "user_id": "C1,C2,C3",
    "user_name": "Asha,Ben,Chi",
    "review_id": "R1,R2,R3",
    "review_title": "Good, cheap,Bad,Fine",
    "review_content": "Works, so far,,https://m.example.com/a.jpg",
}
SET = {
    "uploads/may/products.csv": csv_lines(
        [{"product_id": "P1", "product_name": "Cable", "discounted_price": "$5"}]
    ),
    "uploads/may/customers.csv.gz": gzip.compress(
        csv_lines(
            [
                {"user_id": "C1", "user_name": "Asha", "email": "asha@example.com", "age": "40"},
                {"user_id": "C2", "user_name": "", "email": "", "age": ""},
            ]
        )
    ),
    "uploads/may/reviews.csv": csv_lines(
        [
            {
                "review_id": "R1",
                "user_id": "C1",
                "product_id": "P1",
                "rating": "5",
                "timestamp": "1672909124",
            },
            {"review_id": "R2", "user_id": "C9", "product_id": "P1", "rating": "5", "timestamp": ""},
            {"review_id": "R3", "user_id": "C1", "product_id": "P9", "rating": "5", "timestamp": ""},
            {"review_id": "R1", "user_id": "C2", "product_id": "P1", "rating": "5", "timestamp": ""},
        ]
    ),
}


async def test_joined_reviewers_get_their_own_words() -> None:
    """Each name, title and text goes to its reviewer; pictures and empty texts are no words."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1, **JOINED)]))
    customers = await bench.stored_customers()
    assert [(one.customer_id, one.name) for one in customers] == [
        ("C1", "Asha"),
        ("C2", "Ben"),
        ("C3", "Chi"),
    ]
    words = [(one.reviews[0].title, one.reviews[0].text) for one in customers]
    assert words == [("Good, cheap", "Works, so far"), ("Bad", None), ("Fine", None)]
    assert (await bench.counts())["unaligned_texts"] == 0


async def test_words_whose_owner_cannot_be_proven_are_kept_on_the_product() -> None:
    """Nobody gets them; each cell counts once, and a name that cannot be given is named in the rejects."""
    lists = {**JOINED, "user_name": "A,B,C,D", "review_title": "a,b,c,d", "review_content": "x,y"}
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1, **lists)]))
    customers = await bench.stored_customers()
    assert {(one.name, one.reviews[0].title, one.reviews[0].text) for one in customers} == {
        (None, None, None)
    }
    (product,) = await bench.stored_products()
    assert product.shared_texts == ("a,b,c,d", "x,y")
    assert (await bench.counts())["unaligned_texts"] == 2
    assert [(reject.kind, reject.column) for reject in await bench.rejects()] == [("value", "user_name")]


async def test_a_review_seen_again_takes_the_words_it_lacked() -> None:
    """The first words that could be given stay; products add up; the pair counts as an interaction."""
    first = numbered(1, **{**JOINED, "review_title": "a,b"})
    again = numbered(2, user_id="C1", review_id="R1", review_title="Good", review_content="Other")
    bench = Bench()
    await bench.upload(KEY, csv_lines([first, again, again]))
    asha = (await bench.stored_customers())[0]
    (review,) = asha.reviews
    assert (review.title, review.text, review.product_ids) == ("Good", "Works, so far", ("P1", "P2"))
    counts = await bench.counts()
    assert (counts["reviews"], counts["interactions"]) == (3, 4)


async def test_one_conflicting_reviewer_does_not_cost_the_others() -> None:
    """In a joined row the review that belongs to another customer is left out and named."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1), numbered(2, **{**JOINED, "review_id": "R5,R1,R5"})]))
    customers = await bench.stored_customers()
    assert [(one.customer_id, len(one.reviews)) for one in customers] == [("C1", 2)]
    (reject,) = await bench.rejects()
    assert (reject.kind, reject.line, reject.column) == ("value", 3, "review_id")


async def test_optional_columns_are_given_only_to_whom_they_belong() -> None:
    """One time serves all reviewers of a row; one age or address of several people is nobody's."""
    shared = numbered(1, **JOINED) | {"timestamp": "1672909124", "age": "40", "email": "asha@example.com"}
    each = {"timestamp": "1,2,3", "age": "20,,30", "email": "a@example.com,b@example.com,c@example.com"}
    own = numbered(2, **JOINED) | {"user_id": "C4,C5,C6", "review_id": "R4,R5,R6", **each}
    bench = Bench()
    await bench.upload(KEY, csv_lines([shared, own]))
    facts = [(one.reviews[0].timestamp, one.age, one.email) for one in await bench.stored_customers()]
    assert facts == [
        (1_672_909_124, None, None),
        (1_672_909_124, None, None),
        (1_672_909_124, None, None),
        (1, 20, "a@example.com"),
        (2, None, "b@example.com"),
        (3, 30, "c@example.com"),
    ]


async def test_the_last_complete_record_of_a_product_wins() -> None:
    """A later record without a link does not replace one with; what differs is counted."""
    rows = [
        numbered(1, product_name="Old"),
        numbered(1, product_name="New", discounted_price="₹499"),
        numbered(1, product_name="Bare", discounted_price="₹499", product_link=""),
    ]
    bench = Bench()
    await bench.upload(KEY, csv_lines(rows))
    (product,) = await bench.stored_products()
    assert (product.name, product.price, product.currency) == ("New", Decimal(499), "INR")
    assert (await bench.counts())["product_differences"] == 2 + 2


@pytest.mark.parametrize("wrap", [bytes, lambda body: b"\xef\xbb\xbf" + body, gzip.compress])
async def test_the_encoding_of_a_file_changes_nothing(wrap: Any) -> None:  # noqa: ANN401 - bytes to bytes
    """With and without byte order mark, compressed or not, whatever the name says."""
    bench = Bench()
    await bench.upload(KEY, wrap(csv_lines([numbered(1), numbered(2)])))
    assert [product.product_id for product in await bench.stored_products()] == ["P1", "P2"]


async def test_columns_may_come_in_any_order_with_strangers_between() -> None:
    """Names decide, in any case; a column the format does not know is left alone."""
    row = {"index": "0", **dict(reversed(numbered(1).items())), "": ""}
    bench = Bench()
    await bench.upload(KEY, csv_lines([{name.upper(): cell for name, cell in row.items()}]))
    assert len(await bench.stored_customers()) == 1


async def test_a_set_of_files_starts_its_run_with_the_last_of_them() -> None:
    """Until then nothing happens; reviews that name strangers are rejected one by one."""
    bench = Bench()
    for key, body in SET.items():
        assert bench.run_ids == []
        await bench.upload(key, body)
    asha, other = await bench.stored_customers()
    assert (asha.email, asha.age, asha.reviews[0].rating) == ("asha@example.com", 40, Decimal(5))
    assert (other.name, other.reviews) == (None, ())
    rejects = [(reject.file, reject.line, reject.column) for reject in await bench.rejects()]
    reviews = "uploads/may/reviews.csv"
    assert rejects == [(reviews, 3, "user_id"), (reviews, 4, "product_id"), (reviews, 5, "review_id")]


async def test_the_file_at_fault_in_a_set_is_named() -> None:
    """The reason of the failed run starts with its key."""
    bench = Bench()
    for key, body in (SET | {"uploads/may/products.csv": b"a,b\n1,2\n"}).items():
        await bench.upload(key, body)
    assert ((await bench.run()).reason or "").startswith("uploads/may/products.csv: missing columns")


async def test_parts_hold_whole_customers_and_say_how_many_there_are() -> None:
    """Each announcement carries its part's key and counts, and the number of all parts."""
    bench = Bench(Limits(part_reviews=2))
    await bench.upload(KEY, csv_lines([numbered(number) for number in range(1, 6)]))
    assert [(part.part, part.parts, part.customers, part.reviews) for part in bench.parts] == [
        (1, 3, 2, 2),
        (2, 3, 2, 2),
        (3, 3, 1, 1),
    ]
    run = await bench.run()
    assert run.parts == 3
    assert run.stage(Stage.INGEST).done == {1, 2, 3}
    assert bench.parts[0].key == layout.customers(run.run_id, 1)


async def test_tables_hold_every_record_with_its_run() -> None:
    """Products, customers and reviews are findable by their ids."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1)]))
    run_id = (await bench.run()).run_id
    review = bench.reviews.items["R1",]
    assert (review["customer_id"], review["product_ids"], review["run_id"]) == ("C1", ("P1",), run_id)
    assert bench.customers.items["C1",]["name"] == "Asha"
    assert bench.products.items["P1",]["list_price"] == Decimal(1099)


async def test_the_same_upload_again_is_the_same_run() -> None:
    """A repeated notification changes nothing, a changed file is a run of its own."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([numbered(1)]))
    await bench.upload(KEY, csv_lines([numbered(1)]))
    assert len(bench.parts) == 1
    await bench.upload(KEY, csv_lines([numbered(1), numbered(2)]))
    assert len(bench.run_ids) == 2


class _FailingReviews:
    """A table that fails once, when the second part is stored."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.calls = 0

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Put every item, or fail."""
        self.calls += 1
        if self.calls == 2:
            raise TransientError
        await self._bench.reviews.put_all(items)


async def test_a_redelivery_goes_on_where_the_crash_was() -> None:
    """Finished parts are neither stored again, as their reviews may carry scores, nor announced again."""
    bench = Bench(Limits(part_reviews=1))
    table = _FailingReviews(bench)
    object.__setattr__(bench.publication, "reviews", table)
    with pytest.raises(TransientError):
        await bench.upload(KEY, csv_lines([numbered(1), numbered(2)]))
    assert [part.part for part in bench.parts] == [1]
    await bench.notify(KEY)
    assert [part.part for part in bench.parts] == [1, 2]
    assert table.calls == 3


async def test_a_part_that_sentiment_has_finished_keeps_its_scores() -> None:
    """A crash between announcing and recording a part does not write over what came of it."""
    bench = Bench()
    body = csv_lines([numbered(1)])
    await bench.upload(KEY, body)
    run = await bench.run()
    scored = PartReport(stage=Stage.SENTIMENT, name="part-00001", started_at=START, finished_at=START)
    await bench.ledger.finish_part(run.run_id, 1, scored)
    bench.reviews.items.clear()
    bench.ledger._runs[run.run_id] = run.model_copy(
        update={"stages": {Stage.SENTIMENT: (await bench.run()).stage(Stage.SENTIMENT)}}
    )
    await bench.notify(KEY)
    assert (await bench.run()).stage(Stage.INGEST).done == {1}
    assert not bench.reviews.items
    assert len(bench.parts) == 1


async def test_a_failure_is_announced_again_until_its_message_is_gone() -> None:
    """The process may die between the record and the announcement; the event id is the same."""
    bench = Bench()
    await bench.upload(KEY, b"")
    await bench.notify(KEY)
    assert len(bench.announcer.of(RunFinished)) == 2
    assert len(set(bench.announcer.ids)) == 1


async def test_a_run_that_ended_meanwhile_gets_no_more_parts() -> None:
    """A later stage may fail the run while ingest is still at it."""
    bench = Bench(Limits(part_reviews=1))
    announce = bench.announcer.announce

    async def fail_after_first(run_id: str, data: DataIngested, *, cause: str) -> None:
        await announce(run_id, data, cause=cause)
        await bench.ledger.fail(run_id, "later")

    object.__setattr__(bench.announcer, "announce", fail_after_first)
    await bench.upload(KEY, csv_lines([numbered(1), numbered(2)]))
    assert len(bench.parts) == 1
    assert (await bench.run()).status is RunStatus.FAILED


async def test_notifications_about_one_set_do_its_work_once() -> None:
    """Three messages at the same time: one works, the others find the run in hand."""
    bench = Bench()
    bench.objects.stored.update(SET)
    await asyncio.gather(*(bench.notify(key) for key in SET))
    assert len(bench.parts) == 1


async def test_a_notification_about_a_file_that_was_tidied_away_is_no_failure() -> None:
    """The run it started stays what it is."""
    bench = Bench()
    body = csv_lines([numbered(1)])
    await bench.upload(KEY, body)
    reminder = await _reminder(bench)
    del bench.objects.stored[KEY]
    await bench.handler(reminder)
    assert (await bench.run()).is_open
    assert bench.announcer.of(RunFinished) == []


async def _reminder(bench: Bench) -> Message:
    """A second notification about the upload as it is now."""
    async with bench.publication.files.open(KEY) as content:
        return message(notification(KEY, etag=content.etag))


async def test_the_workplace_is_always_cleared(tmp_path: Path) -> None:
    """Nothing is left on disk, whether the run succeeded, failed, or the message was foreign."""
    bench = Bench(Limits(temp_dir=tmp_path))
    await bench.upload(KEY, csv_lines([numbered(1)]))
    await bench.upload(KEY, b"")
    with pytest.raises(PermanentError):
        await bench.handler(message("no"))
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - pathlib is for synchronous code


async def test_a_cancelled_reading_lets_go_before_its_files_go() -> None:
    """The thread is told to stop and waited for."""
    cancelled, ended = threading.Event(), threading.Event()

    def work() -> None:
        cancelled.wait(10)
        ended.set()

    task = asyncio.create_task(_in_thread(work, cancelled))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


def test_write_units_are_started_kilobytes_of_each_item() -> None:
    """As DynamoDB bills them."""
    assert write_units([{"a": "x"}, {"a": "x" * 1024}, {"a": "₹" * 700}]) == 1 + 2 + 3
