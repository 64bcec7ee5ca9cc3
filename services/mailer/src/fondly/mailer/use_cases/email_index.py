"""The index of a part's finished emails, and what the part comes to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from fondly.contracts import object_keys
from fondly.contracts.email_index import (
    CategoryCount,
    EmailIndexRow,
    EmailIndexSummary,
    FieldPatterns,
    IndexedProduct,
    PatternCount,
    Risk,
    RiskEntry,
    WordingCount,
    customer_digest,
    wording_digest,
)
from fondly.contracts.records import EmailRecord, ReasonKind, Recommendation
from fondly.mailer.domain.copy.fields import kind_of, product_of
from fondly.mailer.domain.copy.patterns import pattern, told_of
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.slots import renumbered
from fondly.mailer.domain.text import category_label
from fondly.mailer.use_cases.write_copy import WrittenCopy
from fondly.runtime.ports import Objects

PUTS = 3
"""Objects of a part: its rows, its wordings, and what they come to."""
RISKS_OF_A_PART, PATTERNS_OF_A_PART = 3, 100
"""So many of each risk, and patterns of each field, are kept of a part."""
OF_RECORD = {"subject", "preheader", "occasion", "copy_source", "template_fields", "language", "variant"}
"""What a row has of an email's record as it is."""
WEAK = frozenset({ReasonKind.ASSORTMENT, ReasonKind.POPULAR, ReasonKind.FEATURED})
USUAL_NAME = range(3, 13)
"""How many letters a first name has as a rule."""


class IndexEntry(NamedTuple):
    """What is indexed of one email: its row, its wordings, and (field, pattern, example) of all its texts."""

    row: EmailIndexRow
    wordings: Sequence[WordingCount]
    texts: Sequence[tuple[str, str, str]]


def index_entry(
    part: int, recommendation: Recommendation, facts: EmailFacts, written: WrittenCopy, record: EmailRecord
) -> IndexEntry:
    """Return what is indexed of a finished email; what an inbox shows of it is that of the record."""
    wordings = dict(_wordings(part, facts, written))
    dearest = max((each.entry for each in facts.products), key=lambda entry: entry.price)
    categories = (category_label(each.entry.category) for each in facts.products)
    row = EmailIndexRow(
        customer_id=facts.customer_id,
        key=customer_digest(facts.customer_id),
        part=part,
        name=facts.first_name,
        products=tuple(
            IndexedProduct(product_id=each.entry.product_id, name=each.values["name"])
            for each in facts.products
        ),
        categories=tuple(dict.fromkeys(filter(None, categories))),
        reasons=tuple(each.stated_reason.kind for each in facts.products),
        refused_fields=written.refused_fields,
        repaired=bool(written.repair_keys),
        price=dearest.price,
        currency=dearest.currency,
        source=recommendation.source,
        wordings={field: each.digest for field, each in wordings.items()},
        **record.model_dump(include=OF_RECORD),
    )
    return IndexEntry(row, list(wordings.values()), list(_texts(facts, written)))


def _wordings(part: int, facts: EmailFacts, written: WrittenCopy) -> Iterator[tuple[str, WordingCount]]:
    for field, wording in written.assembled.wordings.items():
        product, kind = product_of(field, wording.text, facts), kind_of(field)
        text = renumbered(wording.text, product.number, 1) if product else wording.text
        of = product.entry.product_id if product else ""
        counted = WordingCount(
            digest=wording_digest(kind, text, of),
            field=kind,
            text=text,
            product_id=of,
            product_name=product.values["name"] if product else "",
            count=1,
            parts=(part,),
            customer_id=facts.customer_id if field in written.own_fields else None,
        )
        yield field, counted


def _texts(facts: EmailFacts, written: WrittenCopy) -> Iterator[tuple[str, str, str]]:
    for field, text in written.assembled.copy.fields():
        told = told_of(product_of(field, text, facts), written.assembled.wordings.get(field))
        example = "" if field in written.own_fields else text
        yield kind_of(field), pattern(text, facts.language, told), example


async def write_email_index(
    objects: Objects, run_id: str, part: int, entries: Sequence[IndexEntry]
) -> EmailIndexSummary:
    """Store a part's index, and return what it comes to; the same emails give the same objects."""
    summary = summary_of(run_id, part, entries)
    await objects.put_lines(object_keys.email_index(run_id, part), (each.row for each in entries))
    await objects.put_lines(object_keys.email_wordings(run_id, part), counted(entries))
    await objects.put_lines(object_keys.email_index_summary(run_id, part), [summary])
    return summary


def summary_of(run_id: str, part: int, entries: Sequence[IndexEntry]) -> EmailIndexSummary:
    """Return what the emails of a part come to."""
    rows = [each.row for each in entries]
    facets = Counter(chain.from_iterable(row.facets() for row in rows))
    categories = Counter(chain.from_iterable(row.categories for row in rows))
    return EmailIndexSummary(
        run_id=run_id,
        parts={part: len(rows)},
        facets={name: {part: count} for name, count in sorted(facets.items())},
        categories={
            name: CategoryCount(emails=count, part=part) for name, count in sorted(categories.items())
        },
        risks=_standing_out(rows),
        patterns=_patterns(entries),
    )


def counted(entries: Iterable[IndexEntry]) -> list[WordingCount]:
    """Return each wording once, with how many emails of a part have it, in the order of their digests."""
    first, counts = dict[str, WordingCount](), Counter[str]()
    for each in chain.from_iterable(entry.wordings for entry in entries):
        first.setdefault(each.digest, each)
        counts[each.digest] += 1
    return [
        first[name].model_copy(update={"count": count} | ({"customer_id": None} if count > 1 else {}))
        for name, count in sorted(counts.items())
    ]


def _patterns(entries: Iterable[IndexEntry]) -> dict[str, FieldPatterns]:
    counts, examples = defaultdict[str, Counter[str]](Counter), dict[tuple[str, str], str]()
    for field, masked, example in chain.from_iterable(each.texts for each in entries):
        counts[field][masked] += 1
        examples[field, masked] = examples.get((field, masked)) or example
    patterns = dict[str, FieldPatterns]()
    for field, found in sorted(counts.items()):
        told = (
            PatternCount(pattern=masked, count=count, example=examples[field, masked])
            for masked, count in found.items()
            if count > 1 or examples[field, masked]
        )
        patterns[field] = FieldPatterns(texts=found.total(), patterns=commonest(told, PATTERNS_OF_A_PART))
    return patterns


def commonest(patterns: Iterable[PatternCount], limit: int) -> tuple[PatternCount, ...]:
    """Return the commonest patterns, most frequent first."""
    return tuple(sorted(patterns, key=lambda each: (-each.count, each.pattern))[:limit])


def most_risky(entries: Iterable[RiskEntry], limit: int) -> tuple[RiskEntry, ...]:
    """Return the emails that stand out most, highest score first."""
    return tuple(sorted(entries, key=lambda each: (-each.score, customer_digest(each.customer_id)))[:limit])


def _standing_out(rows: Iterable[EmailIndexRow]) -> dict[Risk, tuple[RiskEntry, ...]]:
    found = defaultdict[Risk, list[RiskEntry]](list)
    for row in rows:
        for risk, score in risks_of(row):
            found[risk].append(RiskEntry(customer_id=row.customer_id, part=row.part, score=score))
    return {risk: most_risky(found[risk], RISKS_OF_A_PART) for risk in sorted(found)}


def risks_of(row: EmailIndexRow) -> Iterator[tuple[Risk, float]]:
    """Yield by what an email stands out, and how much; scores of one risk alone are comparable."""
    if row.is_apology:
        yield Risk.APOLOGY, len(row.refused_fields) + len(row.template_fields)
    if (weak := sum(each in WEAK for each in row.reasons) / len(row.reasons)) >= 0.5:  # noqa: PLR2004 - most of them
        yield Risk.WEAK_REASONS, weak
    if row.repaired:
        yield Risk.REPAIRED, len(row.refused_fields)
    if row.name and (oddness := _oddness(row.name)):
        yield Risk.ODD_NAME, oddness
    yield Risk.HIGH_PRICE, float(row.price)
    yield Risk.LONG_SUBJECT, len(row.subject)


def _oddness(name: str) -> int:
    """How many signs there are that nobody is called so."""
    signs = (
        len(name) not in USUAL_NAME,
        not name.isalpha(),
        any(char.isdigit() for char in name),
        not name.istitle(),
        max(map(name.casefold().count, name.casefold()), default=0) * 2 > len(name),
    )
    return sum(signs)
