"""What a part came to: its counts, what AWS bills for it, its events, and the prompts it used."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from itertools import chain

from fondly.contracts.clock import utc_now
from fondly.contracts.counts import Counted
from fondly.contracts.events import EmailFinished
from fondly.contracts.records import CopySource, EmailRecord, Product
from fondly.mailer.domain.copy.answers import Verdict
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.domain.copy.question import Question
from fondly.mailer.domain.facts.seller_claims import seller_claims
from fondly.mailer.domain.record import CopyRecord
from fondly.mailer.ports import TOKENS
from fondly.mailer.use_cases.ask_once import PaidReply
from fondly.mailer.use_cases.email_index import PUTS
from fondly.mailer.use_cases.write_copy import PartCopy
from fondly.runtime.runs.stage import PartResult

VARIANTS = "emails_variant_"
WRITES_PER_ANSWER = 3
"""A lock, which is a transaction and counts twice, and the answer."""


@dataclass(frozen=True)
class Paid:
    """The replies that a part's emails come from, by the keys of their prompts, and who paid for them."""

    replies: Mapping[str, PaidReply]
    payer: str
    """The part."""

    @property
    def keys(self) -> set[str]:
        """The keys of the prompts that this part paid for."""
        return {key for key, each in self.replies.items() if each.payer == self.payer}

    @property
    def calls(self) -> int:
        """How many calls of the model it paid for."""
        return sum(self.replies[key].reply.calls for key in self.keys)

    @property
    def tokens(self) -> Counter[str]:
        """The tokens that it paid for, by unit."""
        units: Counter[str] = Counter()
        for each in (self.replies[key] for key in self.keys):
            units.update({f"bedrock.{kind}.{each.model_id}": getattr(each.reply, kind) for kind in TOKENS})
        return units


def part_result(
    records: Sequence[EmailRecord],
    paid: Paid,
    *,
    failed: int,
    left_out: int,
    copies: int,
    refused: Container[str] = (),
) -> PartResult:
    """Return what the emails of a part came to.

    `copies` are the files of prompts that it wrote. The customers `refused` must not be written to: an email
    of theirs that had been made before is not announced.
    """
    repairs = {key for record in records for key in record.repair_keys}
    judged = {key for record in records for key in record.judge_keys}
    writes = len(records) + WRITES_PER_ANSWER * len(paid.keys)
    return PartResult(
        counts={
            **email_counts(records),
            Counted.EMAILS_FAILED: failed,
            Counted.EMAILS_LEFT_OUT: left_out,
            Counted.COPY_FACTS: len(paid.replies.keys() - repairs - judged),
            Counted.COPY_PROMPTS: len(paid.keys - repairs - judged),
            Counted.COPY_REPAIRS: len(paid.keys & repairs),
            Counted.COPY_CALLS: paid.calls,
            Counted.COPY_JUDGEMENTS: len(paid.keys & judged),
        },
        units={
            **{unit: tokens for unit, tokens in paid.tokens.items() if tokens},
            "s3.puts": len(records) + copies + 1 + PUTS,  # the list for delivery, and the index
            "dynamodb.writes": writes,
        },
        events=[_finished(record) for record in records if record.customer_id not in refused],
    )


def email_counts(records: Sequence[EmailRecord]) -> dict[str, int]:
    """Return what is counted of finished emails themselves, however they came about."""
    sources = Counter(record.copy_source for record in records)
    return {
        Counted.EMAILS: len(records),
        Counted.EMAILS_TEMPLATE_COPY: sources[CopySource.TEMPLATE],
        Counted.EMAILS_MIXED_COPY: sources[CopySource.MIXED],
        Counted.EMAILS_SORRY: sum(record.occasion == "sorry" for record in records),
        Counted.TEMPLATE_FIELDS: sum(len(record.template_fields) for record in records),
        **_variant_counts(records),
        Counted.LINKS_LEFT_OUT: sum(record.links_left_out for record in records),
    }


def claim_counts(products: Iterable[Product]) -> dict[str, int]:
    """Return how many distinct products have a seller's claim in their name, by kinds that there are."""
    names = {product.product_id: product.name for product in products}
    kinds = Counter(chain.from_iterable(map(seller_claims, names.values())))
    return {f"seller_claims_{kind}": number for kind, number in sorted(kinds.items())}


def _finished(record: EmailRecord) -> EmailFinished:
    return EmailFinished(
        customer_id=record.customer_id,
        key=record.key,
        template_copy=record.copy_source is CopySource.TEMPLATE,
        language=record.language,
        time_zone=record.time_zone,
        variant=record.variant,
    )


def _variant_counts(records: Iterable[EmailRecord]) -> dict[str, int]:
    """Return how many emails have each variant of the subject; nothing if none are compared."""
    counts = Counter(record.variant for record in records if record.variant)
    return {f"{VARIANTS}{name}": number for name, number in sorted(counts.items())}


def copy_records(part: PartCopy, *, payer: str) -> Iterator[CopyRecord]:
    """Yield what is stored of the prompts that a part's words come from; `payer` is the part."""
    now, whose = utc_now(), defaultdict[Question, list[str | None]](list)
    for customer_id, raised in part.questions.items():
        if raised.own:
            whose[raised.own].append(customer_id)  # others may have said the same
    for question, each in part.wordings.items():
        records = [_copy_record(each.prompt, each.replies, each.judged.verdicts, payer=payer, now=now)] + [
            _copy_record(prompt, {key: each.judgements[key]}, (), payer=payer, now=now)
            for key, prompt in each.judging.items()
        ]
        for owner in whose.get(question, [None]):
            yield from (record.model_copy(update={"customer_id": owner}) for record in records)


def _copy_record(
    prompt: Prompt, paid: Mapping[str, PaidReply], verdicts: tuple[Verdict, ...], *, payer: str, now: datetime
) -> CopyRecord:
    replies = [each.reply for each in paid.values()]
    key, first = next(iter(paid.items()))
    return CopyRecord(
        prompt_key=key,
        answer_keys=tuple(paid),
        model_id=first.model_id,
        prompt_version=prompt.version,
        task=prompt.task,
        system_sha256=_sha256(prompt.system),
        prompt=prompt.text,
        answers=tuple(reply.text for reply in replies),
        verdicts=verdicts,
        **{kind: sum(getattr(reply, kind) for reply in replies) for kind in TOKENS},
        paid=any(each.payer == payer for each in paid.values()),
        created_at=now,
    )


@lru_cache(maxsize=8)
def _sha256(system: str) -> str:
    """All prompts of a task have the same system text, of tens of thousands of characters."""
    return sha256(system.encode()).hexdigest()
