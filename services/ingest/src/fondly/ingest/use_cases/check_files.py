"""Reads files as ingest would, without storing anything: what is in them, and what would be paid for."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from fondly.contracts.ingest_report import IgnoredFile, IngestReport
from fondly.contracts.records import Product
from fondly.ingest.adapters.merged import TextsToScore
from fondly.ingest.adapters.scratch import Scratch
from fondly.ingest.domain.errors import FileError
from fondly.ingest.use_cases.load_files import Findings, LoadFiles, LoadRules
from fondly.ingest.use_cases.survey_files import SourceFile, SurveyedFile, Watch

NO_TEXTS = TextsToScore(0, 0)
LOOKED_AT = 5_000
"""Products whose links tell the shop's hosts."""


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


def check_files(
    sources: Sequence[SourceFile],
    rules: LoadRules,
    *,
    rejects: Path | None = None,
    ignored: Sequence[IgnoredFile] = (),
    watch: Watch = lambda _: None,
) -> CheckedFiles:
    """Read the files, each twice; write rejects to `rejects`, and tell `watch` how many bytes were read."""
    findings = Findings()
    with tempfile.TemporaryDirectory(prefix="fondly-check-") as name:
        path = rejects or Path(name) / "rejects.jsonl"
        with path.open("w", encoding="utf-8") as file, Scratch(Path(name) / "scratch.db") as scratch:
            try:
                merged = LoadFiles(scratch, file, findings, rules, watch=watch).load(sources)
            except FileError as error:
                report = findings.report(ignored=ignored, failed=str(error))
                return CheckedFiles(report, findings.files)
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
            )


def _description_bytes(product: Product) -> int:
    described = (product.name, *product.bullets, "|".join(product.category))
    return sum(len(text.encode()) for text in described)


def _hosts(links: Iterable[str | None]) -> Counter[str]:
    return Counter(urlsplit(link).netloc for link in links if link)
