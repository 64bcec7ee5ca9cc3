"""What a benchmark's console shows: a hundred runs, of which one has an index of a million emails.

A hundred parts of that index are made, and the others are copies of their rows; what the whole run comes to
is as if each had been made, with every wording of many emails.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from fondly.contracts import object_keys
from fondly.contracts.email_index import USED_OFTEN, EmailIndexRow, WordingCount
from fondly.contracts.records import (
    Customer,
    EmailRecord,
    Pick,
    Product,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
)
from fondly.mailer.use_cases import merge_email_index as merging
from fondly.operations.emails.index import sample
from fondly.runtime.parallel import for_each
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.runs.items import key
from fondly.runtime.runs.kept_tallies import KeptTallies, PartTally
from fondly.runtime.runs.locks import LOCK_PREFIX
from fondly.runtime.runs.run import MAKING, PartReport, StageName, part_name
from fondly.runtime.storage import DynamoDBItems, to_item
from fondly.stack.observer import Observer
from tests.support.email_index import email_index_of, put_email_index
from tests.support.finished_runs import finished_email

RUNS, AT_ONCE, MADE = 100, 16, 100
BIG = "run-00000000000b1960"
BEGAN = datetime(2026, 11, 27, 8, tzinfo=UTC)
COUNTS = ("customers", "reviews", "emails", "emails_template_copy", "emails_mixed_copy", "emails_sent")
UNITS = ("dynamodb.reads", "dynamodb.writes", "sqs.requests", "sns.publishes", "s3.puts", "s3.gets")


async def fill(observer: Observer, parts: int, emails: int) -> list[str]:
    """Store all of it, the large run as its delivery goes on; return where some emails are."""
    await for_each(range(1, RUNS), lambda number: _run(observer, f"run-{number:016x}", 1, 100), parallel=4)
    await _run(observer, BIG, parts, emails)
    made = min(parts, MADE)
    await put_email_index(observer.objects, BIG, parts=made, emails=emails)
    await _merge(observer, parts, made)
    drawn = [each.row for each in await sample(observer.environment, BIG, "0")]
    await for_each(drawn, lambda row: _email(observer, row, emails), parallel=1)
    return [f"{each.key}?part={each.part}" for each in drawn]


async def _merge(observer: Observer, parts: int, made: int) -> None:
    """Copy the rows of the parts that are made, and store what the index of all parts comes to."""
    objects, copies = observer.objects, parts // made
    source = {part: (part - 1) % made + 1 for part in range(1, parts + 1)}
    vars(merging)["USED_OFTEN"] = USED_OFTEN // copies  # of what is made, as all that is copied counts
    summary = await merging.merge_email_index(objects, BIG, range(1, made + 1))
    for part in range(made + 1, parts + 1):
        copied = {"Bucket": objects.bucket, "Key": object_keys.email_index(BIG, source[part])}
        key = object_keys.email_index(BIG, part)
        await observer.environment.s3.copy_object(Bucket=objects.bucket, Key=key, CopySource=copied)  # type: ignore[arg-type] # as its type says
    counts = {
        name: {part: of[own] for part, own in source.items() if own in of}
        for name, of in summary.facets.items()
    }
    sizes = {part: summary.parts[own] for part, own in source.items()}
    whole = summary.model_copy(update={"parts": sizes, "facets": counts})
    await objects.put_lines(object_keys.email_index_summary(BIG), [whole])
    wordings = await objects.get_lines(object_keys.email_wordings(BIG), WordingCount)
    told = [each.model_copy(update={"count": each.count * copies}) for each in wordings]
    await objects.put_lines(object_keys.email_wordings(BIG), told)


async def _run(observer: Observer, run_id: str, parts: int, emails: int) -> None:
    ledger, table = observer.ledger, observer.resources.tables["runs"]
    await ledger.open_run(run_id, source=f"s3://bucket/uploads/{run_id}.csv")
    await ledger.set_parts(run_id, parts)
    numbers = [(stage, part) for stage in StageName for part in range(1, parts + 1)]
    await for_each(numbers, lambda each: ledger.record(run_id, _report(*each, emails)), parallel=AT_ONCE)
    items = DynamoDBItems(observer.dynamodb, table)
    locks = (f"{LOCK_PREFIX}{stage}#{part_name(part)}" for stage, part in numbers)
    await items.put_all([{"run_id": run_id, "item": each} for each in locks])
    for stage in StageName:
        await observer.dynamodb.update_item(
            TableName=table,
            Key=key(run_id),
            UpdateExpression=f"ADD {stage}_done :parts",
            ExpressionAttributeValues=to_item({":parts": set(range(1, parts + 1))}),
        )
    await ledger.keep_sums(run_id)
    await ledger.finish(run_id)
    deliveries = Deliveries(observer.dynamodb, table)
    await deliveries.open(run_id, status=DeliveryStatus.HELD, by="the setting")
    await deliveries.decide(run_id, Act.APPROVE, by="Ann")
    tallies, counts = (
        KeptTallies(observer.dynamodb, table),
        {"outcomes.sent": emails - 3, "outcomes.refused": 3},
    )
    for part in range(1, parts + 1):
        await tallies.replace(run_id, part, PartTally(), counts=counts, is_open=False)


def _report(stage: StageName, part: int, emails: int) -> PartReport:
    begins = BEGAN + timedelta(minutes=90 * [*MAKING, StageName.SENDER].index(stage), seconds=4 * part)
    counts = dict.fromkeys(COUNTS[-1:] if stage is StageName.SENDER else COUNTS[:-1], emails)
    units = dict.fromkeys(UNITS, Decimal(emails))
    ends = begins + timedelta(seconds=9)
    return PartReport(
        stage=stage, name=part_name(part), started_at=begins, finished_at=ends, counts=counts, units=units
    )


async def _email(observer: Observer, row: EmailIndexRow, emails: int) -> None:
    """Store what an email's page reads; of its part, every customer and recommendation."""
    customers = [each.row.customer_id for each in email_index_of(row.part, emails)]
    told = [_recommendation(each) for each in customers]
    await observer.objects.put_lines(object_keys.recommendations(BIG, row.part), told)
    found = (Customer(customer_id=each, reviews=()) for each in customers)
    await observer.objects.put_lines(object_keys.customers(BIG, row.part), found)
    made = finished_email(BIG, row.customer_id, address="somebody@customers.example.com")
    await observer.objects.put(made.email.key, made.message, content_type="message/rfc822")
    record = EmailRecord(
        run_id=BIG,
        customer_id=row.customer_id,
        part=row.part,
        key=made.email.key,
        subject=row.subject,
        preheader="",
        copy_source=row.copy_source,
        product_ids=("P1",),
        created_at=BEGAN,
    )
    table = DynamoDBItems(observer.dynamodb, observer.resources.tables["emails"])
    await table.put_all([record.model_dump(mode="json")])


def _recommendation(customer_id: str) -> Recommendation:
    product = Product(product_id="P1", name="Lamp", category=("Lamps",), price=Decimal(20), currency="EUR")
    reason = Reason(kind=ReasonKind.LIKED, product_id="P9", product_name="Kettle")
    picks = (Pick(product=product, reason=reason),) * 5
    return Recommendation(
        customer_id=customer_id,
        name="Mira",
        email="a@b.example",
        source=RecommendationSource.PERSONALIZE,
        picks=picks,
    )
