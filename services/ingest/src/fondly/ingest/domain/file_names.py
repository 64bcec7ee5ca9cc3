"""What the name of an uploaded file says: its kind, its date, or that it holds no data."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.formats.fields import Kind

KindOfFile = Callable[[str], Kind | None]
"""The kind of the file with a name, or None where that is not known."""

MANIFEST = "manifest.json"
MAPPING = "mapping.yaml"
DATA_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".gz")

_TABLE = read_table(__package__, "file_names.toml")
_KINDS = {name: Kind(kind) for kind, names in _TABLE["kinds"].items() for name in names}
_BEGINNINGS: Mapping[str, str] = _TABLE["beginnings"]
_FILLERS = frozenset(_TABLE["fillers"])
_WORD = re.compile(r"[^\W\d_]+|\d+")
_TIME = r"(?:[T _-]?([01]\d|2[0-3])[:.h-]?([0-5]\d)(?:[:.m-]?([0-5]\d))?(?!\d))?"
_DATES = (
    re.compile(r"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])" + _TIME),
    re.compile(r"(?<!\d)(0[1-9]|[12]\d|3[01])([-_.])(0[1-9]|1[0-2])\2(20\d\d)" + _TIME),
)
"""Year, month and day, or day, month and year, with one separator throughout, and perhaps a time."""

_PART = re.compile(r"[-_. ]+(?:part|piece|teil)?[-_. ]*\d{1,6}(?:[-_. ]*(?:of|von)[-_. ]*\d{1,6})?$")
_ENDINGS = {ending: why for why, endings in _TABLE["endings"].items() for ending in endings}


def base_name(key: str) -> str:
    """Return the last part of a key or path."""
    return key.rpartition("/")[2]


def without_data(name: str) -> str | None:
    """Return why a file with this name holds no data of a shop; None if it may."""
    folded = name.casefold()
    if folded in _TABLE["of_systems"]:
        return "a file of the operating system"
    stem, ending = _split(folded)
    if stem in _TABLE["checksums"] and ending in {"", ".txt"}:
        return "a checksum"
    if "".join(_WORD.findall(stem)[:1]) in _TABLE["notes"] and ending in _TABLE["note_endings"]:
        return "a note"
    reason = next((why for mark, why in _ENDINGS.items() if folded.endswith(mark)), None)
    if reason or (folded.startswith("_") and folded.endswith(DATA_ENDINGS)):
        return reason
    return _BEGINNINGS.get(folded[:1])


def kind_of_name(name: str) -> Kind | None:
    """Return the kind of a set's file: its name is one of their words, beside dates, numbers and fillers.

    `products-2026-11-24.csv`, `orders_export_1.csv` and `Kunden.xlsx` have one, `my-products.csv` has none.
    So has a piece of such a file, such as `reviews.csv.part-01`.
    """
    stem = without_endings(_PART.sub("", without_endings(name.casefold())))
    words = [word for word in _WORD.findall(stem) if not word.isdecimal()]
    kinds = {_KINDS[word] for word in words if word in _KINDS}
    return kinds.pop() if len(kinds) == 1 and set(words) <= _FILLERS | _KINDS.keys() else None


def date_spans(name: str) -> Iterator[tuple[int, int, int]]:
    """Yield where each date of a name begins, where it ends, and where the time behind it does."""
    for pattern in _DATES:
        for found in pattern.finditer(name):
            yield found.start(), found.end(4), found.end()


def date_in(name: str) -> datetime | None:
    """Return the date, with the time if there is one, that a file name carries; None without a valid one."""
    for order, pattern in enumerate(_DATES):
        for found in pattern.finditer(name):
            first, _, month, last, *time = found.groups()
            year, day = (last, first) if order else (first, last)
            hour, minute, second = (int(each or 0) for each in time)
            try:
                return datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=UTC)
            except ValueError:
                continue
    return None


def without_endings(name: str) -> str:
    """Return a name without the endings of data and of compression."""
    while (stem := _split(name)) and stem[1] in DATA_ENDINGS:
        name = stem[0]
    return name


def _split(name: str) -> tuple[str, str]:
    """Split a name before its last dot."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if dot else (name, "")
