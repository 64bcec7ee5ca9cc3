"""A finished run that is held for approval, with what is stored of its emails; its texts are hostile."""

from datetime import UTC, datetime
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from fondly.contracts import object_keys
from fondly.contracts.delivery import FinishedEmail
from fondly.contracts.email_index import (
    EmailIndexRow,
    IndexedProduct,
    WordingCount,
    customer_digest,
    wording_digest,
)
from fondly.contracts.records import (
    AspectCount,
    CopySource,
    Customer,
    EmailRecord,
    Pick,
    Product,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
    Review,
    SentimentSummary,
)
from fondly.mailer.use_cases.email_index import IndexEntry, write_email_index
from fondly.mailer.use_cases.merge_email_index import merge_email_index
from fondly.operations.environment import Environment
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.run import MAKING, StageName
from fondly.runtime.storage import DynamoDBItems
from tests.support.runs import RUN, a_report, finish_part

ATTACK = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
AT = datetime(2026, 11, 27, 8, tzinfo=UTC)
CLOSING, GREETED = "Until next time.", "Zebulon"
LAMP = Product(product_id="P1", name=f"Lamp {ATTACK}", category=("Lamps",), price=Decimal(20), currency="EUR")
WORDING = WordingCount(
    digest=wording_digest("closing", CLOSING), count=1, field="closing", text=CLOSING, parts=(1,)
)

SAID = SentimentSummary(texts=2, scored=1, empty=1, praised=(AspectCount(aspect=f"hum {ATTACK}", praised=1),))


def who(number: int) -> str:
    """Return a customer's id."""
    return f"CUST-{number:04}"


def key_of(number: int) -> str:
    """Return what URLs call a customer."""
    return customer_digest(who(number))


async def put_run(
    environment: Environment, emails: int = 3, *, run_id: str = RUN, delivery: bool = True
) -> None:
    """Store a run of one part; of its last email, the greeting was refused."""
    ledger, objects = await environment.ledger(), await environment.objects()
    await ledger.open_run(run_id, source=f"s3://bucket/uploads/{ATTACK}.csv")
    await ledger.set_parts(run_id, 1)
    numbers = range(1, emails + 1)
    for stage in MAKING:
        counts = {"emails": emails, "customers": emails} if stage is StageName.MAILER else {}
        await finish_part(ledger, run_id, 1, a_report(stage, **counts))
    records = [_record(run_id, each) for each in numbers]
    table = DynamoDBItems(environment.dynamodb, environment.table_name("emails"))
    await table.put_all([each.model_dump(mode="json") for each in records])
    for each in records:
        await objects.put(each.key, _message(each.subject), content_type="message/rfc822")
    reviews = [Review(review_id="R1", product_ids=("P9",), text=f"It hums {ATTACK}")]
    customers = [Customer(customer_id=who(each), reviews=tuple(reviews)) for each in numbers]
    await objects.put_lines(object_keys.customers(run_id, 1), customers)
    await objects.put_lines(object_keys.recommendations(run_id, 1), map(_recommendation, numbers))
    await objects.put_lines(object_keys.sentiment_summary(run_id), [SAID])
    await objects.put_lines(object_keys.mailed(run_id, 1), map(_mailed, records))
    entries = [IndexEntry(_row(each, last=each == emails), [WORDING], []) for each in numbers]
    await write_email_index(objects, run_id, 1, entries)
    await merge_email_index(objects, run_id, [1])
    await ledger.finish(run_id)
    deliveries = Deliveries(environment.dynamodb, environment.table_name("runs"))
    if delivery:
        await deliveries.open(run_id, status=DeliveryStatus.HELD, by="the setting")


def _record(run_id: str, number: int) -> EmailRecord:
    return EmailRecord(
        run_id=run_id,
        customer_id=who(number),
        part=1,
        key=object_keys.email(run_id, who(number)),
        subject=f"A lamp for {number} {ATTACK}",
        preheader="",
        copy_source=CopySource.AI,
        product_ids=("P1",),
        created_at=AT,
    )


def _mailed(record: EmailRecord) -> FinishedEmail:
    address = f"{record.customer_id.lower()}@shop.example"
    return FinishedEmail(customer_id=record.customer_id, key=record.key, address=address)


def _recommendation(number: int) -> Recommendation:
    reason = Reason(kind=ReasonKind.LIKED, product_id="P9", product_name="Kettle", review_id="R1")
    return Recommendation(
        customer_id=who(number),
        name=f"{GREETED} {ATTACK}",
        email=f"{who(number).lower()}@shop.example",
        source=RecommendationSource.PERSONALIZE,
        picks=(Pick(product=LAMP, reason=reason),),
    )


def _row(number: int, *, last: bool) -> EmailIndexRow:
    known: dict[str, Any] = {"refused_fields": ("greeting",)} if last else {}
    return EmailIndexRow(
        customer_id=who(number),
        key=key_of(number),
        part=1,
        name=GREETED,
        subject=f"A lamp for {number} {ATTACK}",
        products=(IndexedProduct(product_id="P1", name="Lamp"),),
        categories=("Lamps",),
        reasons=(ReasonKind.LIKED,),
        copy_source=CopySource.AI,
        source=RecommendationSource.PERSONALIZE,
        wordings={"closing": WORDING.digest},
        **known,
    )


def _message(subject: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "A lamp"
    message.set_content(f"Hello {subject}")
    remote = '<img src="https://shop.example/lamp.png"><a href="https://shop.example/unsubscribe">Stop</a>'
    message.add_alternative(f"<p>Hello {ATTACK}</p>{remote}", subtype="html")
    return message.as_bytes()
