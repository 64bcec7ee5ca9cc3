"""The feedback process on an AWS emulator: its tables, its queue and its dead letters."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import boto3
import pytest

from encore.contracts.consent import Contact, Frequency, address_entry, customer_entry
from encore.contracts.delivery import NotSent, Outcome
from encore.contracts.events import EmailBounced, parse_event
from encore.contracts.tokens import UNSUBSCRIBE, sign
from encore.runtime.consent import DynamoDBConsent
from encore.runtime.runs.delivery import Deliveries, DeliveryStatus
from encore.runtime.runs.run import StageName
from encore.runtime.service import check, serve
from encore.runtime.settings import load_settings
from encore.runtime.storage import DynamoDBItems
from encore.sender.adapters.delivered import DynamoDBDelivered
from encore.sender.domain.notifications import NotificationKind
from encore.sender.domain.requests import Preferences, Request
from encore.sender.feedback.__main__ import make_handler
from encore.sender.settings import FeedbackSettings
from encore.stack.provision import Resources
from services.sender.tests.fakes_of_feedback import RUN, dispatch
from services.sender.tests.unit.test_notifications import sample
from tests.support.stores import Clients

KEY = "a key that nobody guesses"
AT = datetime(2026, 11, 21, tzinfo=UTC)
IN_TIME_S = 30


@pytest.fixture
def consent(clients: Clients, resources: Resources) -> DynamoDBConsent:
    """The tables of suppressions and contacts."""
    return DynamoDBConsent(
        clients.dynamodb,
        suppressions=resources.tables["suppressions"],
        contacts=resources.tables["contacts"],
    )


@pytest.fixture
def delivered(clients: Clients, resources: Resources) -> DynamoDBDelivered:
    """The table of dispatches, with that of runs."""
    return DynamoDBDelivered(
        clients.dynamodb, dispatches=resources.tables["dispatches"], runs=resources.tables["runs"]
    )


@pytest.fixture
def deliveries(clients: Clients, resources: Resources) -> Deliveries:
    """The deliveries of runs."""
    return Deliveries(clients.dynamodb, resources.tables["runs"])


@pytest.fixture
def dispatches(clients: Clients, resources: Resources) -> DynamoDBItems:
    """The table of dispatches, as the sender writes it."""
    return DynamoDBItems(clients.dynamodb, resources.tables["dispatches"])


@pytest.fixture
def settings(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> FeedbackSettings:
    """The settings of the process."""
    for name, value in resources.settings().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ENCORE_MAILER_UNSUBSCRIBE_KEY", "the present key")
    monkeypatch.setenv("ENCORE_SENDER_UNSUBSCRIBE_KEYS__2025", KEY)
    monkeypatch.setenv("ENCORE_SENDER_COMPLAINTS_FROM", "1")
    monkeypatch.setenv("ENCORE_RECEIVE_WAIT_S", "1")
    return load_settings(FeedbackSettings)


async def put(dispatches: DynamoDBItems, *customer_ids: str, outcome: Outcome = Outcome.SENT) -> None:
    """Store the dispatches of some customers."""
    stored = [
        dispatch(one, outcome=outcome).model_dump(mode="json", exclude_none=True) for one in customer_ids
    ]
    await dispatches.put_all(stored)


async def test_an_email_is_marked_by_the_worst_that_is_reported(
    delivered: DynamoDBDelivered, dispatches: DynamoDBItems
) -> None:
    """In whatever order notifications come; what the sender has recorded stays."""
    await put(dispatches, "K-7")
    for kind, expected in (
        (NotificationKind.SOFT, "soft"),
        (NotificationKind.HARD, "hard"),
        (NotificationKind.SOFT, "hard"),
        (NotificationKind.COMPLAINT, "complaint"),
        (NotificationKind.HARD, "complaint"),
    ):
        await delivered.mark(RUN, "K-7", kind, AT)
        found = await delivered.find(RUN, "K-7")
        assert found is not None
        assert (found.bounced, found.bounced_at) == (expected, AT)
    assert found == dispatch("K-7", bounced="complaint", bounced_at=AT)


async def test_nothing_is_made_of_an_email_that_is_gone(delivered: DynamoDBDelivered) -> None:
    """A notification of somebody erased leaves nothing behind."""
    await delivered.mark(RUN, "gone", NotificationKind.HARD, AT)
    await delivered.complain(RUN, "gone", AT)
    assert await delivered.find(RUN, "gone") is None


async def test_a_complaint_counts_once_with_its_runs_delivery(
    delivered: DynamoDBDelivered, deliveries: Deliveries, dispatches: DynamoDBItems
) -> None:
    """Whoever changes the delivery meanwhile reads it again; without one the email is marked all the same."""
    await put(dispatches, "K-7", "K-8")
    await delivered.complain(RUN, "K-8", AT)
    found = await delivered.find(RUN, "K-8")
    assert found is not None
    assert found.bounced == "complaint"
    opened = await deliveries.open(RUN, status=DeliveryStatus.APPROVED, by="test")
    for _ in range(2):
        await delivered.complain(RUN, "K-7", AT)
    counted = await deliveries.get(RUN)
    assert (counted.complaints, counted.version) == (1, opened.version + 1)


async def test_what_was_sent_is_counted_as_far_as_it_matters(
    delivered: DynamoDBDelivered, dispatches: DynamoDBItems
) -> None:
    """Only what a provider accepted."""
    await put(dispatches, "K-1", "K-2", "K-3")
    await put(dispatches, "K-4", outcome=Outcome.IN_DOUBT)
    assert await delivered.sent(RUN, most=100) == 3
    assert await delivered.sent("run-of-nothing", most=100) == 0


async def test_a_contact_is_changed_by_several_at_once(
    consent: DynamoDBConsent, resources: Resources
) -> None:
    """Nobody's change is lost: what somebody else has overtaken is made again."""
    table: Any = boto3.resource("dynamodb").Table(resources.tables["contacts"])

    def sent(at: int, contact: Contact) -> Contact:
        return contact.model_copy(update={"times": (*contact.times, at)})

    def overtaken(contact: Contact) -> Contact:
        if contact.version == 1:
            other = sent(1, contact).model_copy(update={"version": 2})
            table.put_item(Item=other.model_dump(mode="json"))
        return sent(2, contact)

    await consent.change_contact("K-7", partial(sent, 0))
    await consent.change_contact("K-7", overtaken)
    found = (await consent.contacts(["K-7"]))["K-7"]
    assert (found.times, found.version) == ((0, 1, 2), 3)
    assert await consent.change_contact("K-7", lambda contact: contact) == found


@asynccontextmanager
async def running(settings: FeedbackSettings) -> AsyncIterator[None]:
    """Run the process."""
    stop = asyncio.Event()
    task = asyncio.create_task(serve(StageName.SENDER, settings, make_handler, stop=stop))
    yield
    stop.set()
    await task


async def test_the_process_acts_on_requests_and_notifications(
    settings: FeedbackSettings,
    clients: Clients,
    resources: Resources,
    consent: DynamoDBConsent,
    dispatches: DynamoDBItems,
) -> None:
    """By a key of last year; a bounce and a complaint are announced; what is forged is a dead letter."""
    customers = DynamoDBItems(clients.dynamodb, resources.tables["customers"])
    await customers.put_all([{"customer_id": "K-1", "email": "K-1@example.com"}])
    await put(dispatches, "K-7")
    deliveries = Deliveries(clients.dynamodb, resources.tables["runs"])
    await deliveries.open(RUN, status=DeliveryStatus.APPROVED, by="test")
    queue, ops = resources.queue_urls["feedback"], resources.queue_urls["ops"]
    ops_arn = (await clients.sqs.get_queue_attributes(QueueUrl=ops, AttributeNames=["QueueArn"]))[
        "Attributes"
    ]
    await clients.sns.subscribe(
        TopicArn=resources.topic_arns["email-bounced"],
        Protocol="sqs",
        Endpoint=ops_arn["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )

    async def send(body: str) -> None:
        await clients.sqs.send_message(QueueUrl=queue, MessageBody=body)

    def token(customer_id: str, key: str = KEY) -> str:
        return sign(key.encode(), UNSUBSCRIBE, customer_id)

    weekly = Preferences(Frequency.WEEKLY, ("Toys",))
    async with running(settings):
        for body in (
            Request(token("K-1")).message,
            Request(token("K-2"), weekly).message,
            sample("event-complaint"),
            Request(token("K-3", "a forger's key")).message,
        ):
            await send(body)
        entries = [customer_entry("K-1"), address_entry("k-1@example.com"), customer_entry("K-7")]
        async with asyncio.timeout(IN_TIME_S):
            while not (  # noqa: ASYNC110 - another process would not tell either
                len(await consent.find(entries)) == len(entries)
                and await consent.contacts(["K-2"])
                and (await deliveries.get(RUN)).status is DeliveryStatus.PAUSED
            ):
                await asyncio.sleep(0.05)
            dead = await received(clients, f"{queue}-dlq")
            announced = await received(clients, ops)
    reasons = {each.subject: each.reason for each in (await consent.find(entries)).values()}
    assert reasons == {
        "K-1": NotSent.UNSUBSCRIBED,
        "K-1@example.com": NotSent.UNSUBSCRIBED,
        "K-7": NotSent.COMPLAINT,
    }
    contact = (await consent.contacts(["K-2"]))["K-2"]
    assert (contact.frequency, contact.topics_off) == (Frequency.WEEKLY, ("Toys",))
    assert dead == Request(token("K-3", "a forger's key")).message
    event = parse_event(announced, EmailBounced)
    assert (event.run_id, event.data.customer_id, event.data.kind) == (RUN, "K-7", "complaint")


async def test_a_click_marks_its_email_once(delivered: DynamoDBDelivered, dispatches: DynamoDBItems) -> None:
    """The first one counts, a bounce after it changes nothing of it, and nothing is made of no email."""
    await put(dispatches, "K-7")
    for hours in (2, 5):
        await delivered.mark_clicked(RUN, "K-7", AT + timedelta(hours=hours))
    await delivered.mark(RUN, "K-7", NotificationKind.SOFT, AT)
    found = await delivered.find(RUN, "K-7")
    assert found is not None
    assert (found.clicked_at, found.bounced) == (AT + timedelta(hours=2), "soft")
    await delivered.mark_clicked(RUN, "nobody", AT)
    assert await delivered.find(RUN, "nobody") is None


async def received(clients: Clients, url: str) -> str:
    """Return the body of the next message of a queue."""
    while True:
        reply = await clients.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
        for message in reply.get("Messages", ()):
            return message["Body"]


async def test_a_check_says_what_does_not_answer(settings: FeedbackSettings) -> None:
    """Everything that the process needs, before it starts."""
    assert await check(StageName.SENDER, settings, make_handler, stop=asyncio.Event()) == ""
    gone = settings.model_copy(update={"contacts_table": "nothing-like-that"})
    assert "nothing-like-that" in await check(StageName.SENDER, gone, make_handler, stop=asyncio.Event())


def test_keys_are_the_present_one_and_those_before(settings: FeedbackSettings) -> None:
    """No setting shows them."""
    assert settings.unsubscribe_keys == (b"the present key", KEY.encode())
    assert KEY not in repr(settings)
    assert json.dumps(settings.model_dump(mode="json"), default=str).count(KEY) == 0
