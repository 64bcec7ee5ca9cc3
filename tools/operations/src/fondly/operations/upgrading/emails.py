"""The index of the emails that releases before 0.2.0 have made, from what they have kept of each.

Which wordings they share was not kept: those are found in emails of later runs alone.
"""

from collections.abc import Sequence

from fondly.contracts import object_keys
from fondly.contracts.email_index import EmailIndexRow, EmailIndexSummary, IndexedProduct, customer_digest
from fondly.contracts.records import EmailRecord, Recommendation
from fondly.mailer.domain.facts.names import first_name
from fondly.mailer.domain.text import category_label, clean
from fondly.mailer.use_cases.email_index import OF_RECORD, IndexEntry, write_email_index
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.mailer.use_cases.merge_email_index import merge_email_index
from fondly.operations.environment import Environment
from fondly.runtime.runs.run import RunStatus, StageName
from fondly.runtime.storage import S3Objects

MAX_NAME_CHARS = 60


async def emails(environment: Environment, *, change: bool) -> int:
    """Index emails, and merge the indexes of runs that have finished."""
    objects, found = await environment.objects(), 0
    records = EmailRecords(await environment.items("emails"))
    for run in await (await environment.ledger()).runs():
        parts = sorted(run.stage(StageName.MAILER).done)
        for part in parts:
            if await objects.find(object_keys.email_index_summary(run.run_id, part), max_bytes=1) is None:
                entries = await _entries(objects, records, run.run_id, part)
                found += len(entries)
                if change:
                    await write_email_index(objects, run.run_id, part, entries)
        if change and run.status is RunStatus.FINISHED and not await _is_merged(objects, run.run_id, parts):
            await merge_email_index(objects, run.run_id, parts)
    return found


async def _is_merged(objects: S3Objects, run_id: str, parts: Sequence[int]) -> bool:
    body = await objects.find(object_keys.email_index_summary(run_id))
    return body is not None and set(parts) <= set(EmailIndexSummary.model_validate_json(body).parts)


async def _entries(objects: S3Objects, records: EmailRecords, run_id: str, part: int) -> list[IndexEntry]:
    """Return the entries of a part's emails, in the order in which they go out; none if they were erased."""
    found = await objects.find_lines(object_keys.recommendations(run_id, part), Recommendation)
    made = await records.existing(run_id, [each.customer_id for each in found])
    rows = (_row(part, each, made[each.customer_id]) for each in found if each.customer_id in made)
    return [IndexEntry(row, (), ()) for row in rows]


def _row(part: int, recommendation: Recommendation, record: EmailRecord) -> EmailIndexRow:
    picks = [each for each in recommendation.picks if each.product.product_id in record.product_ids]
    products = [each.product for each in picks]
    dearest = max(products, key=lambda product: product.price)
    return EmailIndexRow(
        customer_id=record.customer_id,
        key=customer_digest(record.customer_id),
        part=part,
        name=first_name(recommendation.name),
        products=tuple(
            IndexedProduct(product_id=each.product_id, name=clean(each.name, max_chars=MAX_NAME_CHARS))
            for each in products
        ),
        categories=tuple(dict.fromkeys(filter(None, (category_label(each.category) for each in products)))),
        reasons=tuple(each.reason.kind for each in picks),
        repaired=bool(record.repair_keys),
        price=dearest.price,
        currency=dearest.currency,
        source=recommendation.source,
        **record.model_dump(include=OF_RECORD),
    )
