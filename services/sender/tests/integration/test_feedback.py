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
from pydantic import SecretStr

from fondly.contracts.consent import Contact, Frequency, address_entry, customer_entry
from fondly.contracts.delivery import NotSent, Outcome
from fondly.contracts.events import EmailBounced, parse_event
from fondly.runtime.consent import DynamoDBConsent
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.kept_tallies import KeptTallies, PartTally
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.tally import Tally, by_sender
from fondly.runtime.service import check, serve
from fondly.runtime.settings import load_settings
from fondly.runtime.storage import DynamoDBItems
from fondly.sender.adapters.delivered import DynamoDBDelivered
from fondly.sender.adapters.dispatches import DynamoDBDispatches
from fondly.sender.domain.mailbox_url import MailboxUrl
from fondly.sender.domain.notifications import NotificationKind
from fondly.sender.domain.requests import Preferences, Request
from fondly.sender.feedback.__main__ import make_handler
from fondly.sender.ports import Reservation
from fondly.sender.settings import FeedbackSettings
from fondly.stack.provision import Resources
from services.sender.tests.fakes_of_feedback import RUN, dispatch
from services.sender.tests.mails import ADDRESS, bounce, email_header, to_unsubscribe, token
from services.sender.tests.unit.test_notifications import sample
from tests.support.imap import ImapServer
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
    monkeypatch.setenv("FONDLY_MAILER_UNSUBSCRIBE_KEY", "the present key")
    monkeypatch.setenv("FONDLY_SENDER_UNSUBSCRIBE_KEYS__2025", KEY)
    monkeypatch.setenv("FONDLY_SENDER_COMPLAINTS_FROM", "1")
    monkeypatch.setenv("FONDLY_RECEIVE_WAIT_S", "1")
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
    counted = {"bounced.complaint": 1}
    assert found == dispatch("K-7", bounced="complaint", bounced_at=AT, counted=counted)


async def test_what_a_release_has_noted_without_counting_is_counted_once(
    delivered: DynamoDBDelivered, dispatches: DynamoDBItems, deliveries: Deliveries
) -> None:
    """By an upgrade or by the next report, and however often; a complaint that is known is no new one."""
    noted = dispatch("K-7", bounced="complaint", bounced_at=AT)
    await dispatches.put_all([noted.model_dump(mode="json", exclude_none=True)])
    await deliveries.open(RUN, status=DeliveryStatus.APPROVED, by="Asha")
    await delivered.complain(RUN, "K-7", AT)
    for _ in range(2):
        await delivered.count(RUN, "K-7")
        await delivered.mark_clicked(RUN, "K-7", AT)
    tally = await deliveries.tally(RUN)
    assert (tally.bounced, tally.clicked) == ({"complaint": 1}, 1)
    assert (await deliveries.get(RUN)).complaints == 0


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
    """By a key of last year; a complaint is announced; what is malformed is a dead letter, forged is not."""
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

    weekly = Preferences(Frequency.WEEKLY, ("Toys",))
    malformed = f"{token('K-3', key=KEY.encode())}\nfrequency=daily"
    async with running(settings):
        for body in (
            Request(token("K-1", key=KEY.encode())).message,
            Request(token("K-2", key=KEY.encode()), weekly).message,
            sample("event-complaint"),
            Request(token("K-3", key=b"a forger's key")).message,
            malformed,
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
    assert dead == malformed
    event = parse_event(announced, EmailBounced)
    assert (event.run_id, event.data.customer_id, event.data.kind) == (RUN, "K-7", "complaint")


async def test_an_email_in_doubt_is_proved_to_be_sent(
    delivered: DynamoDBDelivered, dispatches: DynamoDBItems, deliveries: Deliveries
) -> None:
    """Nothing else of it changes; what is final otherwise stays, and nothing is made of no email."""
    await put(dispatches, "K-1", outcome=Outcome.IN_DOUBT)
    await put(dispatches, "K-2", outcome=Outcome.SENDING)
    await put(dispatches, "K-3", outcome=Outcome.REFUSED)
    for customer_id in ("K-1", "K-2", "K-3", "nobody"):
        await delivered.prove_sent(RUN, customer_id, "id-9")
    decided = {"doubts.sent": 1}
    for customer_id, before, more in (("K-1", Outcome.IN_DOUBT, decided), ("K-2", Outcome.SENDING, {})):
        proved = dispatch(
            customer_id,
            outcome=Outcome.SENT,
            provider_id="id-9",
            proved_from=before,
            counted={"outcomes.sent": 1, "transports.": 1, f"outcomes.{before}": -1} | more,
        )
        assert await delivered.find(RUN, customer_id) == proved
    assert await delivered.find(RUN, "K-3") == dispatch("K-3", outcome=Outcome.REFUSED)
    assert (await deliveries.tally(RUN)).outcomes == {Outcome.SENT: 2}
    assert await delivered.find(RUN, "nobody") is None


async def test_an_email_that_was_proved_and_is_recorded_late_counts_once(
    delivered: DynamoDBDelivered, deliveries: Deliveries, clients: Clients, resources: Resources
) -> None:
    """Whoever records it is told that more is known: it counts what is there."""
    tables, tallies = resources.tables, KeptTallies(clients.dynamodb, resources.tables["runs"])
    recording = DynamoDBDispatches(clients.dynamodb, tables["dispatches"], contacts=tables["contacts"])
    reserved = dispatch("K-1", outcome=Outcome.SENDING, provider_id="", reserved_by="slow")
    await recording.reserve([Reservation(reserved)])
    await delivered.prove_sent(RUN, "K-1", "id-9")
    late = dispatch("K-1", outcome=Outcome.SENT, provider_id="id-9", reserved_by="slow")
    assert await recording.record([late]) == {(RUN, "K-1")}
    found = (await recording.of(RUN, ["K-1"])).values()
    await tallies.replace(RUN, 1, PartTally(), counts=by_sender(found), is_open=False)
    assert (await deliveries.tally(RUN)).outcomes == {Outcome.SENT: 1}


async def test_the_process_reads_a_mailbox(
    settings: FeedbackSettings,
    consent: DynamoDBConsent,
    dispatches: DynamoDBItems,
    clients: Clients,
    resources: Resources,
) -> None:
    """A mail to an email's address unsubscribes, a bounce suppresses, and each is put away by its kind."""
    customers = DynamoDBItems(clients.dynamodb, resources.tables["customers"])
    await customers.put_all([{"customer_id": "K-8", "email": ADDRESS}])
    await put(dispatches, "K-8")
    left = to_unsubscribe("Where is my kettle?")
    with ImapServer() as server:
        mailbox = {"sender_mailbox": server.url, "sender_mailbox_password": SecretStr(server.password)}
        watching = settings.model_copy(update=mailbox)
        unsubscribes = to_unsubscribe(f"unsubscribe {token('K-1', key=KEY.encode())}")
        returned = bounce(email=email_header(signed=token("K-8", key=KEY.encode())))
        await asyncio.to_thread(server.deliver, unsubscribes, left, returned)
        async with running(watching), asyncio.timeout(IN_TIME_S):
            entries = [customer_entry("K-1"), address_entry(ADDRESS)]
            while len(await consent.find(entries)) < len(entries):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
            while await asyncio.to_thread(server.mails):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
        assert server.mails("fondly-read") == [unsubscribes, returned]
        assert server.mails("fondly-left") == [left]
    reasons = {entry: each.reason for entry, each in (await consent.find(entries)).items()}
    assert reasons == {entries[0]: NotSent.UNSUBSCRIBED, entries[1]: NotSent.HARD_BOUNCE}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"MAILBOX": "imap://u@imap.shop.example", "MAILBOX_PASSWORD": "p"}, "expected imaps"),
        ({"MAILBOX": "imaps://u:secret@imap.shop.example", "MAILBOX_PASSWORD": "p"}, "found a password"),
        ({"MAILBOX": "https://shop.example", "MAILBOX_PASSWORD": "p"}, "expected imaps://user@host/folder"),
        (
            {"MAILBOX": "imaps://imap.shop.example", "MAILBOX_PASSWORD": "p"},
            "expected imaps://user@host/folder",
        ),
        ({"MAILBOX": "imaps://u@h:x", "MAILBOX_PASSWORD": "p"}, "expected imaps://user@host/folder"),
        ({"MAILBOX": "imaps://u@imap.shop.example"}, "must be set together"),
        ({"MAILBOX_PASSWORD": "p"}, "must be set together"),
    ],
)
def test_a_mailbox_is_set_whole_and_protected(
    settings: FeedbackSettings,
    changes: dict[str, str],
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The message says what was expected, and no secret."""
    assert settings.mailbox is None
    for name, value in changes.items():
        monkeypatch.setenv(f"FONDLY_SENDER_{name}", value)
    with pytest.raises(SystemExit):
        load_settings(FeedbackSettings)
    written = capsys.readouterr().err
    assert expected in written
    assert "secret" not in written


def test_a_mailbox_without_a_key_proves_nothing(
    settings: FeedbackSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every mail would count as forged."""
    assert settings.unsubscribe_keys
    monkeypatch.delenv("FONDLY_MAILER_UNSUBSCRIBE_KEY")
    monkeypatch.delenv("FONDLY_SENDER_UNSUBSCRIBE_KEYS__2025")
    monkeypatch.setenv("FONDLY_SENDER_MAILBOX", "imap://u@localhost:1143/Replies%20to%20us")
    monkeypatch.setenv("FONDLY_SENDER_MAILBOX_PASSWORD", "p")
    with pytest.raises(SystemExit):
        load_settings(FeedbackSettings)
    assert "mailer_unsubscribe_key" in capsys.readouterr().err
    monkeypatch.setenv("FONDLY_MAILER_UNSUBSCRIBE_KEY", "k")
    found = load_settings(FeedbackSettings).mailbox
    assert found == MailboxUrl("localhost", 1143, "u", "Replies to us", is_tls=False)


async def test_a_click_marks_its_email_once(
    delivered: DynamoDBDelivered, dispatches: DynamoDBItems, deliveries: Deliveries
) -> None:
    """The first one counts, a bounce after it changes nothing of it, and nothing is made of no email."""
    await put(dispatches, "K-7")
    for hours in (2, 5):
        await delivered.mark_clicked(RUN, "K-7", AT + timedelta(hours=hours))
    await delivered.mark(RUN, "K-7", NotificationKind.SOFT, AT)
    found = await delivered.find(RUN, "K-7")
    assert found is not None
    assert (found.clicked_at, found.bounced) == (AT + timedelta(hours=2), "soft")
    for kind in (NotificationKind.HARD, NotificationKind.HARD, NotificationKind.SOFT):
        await delivered.mark(RUN, "K-7", kind, AT)
    assert await deliveries.tally(RUN) == Tally(bounced={"hard": 1}, clicked=1)
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
