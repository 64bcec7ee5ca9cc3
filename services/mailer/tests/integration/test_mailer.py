import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING

import pytest
from aiobotocore.session import get_session

from fondly.contracts import object_keys
from fondly.contracts.consent import Contact, Frequency, Suppression, address_entry, customer_entry
from fondly.contracts.delivery import NotSent
from fondly.contracts.errors import PermanentError
from fondly.contracts.events import EmailFinished, RecommendationsReady, RunFinished, new_event, parse_event
from fondly.contracts.records import Pick, Product, Reason, ReasonKind, Recommendation, RecommendationSource
from fondly.mailer.__main__ import SECONDS_PER_MINUTE, model_choice
from fondly.mailer.adapters.bedrock import BedrockModel
from fondly.mailer.handler import MailerHandler
from fondly.mailer.settings import MailerSettings
from fondly.mailer.use_cases.ask_consent import AskConsent
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.mailer.use_cases.mail_part import MailPart
from fondly.mailer.use_cases.read_facts import ReadFacts
from fondly.mailer.use_cases.render_anew import RenderAnew
from fondly.mailer.use_cases.shape_emails import composer, style
from fondly.mailer.use_cases.write_copy import Copywriter
from fondly.runtime.aws import CONFIG
from fondly.runtime.consent import DynamoDBConsent
from fondly.runtime.kept_answers import DynamoDBKeptAnswers
from fondly.runtime.queue.message import Message
from fondly.runtime.queue.publisher import Publisher, SNSAnnouncer
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.locks import Locks
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import RunStatus, StageName
from fondly.runtime.runs.stage import Stage
from fondly.runtime.runs.totals import total
from fondly.runtime.storage import DynamoDBItems, S3Objects
from fondly.stack.provision import Resources
from tests.support.stores import Clients
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_aiobotocore_bedrock_runtime.client import BedrockRuntimeClient

RUN = "run-1"
CUSTOMERS = 30
UNLIMITED_RPM = 60_000
KINDS = (
    ("Lamp", "DeskLamps", ("Soft light for late reading", "Folds flat")),
    ("Kettle", "Kettles", ("Switches itself off", "Brushed steel body")),
    ("Notebook", "Notebooks", ("Ruled paper", "Hard cover", "Ribbon to mark the page")),
    ("Backpack", "Backpacks", ("Padded back", "Side pocket for a bottle")),
    ("Headphones", "Headphones", ("Soft cushions", "Folds flat for the bag")),
)


@pytest.fixture(scope="module")
def understudy_url() -> Iterator[str]:
    """An understudy of Bedrock."""
    with UnderstudyServer() as server:
        yield server.url


@pytest.fixture
async def bedrock(understudy_url: str) -> "AsyncIterator[BedrockRuntimeClient]":
    """A client of understudy's Bedrock."""
    session = get_session()
    async with session.create_client("bedrock-runtime", config=CONFIG, endpoint_url=understudy_url) as client:
        yield client


@dataclass(frozen=True)
class Mailer:
    """The service, wired as in production but without its queue."""

    handler: MailerHandler
    objects: S3Objects
    ledger: Ledger
    table: EmailRecords


def wired(
    clients: Clients, resources: Resources, bedrock: "BedrockRuntimeClient", settings: MailerSettings
) -> Mailer:
    """Wire the service to the emulator and to understudy."""
    objects = S3Objects(clients.s3, settings.data_bucket)
    ledger = Ledger(clients.dynamodb, settings.runs_table)
    table = EmailRecords(DynamoDBItems(clients.dynamodb, settings.emails_table))
    topics = {kind.topic: resources.topic_arns[kind.topic] for kind in (EmailFinished, RunFinished)}
    announcer = SNSAnnouncer(Publisher(clients.sns), source="mailer", topic_arns=topics)
    locks = Locks(clients.dynamodb, settings.runs_table, quiet_s=60)
    answers = settings.copy_answers_table
    kept = DynamoDBKeptAnswers(clients.dynamodb, answers, DynamoDBItems(clients.dynamodb, answers))
    limiter = Limiter(settings.mailer_converse_rpm / SECONDS_PER_MINUTE)
    model = BedrockModel(bedrock, model_choice(settings), limiter)
    ask_once = AskOnce(model=model, model_id=settings.mailer_model_id, kept=kept, parallel=8)
    mail_part = MailPart(
        objects=objects,
        ask_consent=AskConsent(consent=consent_of(clients, resources), cap=settings.cap),
        records=table,
        read_facts=ReadFacts(brand=settings.mailer_brand_name, locale=settings.mailer_locale),
        copywriter=Copywriter(ask_once=ask_once, judge=ask_once, style=style(settings)),
        composer=composer(settings),
        parallel=8,
    )
    handler = MailerHandler(
        stage=Stage(StageName.MAILER, ledger=ledger, locks=locks, announcer=announcer),
        mail_part=mail_part,
        render_anew=RenderAnew(
            mail_part=mail_part,
            revisions=Revisions(clients.dynamodb, settings.runs_table),
            ledger=ledger,
            locks=locks,
            dispatches=DynamoDBItems(clients.dynamodb, settings.dispatches_table),
        ),
        ledger=ledger,
        announcer=announcer,
    )
    return Mailer(handler, objects, ledger, table)


def consent_of(clients: Clients, resources: Resources) -> DynamoDBConsent:
    """The tables of suppressions and contacts."""
    tables = resources.tables
    return DynamoDBConsent(clients.dynamodb, suppressions=tables["suppressions"], contacts=tables["contacts"])


def settings_for(resources: Resources, **values: object) -> MailerSettings:
    """Settings from the provisioner's environment, with a quota that understudy does not have."""
    names = {name.removeprefix("FONDLY_").lower(): value for name, value in resources.settings().items()}
    return MailerSettings.model_validate(names | {"mailer_converse_rpm": UNLIMITED_RPM} | values)


@pytest.fixture
def mailer(clients: Clients, resources: Resources, bedrock: "BedrockRuntimeClient") -> Mailer:
    """The service with its default settings."""
    return wired(clients, resources, bedrock, settings_for(resources))


def product(number: int) -> Product:
    """A made-up catalogue entry; every third has no discount, every fourth no rating."""
    reduced, rated, (kind, category, bullets) = number % 3, number % 4, KINDS[number % len(KINDS)]
    return Product(
        product_id=f"P{number:03}",
        name=f"Northlane {kind} Model {number}, Dimmable with Clip, Grün & <b>bright</b>",
        category=("Home", category),
        price=f"{1000 + number}.50",
        list_price="2999" if reduced else None,
        discount_percent=60 if reduced else None,
        currency="INR",
        rating="4.3" if rated else None,
        rating_count=426973 if rated else None,
        bullets=bullets,
        image_url=f"https://img.shop.example/{number}.jpg",
        link=f"https://shop.example/p/{number}?ref=a",
    )


def recommendation(number: int) -> Recommendation:
    """Five picks for one customer."""
    reason = Reason(kind=ReasonKind.LIKED, product_name="Lumio Clip Lamp 10 W")
    picks = tuple(Pick(product=product(number + offset), reason=reason) for offset in range(5))
    return Recommendation(
        customer_id=f"C{number:03}",
        name="Ananya Rao 🌱" if number % 2 else None,
        email="ananya@example.org" if number % 2 else None,
        source=RecommendationSource.PERSONALIZE,
        picks=picks,
    )


async def store_part(mailer: Mailer, part: int, *, parts: int, customers: range) -> Message:
    """Store a part's recommendations and return the message about them."""
    key = object_keys.recommendations(RUN, part)
    await mailer.objects.put_lines(key, [recommendation(number) for number in customers])
    data = RecommendationsReady(part=part, parts=parts, key=key, customers=len(customers))
    event = new_event(data, run_id=RUN, source="recommender")
    return Message("m", "r", event.model_dump_json(), receive_count=1, first_received_ms=0)


async def open_run(mailer: Mailer, *, parts: int) -> None:
    """Open the run with `parts` parts."""
    await mailer.ledger.open_run(RUN, source="s3://b/k")
    await mailer.ledger.set_parts(RUN, parts)


def read(raw: bytes) -> EmailMessage:
    """Parse strictly: any defect is an error."""
    message = message_from_bytes(raw, policy=default.clone(raise_on_defect=True))
    assert isinstance(message, EmailMessage)
    return message


async def test_every_customer_of_a_run_gets_a_personal_email(
    mailer: Mailer, clients: Clients, resources: Resources
) -> None:
    """Two parts make an email and a record per customer, events, and the run's end with its totals."""
    await open_run(mailer, parts=2)
    for part, customers in ((1, range(CUSTOMERS)), (2, range(CUSTOMERS, CUSTOMERS + 3))):
        await mailer.handler(await store_part(mailer, part, parts=2, customers=customers))
    totals = total(await mailer.ledger.reports(RUN))
    assert totals.counts["emails"] == CUSTOMERS + 3
    assert totals.counts["emails_template_copy"] == 0
    assert totals.counts["emails_failed"] == 0
    assert totals.cost_usd["bedrock"] > 0
    assert (await mailer.ledger.run(RUN)).status is RunStatus.FINISHED
    records = await mailer.table.existing(RUN, [f"C{number:03}" for number in range(CUSTOMERS + 3)])
    assert len(records) == CUSTOMERS + 3
    for record in records.values():
        message = read(await mailer.objects.get(record.key))
        assert message["Subject"] == record.subject
        assert message["X-Fondly-Copy"] == record.copy_source != "template"
    assert totals.counts["emails_mixed_copy"] <= len(records) / 10
    ops = SQSQueue(clients.sqs, resources.queue_urls["ops"])
    finished = [parse_event(found.body, RunFinished) for found in await ops.receive(limit=10, wait_s=0)]
    assert [event.data.counts["emails"] for event in finished] == [CUSTOMERS + 3]


async def test_nobody_is_written_to_who_must_not_be(
    mailer: Mailer, clients: Clients, resources: Resources
) -> None:
    """By the tables that all runs share: by id, by address, and by what the customer wants."""
    consent, now = consent_of(clients, resources), datetime.now(UTC)
    entries = (customer_entry("C000"), address_entry("Ananya@example.ORG"))
    await consent.suppress(
        [Suppression(entry=one, reason=NotSent.UNSUBSCRIBED, source="page", at=now) for one in entries]
    )
    contact = Contact(customer_id="C002", times=(int(now.timestamp()),), frequency=Frequency.MONTHLY)
    await consent.change_contact(contact.customer_id, lambda _: contact)
    await open_run(mailer, parts=1)
    await mailer.handler(await store_part(mailer, 1, parts=1, customers=range(5)))
    made = await mailer.table.existing(RUN, [f"C{number:03}" for number in range(5)])
    counts = total(await mailer.ledger.reports(RUN)).counts
    assert list(made) == ["C004"]
    assert (counts["emails"], counts["emails_suppressed"]) == (1, 4)
    assert (counts["emails_suppressed_unsubscribed"], counts["emails_suppressed_frequency"]) == (3, 1)


async def test_an_email_states_the_facts_of_the_catalogue(mailer: Mailer) -> None:
    """The stored message has the catalogue's names, prices, discounts, ratings and links."""
    await open_run(mailer, parts=1)
    await mailer.handler(await store_part(mailer, 1, parts=1, customers=range(1, 2)))
    message = read(await mailer.objects.get(object_keys.email(RUN, "C001")))
    assert message["To"] == "ananya@example.org"
    for subtype in ("plain", "html"):
        body = message.get_body((subtype,))
        assert body is not None
        text = body.get_content()
        for number in range(1, 6):
            assert f"₹{1000 + number:,}.50" in text
        assert "Ananya" in text
        assert "₹2,999" in text
        assert "60% off" in text
        assert "4,26,973 ratings" in text
        assert "Because you liked your Lumio Clip Lamp 10 W" in text
        assert "https://shop.example/p/1?ref=a&" in text.replace("&amp;", "&")
        assert f"utm_campaign={RUN}" in text
    assert "<b>bright</b>" not in text
    assert "Grün &amp; &lt;b&gt;bright&lt;/b&gt;" in text


async def test_a_redelivered_part_pays_for_nothing_twice(
    mailer: Mailer, clients: Clients, resources: Resources
) -> None:
    """A finished part handled again, even with an unreachable model, has the same counts and cost."""
    await open_run(mailer, parts=2)
    message = await store_part(mailer, 1, parts=2, customers=range(4))
    await mailer.handler(message)
    before = total(await mailer.ledger.reports(RUN))
    session = get_session()
    async with session.create_client(
        "bedrock-runtime", config=CONFIG, endpoint_url="http://127.0.0.1:9"
    ) as unreachable:
        again = wired(clients, resources, unreachable, settings_for(resources))
        await again.handler(message)
    after = total(await mailer.ledger.reports(RUN))
    assert after.counts == before.counts
    assert after.cost_usd == before.cost_usd


async def test_an_unusable_model_is_named_and_not_replaced_by_template_copy(
    clients: Clients, resources: Resources, bedrock: "BedrockRuntimeClient"
) -> None:
    """A wrong model id fails the part instead of sending everybody template copy."""
    settings = settings_for(resources, mailer_model_id="anthropic.claude-withdrawn")
    mailer = wired(clients, resources, bedrock, settings)
    await open_run(mailer, parts=1)
    message = await store_part(mailer, 1, parts=1, customers=range(2))
    with pytest.raises(PermanentError, match=r"anthropic\.claude-withdrawn"):
        await mailer.handler(message)
    assert await mailer.table.existing(RUN, ["C000", "C001"]) == {}


async def test_a_model_without_structured_output_gets_the_schema_in_its_prompt(
    clients: Clients, resources: Resources, bedrock: "BedrockRuntimeClient"
) -> None:
    """With structured output switched off, copy is read from plain JSON in the answer."""
    mailer = wired(clients, resources, bedrock, settings_for(resources, mailer_structured_output=False))
    await open_run(mailer, parts=1)
    await mailer.handler(await store_part(mailer, 1, parts=1, customers=range(2)))
    records = await mailer.table.existing(RUN, ["C000", "C001"])
    assert {record.copy_source for record in records.values()} == {"ai"}


async def test_email_finished_reaches_a_subscriber_for_each_customer(
    mailer: Mailer, clients: Clients, resources: Resources
) -> None:
    """Every subscriber of the topic receives each customer's key."""
    queue = await clients.sqs.create_queue(QueueName=f"delivery-{id(mailer)}")
    attributes = await clients.sqs.get_queue_attributes(
        QueueUrl=queue["QueueUrl"], AttributeNames=["QueueArn"]
    )
    await clients.sns.subscribe(
        TopicArn=resources.topic_arns["email-finished"],
        Protocol="sqs",
        Endpoint=attributes["Attributes"]["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    await open_run(mailer, parts=1)
    await mailer.handler(await store_part(mailer, 1, parts=1, customers=range(3)))
    found = await SQSQueue(clients.sqs, queue["QueueUrl"]).receive(limit=10, wait_s=0)
    events = [parse_event(message.body, EmailFinished) for message in found]
    assert {event.data.customer_id for event in events} == {"C000", "C001", "C002"}
    assert all(event.data.key == object_keys.email(RUN, event.data.customer_id) for event in events)
    assert len({json.loads(message.body)["id"] for message in found}) == 3
