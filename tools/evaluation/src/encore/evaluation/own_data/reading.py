"""Reads a shop's file, or its folder of three, with ingest."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from encore.contracts.records import Customer, Product, SharedText
from encore.evaluation.errors import EvaluationError
from encore.ingest.adapters.scratch import Scratch
from encore.ingest.domain.errors import FileError
from encore.ingest.domain.uploads import SET_KINDS, file_set, kind_of, missing_kinds
from encore.ingest.use_cases.ingest_upload import Limits
from encore.ingest.use_cases.load_files import LoadFiles, SourceFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What ingest makes of a file; `shared_texts` are those whose writers are unknown."""

    products: Sequence[Product]
    customers: Sequence[Customer]
    shared_texts: Sequence[SharedText] = ()
    rejected_rows: int = 0


def read_data(path: Path) -> Data:
    """Read whatever ingest accepts: one file, or a folder with products, customers and reviews.

    Raises `EvaluationError` for a folder with other files, and for a file that ingest does not accept.
    """
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="encore-evaluation-") as name:
        folder = Path(name)
        with (
            (folder / "rejects.jsonl").open("w", encoding="utf-8") as rejects,
            Scratch(folder / "scratch.db") as scratch,
        ):
            loading = LoadFiles(
                scratch,
                rejects,
                counts=counts,
                max_bytes=Limits.max_bytes,
                default_currency=Limits.default_currency,
            )
            try:
                loading.load(_sources(path))
            except FileError as error:
                raise EvaluationError(str(error)) from error
            return Data(
                products=list(scratch.products()),
                customers=scratch.customers(1, counts["customers"]),
                shared_texts=scratch.shared_texts(1, counts["shared_texts"]),
                rejected_rows=counts["rejected_rows"],
            )


def _sources(path: Path) -> list[SourceFile]:
    if not path.is_dir():
        return [SourceFile(path, str(path), kind_of(path.name))]
    files = {str(each): each for each in sorted(path.iterdir()) if each.is_file()}
    found = file_set(files)
    if not missing_kinds(found):
        return [SourceFile(files[key], key, kind) for kind, key in found.items()]
    if len(files) == 1:
        return _sources(next(iter(files.values())))
    names = ", ".join(each.name for each in files.values()) or "no file"
    raise EvaluationError(
        f"{path}: found {names}, expected one file, or {', '.join(f'{kind}.csv' for kind in SET_KINDS)}"
    )
