"""A run's results are fetched into a folder, with what its customers said."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from fondly.contracts import object_keys
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.contracts.file_names import file_name
from fondly.contracts.records import (
    AspectCount,
    AspectMention,
    Customer,
    EmailRecord,
    OwnProduct,
    Pick,
    Product,
    ProductAspect,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
    Review,
    ScoredReview,
    Sentiment,
    SentimentSummary,
)
from fondly.evaluation.sample.row import picture_url
from fondly.operations.runs.sentiment_figures import exported
from fondly.runtime.storage import DynamoDBItems
from fondly.stack.collect import collect, collecting
from fondly.stack.delivered import message_id as id_of
from fondly.stack.observer import Observer, observe
from fondly.stack.pictures.inline import with_pictures
from fondly.stack.provision import Resources
from tools.stack.tests.gallery_pages import packed, parsed, rows
from tools.stack.tests.unit.test_gallery_mime import mailed

RUN = "run-0123456789abcdef"
ADDRESS = picture_url("kettle", "Sage")
MESSAGE = mailed("Hello", f'<img src="{ADDRESS}"><img src="{picture_url("kettle", "unheard of")}">')
REVIEW = Review(review_id="r", product_ids=("p",), text="😀 The lid <b>leaks</b>")
SCORED = ScoredReview(
    review_id="r",
    customer_id="c",
    product_ids=("p",),
    sentiment=Sentiment.NEGATIVE,
    aspects=(AspectMention(aspect="lid", sentiment=Sentiment.NEGATIVE, begin=6, end=9),),
)

REASON = Reason(kind=ReasonKind.GOES_WITH, product_id="m", product_name="Mug", review_id="r")
PROMPT: dict[str, Any] = {
    "prompt_key": "k",
    "model_id": "a-model",
    "prompt_version": "7",
    "task": "product",
    "system_sha256": "0" * 64,
    "prompt": "Write.",
    "answers": ["{}"],
    "verdicts": [{"field": "line", "text": "It cures.", "rule": "word", "found": "cures"}],
    "input_tokens": 9,
    "output_tokens": 3,
    "cache_read_tokens": 0,
    "cache_write_tokens": 0,
    "paid": False,
    "created_at": "2026-11-25T09:00:00Z",
}


async def store_run(observer: Observer, **copy: object) -> None:
    """Store a run of one customer with one review and one email, whose record says this of its copy."""
    objects = observer.objects
    kettle = Product(product_id="p", name="Kettle", category=("Home",), price=Decimal(9), currency="INR")
    picks = Recommendation(
        customer_id="c",
        email="c@shop.example",
        source=RecommendationSource.POPULARITY,
        picks=(
            Pick(product=kettle, reason=REASON, praised=(AspectCount(aspect="lid", praised=7, blamed=2),)),
        ),
        owned=(OwnProduct(product_id="p", product_name="Kettle", category=("Home",), polarity=-0.9),),
        blamed=(ProductAspect(product_id="p", product_name="Kettle", aspect="lid"),),
    )
    await objects.put_lines(object_keys.products(RUN), [kettle])
    await objects.put_lines(object_keys.customers(RUN, 1), [Customer(customer_id="c", reviews=(REVIEW,))])
    await objects.put_lines(object_keys.sentiment(RUN, 1), [SCORED])
    await objects.put_lines(object_keys.recommendations(RUN, 1), [picks])
    await objects.put(object_keys.email(RUN, "c"), MESSAGE, content_type="message/rfc822")
    await store_record(observer, "c", **copy)


async def store_record(observer: Observer, customer_id: str, **copy: object) -> None:
    """Store the record of a customer's email, which says this of its copy."""
    made = {"subject": "Hello", "preheader": "", "product_ids": (), "created_at": datetime.now(UTC), **copy}
    key = object_keys.email(RUN, customer_id)
    record = EmailRecord.model_validate({"run_id": RUN, "customer_id": customer_id, "key": key, **made})
    table = DynamoDBItems(observer.dynamodb, observer.resources.tables["emails"])
    await table.put_all([record.model_dump(mode="json")])


async def test_reviews_are_in_the_gallery(resources: Resources, tmp_path: Path) -> None:
    """Each email has its customer's reviews; its file carries its pictures."""
    async with observe(resources) as observer:
        await store_run(observer, copy_source="ai")
        said = SentimentSummary(texts=1, scored=1, empty=0, labels={Sentiment.NEGATIVE: 1})
        await collect(observer, RUN, 1, tmp_path, {"run_id": RUN, "sentiment": exported(said)})
    page = tmp_path / "index.html"
    (beside,) = packed(page, "bodies-0")["beside"]
    assert 'The <mark class="bad" title="lid">lid</mark> &lt;b&gt;leaks&lt;/b&gt;' in beside
    assert json.loads((tmp_path / "summary.json").read_text())["sentiment"]["labels"] == {"NEGATIVE": 1}
    assert (tmp_path / "emails" / f"{file_name('c')}.eml").read_bytes() == with_pictures(MESSAGE)


async def test_an_email_has_its_customer_picks_and_prompts(resources: Resources, tmp_path: Path) -> None:
    """A prompt that several emails share is stored once; what a record does not have is left out."""
    async with observe(resources) as observer:
        await store_run(observer, copy_source="mixed", template_fields=["intro"], prompt_keys=["f", "k"])
        frame = {**PROMPT, "prompt_key": "f", "task": "frame", "verdicts": [], "paid": True}
        lines = b"".join(json.dumps(each).encode() + b"\n" for each in (frame, PROMPT))
        for first in ("f", "z"):  # after a crash a second file may have some prompts again
            key = object_keys.copy(RUN, 1, first)
            await observer.objects.put(key, lines, content_type="application/x-ndjson")
        await collect(observer, RUN, 1, tmp_path, {"run_id": RUN})
    page = tmp_path / "index.html"
    (row,) = rows(page)
    assert (row["address"], row["products"]) == ("c@shop.example", [["p", "Kettle"]])
    assert row["facets"] == [
        *("copy:mixed", "template:intro", "refused:line", "reason:goes with", "review:negative"),
        "customer:only bad experiences",
    ]
    bodies = packed(page, "bodies-0")
    assert bodies["file"] == [f"{file_name('c')}.eml"]
    for expected in (
        *("1 products, chosen by popularity", "<b>goes with</b>: Mug (m), review r", "lid: 7 of 9 praise"),
        *("criticises lid", "disliked", 'data-prompt="0"', 'data-prompt="1"'),
    ):
        assert expected in bodies["beside"][0]
    assert list(packed(page, "pictures")) == [ADDRESS]
    _, answered = packed(page, "prompts-0")
    assert all(text in answered for text in ("Write.", "{}", "by word", "It cures."))


class InMemoryArrived:
    """Files of messages by `Message-ID`."""

    def __init__(self, *copies: Path) -> None:
        self._copies = copies

    def copies(self, message_id: str) -> Sequence[Path]:
        """Return the files if the id is that of the run's message."""
        return self._copies if message_id == id_of(MESSAGE) else ()


async def test_what_became_of_emails_is_collected(resources: Resources, tmp_path: Path) -> None:
    """Outcomes are counted, and the message is beside the page as it arrived; arriving again is counted."""
    arrived = tmp_path / "mail" / "1.eml"
    arrived.parent.mkdir()
    arrived.write_bytes(b"Received: by localhost\r\n" + MESSAGE)
    sent = Dispatch(run_id=RUN, customer_id="c", outcome=Outcome.SENT, transport="smtp", at=datetime.now(UTC))
    async with observe(resources) as observer:
        await store_run(observer, copy_source="ai")
        summary = {"run_id": RUN, "delivery": {"status": "done", "reason": None}}
        nothing = await collect(observer, RUN, 1, tmp_path / "nothing", summary)
        table = DynamoDBItems(observer.dynamodb, observer.resources.tables["dispatches"])
        await table.put_all([sent.model_dump(mode="json")])
        once = InMemoryArrived(arrived)
        whole = await collect(observer, RUN, 1, tmp_path / "run", summary, arrived=once.copies)
        twice = InMemoryArrived(arrived, arrived)
        again = await collect(observer, RUN, 1, tmp_path, summary, arrived=twice.copies)
    assert nothing["delivery"]["outcomes"] == {"not yet": 1}
    assert whole["delivery"] == {
        "status": "done",
        "reason": None,
        "outcomes": {"sent": 1},
        "reasons": {},
        "arrived": 1,
        "arrived_again": 0,
    }
    assert again["delivery"]["arrived_again"] == 1
    assert (tmp_path / "run" / arrived_at(tmp_path / "run")).read_bytes() == arrived.read_bytes()
    assert arrived_at(tmp_path) == "mail/1.eml"  # what is below the run's folder stays where it is
    assert not [
        each for row in rows(tmp_path / "nothing/index.html") for each in row["facets"] if "sent" in each
    ]


def arrived_at(folder: Path) -> str:
    """Where a gallery's only message is as it arrived."""
    (beside,) = packed(folder / "index.html", "bodies-0")["beside"]
    (link,) = re.findall('href="(.*)"', beside)
    return str(link)


async def test_a_prompt_that_is_not_stored_is_left_out(resources: Resources, tmp_path: Path) -> None:
    """Its email is shown without it."""
    async with observe(resources) as observer:
        await store_run(observer, copy_source="ai", prompt_keys=["gone", "lost"])
        await collect(observer, RUN, 1, tmp_path, {"run_id": RUN})
    (beside,) = packed(tmp_path / "index.html", "bodies-0")["beside"]
    assert "The run kept none of its prompts." in beside


async def test_a_run_that_failed_early_has_an_empty_gallery(resources: Resources, tmp_path: Path) -> None:
    """Whatever it has not stored is left out, also if it has parts that nobody has finished."""
    async with observe(resources) as observer:
        await collect(observer, RUN, 2, tmp_path, {"run_id": RUN, "sentiment": None})
    assert rows(tmp_path / "index.html") == []
    assert (tmp_path / "rejects.jsonl").read_bytes() == b""


async def test_what_is_missing_is_named(resources: Resources, tmp_path: Path) -> None:
    """A part without recommendations, a message, a prompt: the rest is collected, and nothing is raised."""
    async with observe(resources) as observer:
        await store_run(observer, copy_source="ai", prompt_keys=["gone"])
        (picks,) = await observer.objects.get_lines(object_keys.recommendations(RUN, 1), Recommendation)
        other = picks.model_copy(update={"customer_id": "D"})
        await observer.objects.put_lines(object_keys.recommendations(RUN, 3), [other])
        await store_record(observer, "D", copy_source="ai")
        whole = await collect(
            observer, RUN, 3, tmp_path, {"run_id": RUN, "status": "failed", "reason": "why"}
        )
    assert whole["missing"] == [
        f"prompts (1): {object_keys.copies(RUN, 1)} gone",
        f"recommendations of parts (1): {object_keys.recommendations(RUN, 2)}",
        f"emails (1): {object_keys.email(RUN, 'D')}",
    ]
    assert json.loads((tmp_path / "summary.json").read_text())["missing"] == whole["missing"]
    assert [row["id"] for row in rows(tmp_path / "index.html")] == ["c"]
    text = " ".join(parsed(tmp_path / "index.html").itertext())
    assert all(line in text for line in ("why", *whole["missing"]))


async def test_parts_are_collected_in_their_order_as_they_come(resources: Resources, tmp_path: Path) -> None:
    """One that is mailed before an earlier one waits for that; at the end the rest is collected."""
    async with observe(resources) as observer:
        await store_run(observer, copy_source="ai")
        (picks,) = await observer.objects.get_lines(object_keys.recommendations(RUN, 1), Recommendation)
        for part in (2, 3):
            other = picks.model_copy(update={"customer_id": f"c{part}"})
            await observer.objects.put_lines(object_keys.recommendations(RUN, part), [other])
            key = object_keys.email(RUN, other.customer_id)
            await observer.objects.put(key, MESSAGE, content_type="message/rfc822")
            await store_record(observer, other.customer_id, copy_source="ai")
        async with collecting(observer, RUN, tmp_path) as collected:
            files = []
            for mailed_parts in ({2}, {1, 2}):
                await collected.mailed(mailed_parts)
                files.append(len([*(tmp_path / "emails").iterdir()]))
            await collected.finish(3, {"run_id": RUN})
    assert files == [0, 2]
    assert [row["id"] for row in rows(tmp_path / "index.html")] == ["c", "c2", "c3"]


async def test_ids_of_any_script_have_a_file_each(resources: Resources, tmp_path: Path) -> None:
    """Also those that one file system or another would refuse or take for the same."""
    ids = ["c", "C", "न" * 256, "CON", "a/../b", "a\u0000", "dot."]
    async with observe(resources) as observer:
        await store_run(observer, copy_source="ai")
        (picks,) = await observer.objects.get_lines(object_keys.recommendations(RUN, 1), Recommendation)
        everybody = [picks.model_copy(update={"customer_id": each}) for each in ids]
        await observer.objects.put_lines(object_keys.recommendations(RUN, 1), everybody)
        for each in ids:
            body = MESSAGE + each.encode()
            await observer.objects.put(object_keys.email(RUN, each), body, content_type="message/rfc822")
            await store_record(observer, each, copy_source="ai")
        whole = await collect(observer, RUN, 1, tmp_path, {"run_id": RUN})
    assert whole["missing"] == []
    for each in ids:
        written = (tmp_path / "emails" / f"{file_name(each)}.eml").read_bytes()
        assert written == with_pictures(MESSAGE + each.encode())
    assert len({path.name.casefold() for path in (tmp_path / "emails").iterdir()}) == len(ids)


async def test_rejects_are_copied_line_by_line(resources: Resources, tmp_path: Path) -> None:
    """However many there are."""
    lines = b"".join(b'{"line": %d}\n' % number for number in range(20_000))
    async with observe(resources) as observer:
        key = object_keys.rejects(RUN)
        await observer.objects.put(key, lines, content_type="application/x-ndjson")
        await collect(observer, RUN, 0, tmp_path, {"run_id": RUN})
    assert (tmp_path / "rejects.jsonl").read_bytes() == lines


async def test_records_of_many_customers_are_read(resources: Resources) -> None:
    """More than DynamoDB returns at once, and only those that exist."""
    ids = [f"C{number}" for number in range(230)]
    async with observe(resources) as observer:
        for each in ids:
            await store_record(observer, each, copy_source="mixed", prompt_keys=["f", "p"])
        found = await observer.email_records_of(RUN, [*ids, "gone"])
        none = await observer.email_records_of(RUN, [])
    assert none == {}
    assert found.keys() == set(ids)
    assert found["C7"].prompt_keys == ("f", "p")
