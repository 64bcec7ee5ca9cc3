"""From finished to delivered, through the running services: approval, unsubscribing, bounces, complaints."""

import asyncio
import json
import os
import re
import urllib.parse
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from fondly.contracts import object_keys
from fondly.contracts.delivery import FinishedEmail, Outcome
from fondly.contracts.email_index import EmailIndexRow, wording_digest
from fondly.contracts.events import DeliverPart, new_event
from fondly.contracts.records import Customer, Product, Review
from fondly.recommender.domain.personalize import personalize_keys
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.storage import DynamoDBItems
from fondly.stack.embedded import EmbeddedStack
from fondly.stack.local_mail import FOLDER
from services.recommender.tests.fakes import made_up_shop
from services.sender.tests.mails import bounce
from tests.e2e.conftest import EMULATOR, RECORDING, UPLOADS
from tests.support.deliveries import (
    answer_to_unsubscribe,
    arrived,
    delivery_of,
    fondly,
    one_click,
    received,
    report,
    settled,
    unsubscribe_link,
    until_suppressed,
)
from tests.support.finished_runs import announce_finished
from tests.support.imap import ImapServer
from tests.support.pipeline import Pipeline
from tests.support.played_ingest import PlayedIngest

pytestmark = pytest.mark.timeout(700)
SHOP = made_up_shop(customers=72, part_size=24, prefix="D")
SAMPLE = 50
INSTEAD = "All the best, and see you soon!"
RECEIVE_S = 2.5
"""Longer than a receive waits for messages."""
RESTED_S = 2.0
"""Longer than the sender takes to deliver a part that it must not deliver."""


@pytest.fixture
def ingest(pipeline: Pipeline) -> PlayedIngest:
    """Ingest's part in a run."""
    return PlayedIngest(pipeline)


async def restart_sender(stack: EmbeddedStack) -> None:
    """Kill the sender, and start it again as ECS would, once nothing answers what it has asked for.

    Messages that are given to a process that is dead come back after a minute only.
    """
    stack.processes.kill("sender")
    await asyncio.sleep(RECEIVE_S)
    environment = {
        EMULATOR: stack.variables[UPLOADS],
        "FONDLY_TEST_PROCESS": "fondly.sender",
        "PYTHONPATH": str(RECORDING),
    }
    stack.processes.start("sender", ["-m", "fondly.sender"], {**stack.variables, **environment})


async def test_nothing_goes_out_that_nobody_has_approved(pipeline: Pipeline, ingest: PlayedIngest) -> None:
    """Not through kills and redeliveries; a sample goes to its 50 only; then everybody gets one, once.

    What is struck after the sample is in none of the other emails.
    """
    before = await pipeline.dead_letters()
    run_id, stack = "run-approved", pipeline.stack
    assert isinstance(stack, EmbeddedStack)
    finished = await ingest.run(run_id, SHOP.products, *SHOP.parts)
    assert finished.counts["emails"] == 72
    await delivery_of(pipeline, run_id, DeliveryStatus.HELD)
    await pipeline.quiet()
    await restart_sender(stack)
    for _ in range(2):
        await announce_finished(pipeline.observer, run_id, emails=72)
        for part in (1, 2, 3):
            forged = new_event(DeliverPart(part=part, release=1), run_id=run_id, source="sender")
            queue = stack.resources.queue_urls["sender"]
            await pipeline.observer.sqs.send_message(QueueUrl=queue, MessageBody=forged.body)
        await asyncio.sleep(RESTED_S)
        await pipeline.quiet()
    assert arrived(pipeline, run_id) == Counter()
    assert (await delivery_of(pipeline, run_id, DeliveryStatus.HELD)).release == 0

    listed = [
        each.customer_id
        for part in (1, 2, 3)
        for each in await pipeline.observer.objects.get_lines(object_keys.mailed(run_id, part), FinishedEmail)
    ]
    await fondly(pipeline, "run", "approve", run_id, "--sample", str(SAMPLE), "--by", "Asha", "--yes")
    sample = listed[:SAMPLE]
    assert await settled(pipeline, run_id, sample) == {Outcome.SENT: SAMPLE}
    await asyncio.sleep(RESTED_S)
    assert arrived(pipeline, run_id) == Counter(sample)

    await strike_closing(pipeline, run_id, set(sample))
    await fondly(pipeline, "run", "approve", run_id, "--by", "Asha", "--yes")
    delivery = await delivery_of(pipeline, run_id, DeliveryStatus.DONE)
    assert {each.by for each in delivery.decisions[1:]} == {"Asha"}
    assert arrived(pipeline, run_id) == Counter(listed)
    await pipeline.quiet()
    assert await pipeline.dead_letters() == before


async def saying(pipeline: Pipeline, run_id: str) -> dict[str, set[str]]:
    """Whose email has which closing, by the closing's digest."""
    found = defaultdict[str, set[str]](set)
    for part in (1, 2, 3):
        key = object_keys.email_index(run_id, part)
        for row in await pipeline.observer.objects.get_lines(key, EmailIndexRow):
            found[row.wordings.get("closing", "house text")].add(row.customer_id)
    return found


async def strike_closing(pipeline: Pipeline, run_id: str, sample: set[str]) -> None:
    """Write another closing in the place of the most frequent one: the sample keeps what it has got."""
    before, edited = await saying(pipeline, run_id), wording_digest("closing", INSTEAD)
    most = max(before, key=lambda each: len(before[each] - sample))
    await fondly(
        pipeline, "run", "strike", run_id, "--wording", most, "--with", INSTEAD, "--by", "Asha", "--yes"
    )
    await pipeline.quiet()
    after = await saying(pipeline, run_id)
    assert after.pop(edited) == before[most] - sample
    assert after == before | {most: before[most] & sample}


def with_new_products(customers: Iterable[Customer]) -> tuple[list[Product], list[Customer]]:
    """A catalogue that no prompt has been about, for the same customers with the same reviews."""
    products = [
        one.model_copy(update={"product_id": f"N{one.product_id}", "name": f"Renamed {one.name}"})
        for one in SHOP.products
    ]
    return [*SHOP.products, *products], list(customers)


def with_new_reviews(customers: Iterable[Customer], run_id: str) -> list[Customer]:
    """The customers, each with a review that nobody has been asked about."""
    return [
        one.model_copy(
            update={
                "reviews": (
                    *one.reviews,
                    Review(
                        review_id=f"{run_id}-{one.customer_id}",
                        product_ids=one.reviews[0].product_ids,
                        text=f"Entirely new words by {one.customer_id} for {run_id}, all good.",
                    ),
                )
            }
        )
        for one in customers
    ]


async def ranked_for(pipeline: Pipeline, run_id: str) -> list[str]:
    """The customers in the input of Personalize's batch job."""
    both = (personalize_keys.EVERYBODY, personalize_keys.WITNESSES)
    keys = [personalize_keys.batch_input(run_id, 1, who) for who in both]
    bodies = [await pipeline.observer.objects.find(key) or b"" for key in keys]
    return [json.loads(line)["userId"] for body in bodies for line in body.splitlines()]


PAID = re.compile(r"Converse|InvokeModel|(Batch)?Detect\w+|Create\w+Job")
"""The operations that cost something each time, of all three services."""


def paid_calls() -> dict[str, Any]:
    """What understudy has been asked so far that would have cost something, by operation."""
    url = f"{os.environ['AWS_ENDPOINT_URL_COMPREHEND']}/_understudy/usage"
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
        return {name: calls for name, calls in json.load(answer).items() if PAID.fullmatch(name)}


async def test_who_wants_no_more_emails_costs_nothing_and_gets_none(
    pipeline: Pipeline, ingest: PlayedIngest, replies: ImapServer
) -> None:
    """The next run pays nothing for them and mails nothing.

    Of one a click on unsubscribe, of others a bounce and a complaint that SES reports, a mail to the address
    of an email, and a bounce that comes by mail.
    """
    first, again = "run-before", "run-after"
    people = SHOP.parts[0][:6]
    await ingest.run(first, SHOP.products, people)
    await delivery_of(pipeline, first, DeliveryStatus.HELD)
    await fondly(pipeline, "run", "approve", first, "--yes")
    await delivery_of(pipeline, first, DeliveryStatus.DONE)
    assert arrived(pipeline, first) == Counter(one.customer_id for one in people)

    clicks, bounces, complains, writes, moved, _ = people
    folder = Path(pipeline.stack.variables[FOLDER])
    files = {each["customer_id"]: folder / each["file"] for each in received(pipeline)}
    link = unsubscribe_link(files[clicks.customer_id].read_bytes())
    assert await asyncio.to_thread(one_click, pipeline, link) == 200
    written = {one.customer_id: files[one.customer_id].read_bytes() for one in (writes, moved)}
    header = written[moved.customer_id].partition(b"\r\n\r\n")[0].decode() + "\r\n\r\n"
    mails = (
        answer_to_unsubscribe(written[writes.customer_id], writes),
        bounce(recipient=str(moved.email), email=header),
    )
    customers = DynamoDBItems(pipeline.observer.dynamodb, pipeline.stack.resources.tables["customers"])
    await customers.put_all([{"customer_id": moved.customer_id, "email": moved.email}])
    await asyncio.to_thread(replies.deliver, *mails)
    dispatches = await pipeline.observer.dispatches_of(first, [one.customer_id for one in people])
    queue = pipeline.stack.resources.queue_urls["feedback"]
    for kind, customer in (("Bounce", bounces), ("Complaint", complains)):
        body = report(kind, dispatches[customer.customer_id], customer)
        await pipeline.observer.sqs.send_message(QueueUrl=queue, MessageBody=body)
    await until_suppressed(pipeline, people[:5])
    await pipeline.quiet()
    bounced = await pipeline.observer.dispatches_of(first, [bounces.customer_id, moved.customer_id])
    assert {each.bounced for each in bounced.values()} == {"hard"}

    before = paid_calls()
    products, nobody = with_new_products(with_new_reviews(people[:5], again))
    finished = await ingest.run(again, products, nobody)
    assert finished.counts["emails"] == 0
    assert finished.counts["emails_suppressed"] == 5
    assert finished.counts["reviews_left_out"] == 5
    assert paid_calls() == before  # neither Bedrock, nor Comprehend, nor Personalize
    assert await ranked_for(pipeline, again) == []
    assert await pipeline.emails(again) == {}
    await pipeline.quiet()
    assert await pipeline.observer.delivery(again) is None
    assert arrived(pipeline, again) == Counter()

    mixed = "run-mixed"  # beside somebody who is paid for
    finished = await ingest.run(mixed, SHOP.products, with_new_reviews(people, mixed))
    assert (finished.counts["emails"], finished.counts["emails_suppressed"]) == (1, 5)
    assert finished.counts["texts_asked"] == 1
    assert finished.counts["reviews_left_out"] == 5
    assert await ranked_for(pipeline, mixed) == [people[5].customer_id]
    assert set(await pipeline.emails(mixed)) == {people[5].customer_id}


async def test_who_unsubscribes_after_a_run_was_made_gets_nothing_of_it(
    pipeline: Pipeline, ingest: PlayedIngest
) -> None:
    """The finished email of somebody who has clicked meanwhile is never handed over."""
    run_id = "run-too-late"
    people = [
        one.model_copy(update={"customer_id": f"L{one.customer_id}", "email": f"l{one.email}"})
        for one in SHOP.parts[1][:2]
    ]
    await ingest.run(run_id, SHOP.products, people)
    await delivery_of(pipeline, run_id, DeliveryStatus.HELD)
    emails = await pipeline.emails(run_id)
    leaves, stays = people
    link = unsubscribe_link(emails[leaves.customer_id])
    assert await asyncio.to_thread(one_click, pipeline, link) == 200
    await until_suppressed(pipeline, [leaves])
    await fondly(pipeline, "run", "approve", run_id, "--yes")
    await delivery_of(pipeline, run_id, DeliveryStatus.DONE)
    assert arrived(pipeline, run_id) == Counter([stays.customer_id])
    found = await pipeline.observer.dispatches_of(run_id, [leaves.customer_id])
    dispatch = found[leaves.customer_id]
    assert (dispatch.outcome, dispatch.reason) == (Outcome.SUPPRESSED, "unsubscribed")
