"""From finished to delivered, through the running services: approval, unsubscribing, bounces, complaints."""

import asyncio
import json
import os
import re
import urllib.parse
import urllib.request
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, NoReturn

import pytest
from typer.testing import CliRunner

from encore.cli.app import app
from encore.contracts import object_keys
from encore.contracts.delivery import Dispatch, FinishedEmail, Outcome
from encore.contracts.events import DeliverPart, new_event
from encore.contracts.records import Customer, Product
from encore.runtime.consent import DynamoDBConsent
from encore.runtime.runs.delivery import Delivery, DeliveryStatus
from encore.stack.embedded import EmbeddedStack
from encore.stack.local_mail import FOLDER
from encore.stack.mailbox.store import INDEX
from services.recommender.tests.fakes import made_up_shop
from tests.e2e.conftest import EMULATOR, PAGES_PORT, UPLOADS
from tests.support.finished_runs import announce_finished, now
from tests.support.pipeline import Pipeline
from tests.support.played_ingest import PlayedIngest

pytestmark = pytest.mark.timeout(240)
SHOP = made_up_shop(customers=72, part_size=24)
SAMPLE = 50
ONE_CLICK = b"List-Unsubscribe=One-Click"
RECEIVE_S = 2.5
"""Longer than a receive waits for messages."""
RESTED_S = 2.0
"""Longer than the sender takes to deliver a part that it must not deliver."""


@pytest.fixture
def ingest(pipeline: Pipeline) -> PlayedIngest:
    """Ingest's part in a run."""
    return PlayedIngest(pipeline)


def arrived(pipeline: Pipeline, run_id: str) -> Counter[str]:
    """How many emails of a run the mail server has, by customer."""
    return Counter(each["customer_id"] for each in _received(pipeline) if each["run_id"] == run_id)


def _received(pipeline: Pipeline) -> list[dict[str, Any]]:
    index = Path(pipeline.stack.variables[FOLDER]) / INDEX
    return [json.loads(line) for line in index.read_text().splitlines()]


async def encore(pipeline: Pipeline, *arguments: str) -> None:
    """Run a command, as an operator does."""
    environment = {"ENCORE_ENVIRONMENT": pipeline.stack.resources.tables["runs"].removesuffix("-runs")}
    done = await asyncio.to_thread(CliRunner().invoke, app, list(arguments), env=environment)
    assert done.exit_code == 0, done.output


async def delivery_of(pipeline: Pipeline, run_id: str, *statuses: DeliveryStatus) -> Delivery:
    """Wait until a run's delivery has one of these statuses; return it."""
    async with asyncio.timeout(pipeline.patience_s):
        while True:
            pipeline.stack.check()
            found = await pipeline.observer.delivery(run_id)
            if found and found.status in statuses:
                return found
            await asyncio.sleep(0.1)


async def settled(pipeline: Pipeline, run_id: str, customers: Iterable[str]) -> Counter[Outcome]:
    """Wait until something final is known of these customers' emails; count what."""
    wanted = list(customers)
    async with asyncio.timeout(pipeline.patience_s):
        while True:
            found = await pipeline.observer.dispatches_of(run_id, wanted)
            if len(found) == len(wanted) and all(each.outcome.is_final for each in found.values()):
                return Counter(each.outcome for each in found.values())
            await asyncio.sleep(0.1)


async def restart_sender(stack: EmbeddedStack) -> None:
    """Kill the sender, and start it again as ECS would, once nothing answers what it has asked for.

    Messages that are given to a process that is dead come back after a minute only.
    """
    stack.processes.kill("sender")
    await asyncio.sleep(RECEIVE_S)
    environment = {EMULATOR: stack.variables[UPLOADS], "ENCORE_TEST_PROCESS": "encore.sender"}
    stack.processes.start("sender", ["-m", "encore.sender"], {**stack.variables, **environment})


async def test_nothing_goes_out_that_nobody_has_approved(pipeline: Pipeline, ingest: PlayedIngest) -> None:
    """Not through kills and redeliveries; a sample goes to its 50 only; then everybody gets one, once."""
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
    await encore(pipeline, "run", "approve", run_id, "--sample", str(SAMPLE), "--by", "Asha", "--yes")
    sample = listed[:SAMPLE]
    assert await settled(pipeline, run_id, sample) == {Outcome.SENT: SAMPLE}
    await asyncio.sleep(RESTED_S)
    assert arrived(pipeline, run_id) == Counter(sample)

    await encore(pipeline, "run", "approve", run_id, "--by", "Asha", "--yes")
    delivery = await delivery_of(pipeline, run_id, DeliveryStatus.DONE)
    assert [each.by for each in delivery.decisions[1:]] == ["Asha", "Asha"]
    assert arrived(pipeline, run_id) == Counter(listed)
    await pipeline.quiet()
    assert set((await pipeline.observer.dead_letters()).values()) == {0}


def with_new_products(customers: Iterable[Customer]) -> tuple[list[Product], list[Customer]]:
    """A catalogue that no prompt has been about, for the same customers with the same reviews."""
    products = [
        one.model_copy(update={"product_id": f"N{one.product_id}", "name": f"Renamed {one.name}"})
        for one in SHOP.products
    ]
    return [*SHOP.products, *products], list(customers)


def unsubscribe_link(message: bytes) -> str:
    """The https address of an email's `List-Unsubscribe`, which takes one click."""
    parsed = message_from_bytes(message, policy=policy.SMTP)
    assert parsed["List-Unsubscribe-Post"] == ONE_CLICK.decode()
    (link,) = re.findall(r"<(https:[^>]+)>", parsed["List-Unsubscribe"])
    return str(link)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> NoReturn:
        raise AssertionError("a click must not be redirected (RFC 8058)")


def one_click(pipeline: Pipeline, link: str) -> int:
    """Unsubscribe as a mailbox provider does, at the process that the address leads to; return the status."""
    query = urllib.parse.urlsplit(link).query
    port = pipeline.stack.variables[PAGES_PORT]
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/unsubscribe?{query}",
        data=ONE_CLICK,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    with urllib.request.build_opener(_NoRedirect).open(request, timeout=10) as answer:
        return int(answer.status)


def report(kind: str, dispatch: Dispatch, customer: Customer) -> str:
    """An event that SES publishes about a customer's email."""
    tag = urlsafe_b64encode(customer.customer_id.encode()).decode().rstrip("=")
    recipient = [{"emailAddress": customer.email}]
    about: Mapping[str, Any] = {
        "Bounce": {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": recipient},
        "Complaint": {"complaintFeedbackType": "abuse", "complainedRecipients": recipient},
    }[kind]
    time = now().isoformat()
    return json.dumps(
        {
            "eventType": kind,
            "mail": {
                "messageId": dispatch.provider_id,
                "timestamp": time,
                "tags": {"encore_run": [dispatch.run_id], "encore_customer": [tag]},
            },
            kind.lower(): {**about, "feedbackId": f"feedback-{customer.customer_id}", "timestamp": time},
        }
    )


def paid_calls() -> dict[str, Any]:
    """What understudy's Bedrock and Comprehend have been asked so far, by operation."""
    url = f"{os.environ['AWS_ENDPOINT_URL_COMPREHEND']}/_understudy/usage"
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
        return dict(json.load(answer))


async def test_who_wants_no_more_emails_costs_nothing_and_gets_none(
    pipeline: Pipeline, ingest: PlayedIngest
) -> None:
    """A click on unsubscribe, a bounce, a complaint: the next run pays nothing for them and mails nothing."""
    first, again = "run-before", "run-after"
    people = SHOP.parts[0][:4]
    await ingest.run(first, SHOP.products, people)
    await delivery_of(pipeline, first, DeliveryStatus.HELD)
    await encore(pipeline, "run", "approve", first, "--yes")
    await delivery_of(pipeline, first, DeliveryStatus.DONE)
    assert arrived(pipeline, first) == Counter(one.customer_id for one in people)

    clicks, bounces, complains, _ = people
    folder = Path(pipeline.stack.variables[FOLDER])
    files = {each["customer_id"]: folder / each["file"] for each in _received(pipeline)}
    link = unsubscribe_link(files[clicks.customer_id].read_bytes())
    assert await asyncio.to_thread(one_click, pipeline, link) == 200
    dispatches = await pipeline.observer.dispatches_of(first, [one.customer_id for one in people])
    queue = pipeline.stack.resources.queue_urls["feedback"]
    for kind, customer in (("Bounce", bounces), ("Complaint", complains)):
        body = report(kind, dispatches[customer.customer_id], customer)
        await pipeline.observer.sqs.send_message(QueueUrl=queue, MessageBody=body)
    await _suppressed(pipeline, people[:3])
    await pipeline.quiet()

    before = paid_calls()
    products, nobody = with_new_products(people[:3])
    finished = await ingest.run(again, products, nobody)
    assert finished.counts["emails"] == 0
    assert finished.counts["emails_suppressed"] == 3
    assert paid_calls().get("Converse") == before.get("Converse")
    assert await pipeline.emails(again) == {}
    await pipeline.quiet()
    assert await pipeline.observer.delivery(again) is None
    assert arrived(pipeline, again) == Counter()


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
    await _suppressed(pipeline, [leaves])
    await encore(pipeline, "run", "approve", run_id, "--yes")
    await delivery_of(pipeline, run_id, DeliveryStatus.DONE)
    assert arrived(pipeline, run_id) == Counter([stays.customer_id])
    found = await pipeline.observer.dispatches_of(run_id, [leaves.customer_id])
    dispatch = found[leaves.customer_id]
    assert (dispatch.outcome, dispatch.reason) == (Outcome.SUPPRESSED, "unsubscribed")


async def _suppressed(pipeline: Pipeline, customers: Iterable[Customer]) -> None:
    """Wait until these customers must not be written to any more."""
    tables = pipeline.stack.resources.tables
    consent = DynamoDBConsent(
        pipeline.observer.dynamodb, suppressions=tables["suppressions"], contacts=tables["contacts"]
    )
    people = [(one.customer_id, one.email) for one in customers]
    async with asyncio.timeout(pipeline.patience_s):
        while len(await consent.suppressed(people)) < len(people):  # noqa: ASYNC110 - another process tells it
            await asyncio.sleep(0.1)
