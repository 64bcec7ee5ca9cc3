"""What a part came to: its counts, what AWS bills for it, its events, and the prompts it used."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain

from encore.contracts.events import EmailFinished
from encore.contracts.records import Product
from encore.mailer.domain.copy.fields import CopySource
from encore.mailer.domain.facts.features import ProductFeatures
from encore.mailer.domain.facts.seller_claims import seller_claims
from encore.mailer.domain.record import CopyRecord, CopyVerdict, EmailRecord
from encore.mailer.use_cases.write_copy import WrittenCopy
from encore.runtime.runs.stage import PartResult

TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
WRITES_PER_CALL = 3
"""A claim, which is a transaction and counts twice, and the answer."""


def part_result(
    records: Sequence[EmailRecord],
    features: Sequence[ProductFeatures],
    *,
    failed: int,
    left_out: int,
    copies: int,
) -> PartResult:
    """Return what the emails of a part came to.

    `features` are those that the part paid for, `copies` the files of prompts that it wrote.
    """
    sources = Counter(record.copy_source for record in records)
    calls = sum(record.model_calls for record in records) + len(features)
    prompts = {record.prompt_key for record in records}
    return PartResult(
        counts={
            "emails": len(records),
            "emails_template_copy": sources[CopySource.TEMPLATE],
            "emails_mixed_copy": sources[CopySource.MIXED],
            "emails_failed": failed,
            "emails_left_out": left_out,
            "emails_sorry": sum(record.occasion == "sorry" for record in records),
            "copy_facts": len(prompts),
            "copy_prompts": sum(record.model_calls > 0 for record in records),
            "copy_repairs": sum(record.model_calls > 1 for record in records),
            "house_fields": sum(len(record.house_fields) for record in records),
            "products_described": len(features),
            "links_left_out": sum(record.links_left_out for record in records),
        },
        units={
            **_tokens([*records, *features]),
            "s3.puts": len(records) + copies,
            "dynamodb.writes": len(records) + WRITES_PER_CALL * calls + len(features),
        },
        events=[_finished(record) for record in records],
    )


def claim_counts(products: Iterable[Product]) -> dict[str, int]:
    """Return how many distinct products have a seller's claim in their name, by kind.

    Titles leave claims out unless nothing else names the product. Kinds without any are left out.
    """
    names = {product.product_id: product.name for product in products}
    kinds = Counter(chain.from_iterable(map(seller_claims, names.values())))
    return {f"seller_claims_{kind}": number for kind, number in sorted(kinds.items())}


def _tokens(paid: Sequence[EmailRecord | ProductFeatures]) -> dict[str, int]:
    """Return the tokens that were paid for, by unit."""
    units: Counter[str] = Counter()
    for each in paid:
        for kind in TOKENS:
            units[f"bedrock.{kind}.{each.model_id}"] += getattr(each, kind)
    return {unit: tokens for unit, tokens in units.items() if tokens}


def _finished(record: EmailRecord) -> EmailFinished:
    return EmailFinished(
        customer_id=record.customer_id,
        key=record.key,
        template_copy=record.copy_source is CopySource.TEMPLATE,
        language=record.language,
        time_zone=record.time_zone,
    )


def copy_record(written: WrittenCopy, *, payer: str) -> CopyRecord:
    """Return what is stored of the prompt that an email's words come from; `payer` is the part."""
    wordings = written.wordings
    replies = [each.reply for each in wordings.replies]
    return CopyRecord(
        prompt_key=wordings.prompt_key,
        model_id=wordings.model_id,
        prompt_version=wordings.prompt.version,
        task=wordings.prompt.task,
        system_sha256=sha256(wordings.prompt.system.encode()).hexdigest(),
        prompt=wordings.prompt.text,
        answers=tuple(reply.text for reply in replies),
        verdicts=tuple(
            CopyVerdict(field=each.field, text=each.text, rule=each.rule, found=each.found)
            for each in wordings.judged.verdicts
        ),
        input_tokens=sum(reply.input_tokens for reply in replies),
        output_tokens=sum(reply.output_tokens for reply in replies),
        cache_read_tokens=sum(reply.cache_read_tokens for reply in replies),
        cache_write_tokens=sum(reply.cache_write_tokens for reply in replies),
        paid=any(each.payer == payer for each in wordings.replies),
        created_at=datetime.now(UTC),
    )
