"""Reads files as ingest would, without storing anything: what is in them, and what would be paid for."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from fondly.contracts.ingest_report import IgnoredFile, IngestReport
from fondly.contracts.records import Customer, Product
from fondly.ingest.adapters.merged import Merged, TextsToScore
from fondly.ingest.adapters.scratch import Scratch
from fondly.ingest.domain.errors import FileError
from fondly.ingest.use_cases.ignored_values import Ignored, ignored_values
from fondly.ingest.use_cases.load_files import Findings, LoadFiles, LoadRules
from fondly.ingest.use_cases.source_files import SourceFile, Watch
from fondly.ingest.use_cases.survey_files import SurveyedFile

NO_TEXTS = TextsToScore(0, 0)
LOOKED_AT = 5_000
"""Products whose links tell the shop's hosts."""
ROWS_SHOWN, RECIPIENTS, POPULAR, POPULAR_BY, TEXTS = 10, 3, 24, 20_000, 200


@dataclass(frozen=True)
class Sample:
    """Some of what was read, for people to look at; it is no larger for a larger file."""

    products: Sequence[Product] = ()
    """The first ones, in order."""
    customers: Sequence[Customer] = ()
    """The first ones."""
    recipients: Sequence[Customer] = ()
    """Some who may be written to."""
    popular: Sequence[tuple[Product, int]] = ()
    """Products in stock with the number of their reviews and purchases, most first."""
    owned: Mapping[str, Product] = field(default_factory=dict)
    """What the recipients have, by product id."""
    review_texts: Sequence[str] = ()


@dataclass(frozen=True)
class CheckedFiles:
    """What files came to: complete, or as far as the reading got if `report.failed` says why it stopped."""

    report: IngestReport
    files: Sequence[SurveyedFile]
    texts: TextsToScore = NO_TEXTS
    returning: int = 0
    """Customers with two or more interactions."""
    active: int = 0
    """Customers with at least one."""
    link_hosts: Counter[str] = field(default_factory=Counter)
    """How many of the first products have their link at each host, which may have a port."""
    picture_hosts: Counter[str] = field(default_factory=Counter)
    """The same of their pictures."""
    description_bytes: float = 0
    """How long the name, bullets and category of the first products are, on average."""
    sample: Sample = field(default_factory=Sample)
    ignored_columns: Sequence[Ignored] = ()
    """The columns that nothing reads, with their first values."""


def check_files(
    sources: Sequence[SourceFile],
    rules: LoadRules,
    *,
    rejects: Path | None = None,
    ignored: Sequence[IgnoredFile] = (),
    watch: Watch = lambda _: None,
    unmatched: Callable[[Iterable[Product]], Sequence[str]] = lambda _: (),
) -> CheckedFiles:
    """Read the files, each twice; write rejects to `rejects`, and tell `watch` how many bytes were read.

    `unmatched` is asked which rules of the shop no product matches.
    """
    findings = Findings()
    with tempfile.TemporaryDirectory(prefix="fondly-check-") as name:
        path = rejects or Path(name) / "rejects.jsonl"
        with path.open("w", encoding="utf-8") as file, Scratch(Path(name) / "scratch.db") as scratch:
            try:
                merged = LoadFiles(scratch, file, findings, rules, watch=watch).load(sources)
            except FileError as error:
                report = findings.report(ignored=ignored, failed=str(error))
                ignored_columns = list(ignored_values(findings.files, rules))
                return CheckedFiles(report, findings.files, ignored_columns=ignored_columns)
            findings.unmatched_rules = unmatched(merged.products())
            looked_at = list(islice(merged.products(), LOOKED_AT))
            return CheckedFiles(
                findings.report(ignored=ignored),
                findings.files,
                texts=merged.texts_to_score(),
                returning=merged.interactions.returning,
                active=merged.interactions.active,
                link_hosts=_hosts(product.link for product in looked_at),
                picture_hosts=_hosts(product.image_url for product in looked_at),
                description_bytes=sum(map(_description_bytes, looked_at)) / max(1, len(looked_at)),
                sample=_sample(merged, looked_at),
                ignored_columns=list(ignored_values(findings.files, rules)),
            )


def _sample(merged: Merged, products: Sequence[Product]) -> Sample:
    recipients = merged.mailable(RECIPIENTS)
    return Sample(
        products=products,
        customers=merged.customers(1, ROWS_SHOWN),
        recipients=recipients,
        popular=merged.popular(POPULAR, rows=POPULAR_BY),
        owned={name: merged.product(name) for each in recipients for name in each.product_ids},
        review_texts=merged.review_texts(TEXTS),
    )


def _description_bytes(product: Product) -> int:
    described = (product.name, *product.bullets, "|".join(product.category))
    return sum(len(text.encode()) for text in described)


def _hosts(links: Iterable[str | None]) -> Counter[str]:
    return Counter(urlsplit(link).netloc for link in links if link)
