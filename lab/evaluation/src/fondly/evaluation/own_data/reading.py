"""Reads a shop's file, or its folder of three, with ingest."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fondly.contracts.records import Customer, Product, SharedText
from fondly.evaluation.errors import EvaluationError
from fondly.ingest.adapters.scratch import Scratch
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import MANIFEST, MAPPING
from fondly.ingest.domain.formats.mapping import read_mapping
from fondly.ingest.domain.rows.people import ExclusionRules
from fondly.ingest.domain.values.conventions import Defaults
from fondly.ingest.use_cases.load_files import Findings, LoadFiles, LoadRules
from fondly.ingest.use_cases.source_files import ReadingRules, SourceFile
from fondly.operations.check.upload_set import files_of_set

USUAL_RULES = LoadRules(
    reading=ReadingRules(Defaults("INR", "en_IN", "UTC")),
    exclusion=ExclusionRules(consent_not_required="an evaluation: nobody is written to"),
    max_rejected_share=1,
)
"""As an Indian shop without settings reads its files; any row that can be used is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What ingest makes of a file; `shared_texts` are those whose writers are unknown."""

    products: Sequence[Product]
    customers: Sequence[Customer]
    shared_texts: Sequence[SharedText] = ()
    rejected_rows: int = 0


def read_data(path: Path, rules: LoadRules = USUAL_RULES) -> Data:
    """Read whatever ingest accepts: a file, or a set's folder; raise `EvaluationError` for anything else."""
    findings = Findings()
    with tempfile.TemporaryDirectory(prefix="fondly-evaluation-") as name:
        folder = Path(name)
        with (
            (folder / "rejects.jsonl").open("w", encoding="utf-8") as rejects,
            Scratch(folder / "scratch.db") as scratch,
        ):
            try:
                merged = LoadFiles(scratch, rejects, findings, rules).load(_sources(path))
            except FileError as error:
                raise EvaluationError(str(error)) from error
            counts = findings.counts
            return Data(
                products=list(merged.products()),
                customers=merged.customers(1, counts["customers"]),
                shared_texts=merged.shared_texts(1, counts["shared_texts"]),
                rejected_rows=counts["rejected_rows"],
            )


def _sources(path: Path) -> list[SourceFile]:
    files = [path]
    if path.is_dir():
        files = [each for each in files_of_set(path) if each.name not in {MAPPING, MANIFEST}]
    beside = (path if path.is_dir() else path.parent) / MAPPING
    said = read_mapping(beside.read_text("utf-8-sig"), file=str(beside)) if beside.is_file() else None
    return [SourceFile(each, str(each), mapping=said and said.for_file(each.name)) for each in files]
