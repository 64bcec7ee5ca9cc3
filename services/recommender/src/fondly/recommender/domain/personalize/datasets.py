"""The three Personalize datasets of schemas.yaml, as Avro schemas, and CSV as Personalize reads it.

Every string is declared categorical or textual: one that is neither is imported but never trained on.
Nothing here identifies a person: no names, no addresses, no emails.

The CSV is not that of RFC 4180: text with commas or quotes is enclosed in double quotes; quotes and
backslashes are escaped with a backslash, not doubled; the header is not quoted; a record is one physical
line; an empty field is null.
Sources: Amazon Personalize developer guide, "Datasets and schemas", "Data format guidelines".
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import Any

import yaml

Value = str | int | float | None
Row = Mapping[str, Value]

NAMESPACE = "com.amazonaws.personalize.schema"
DIGEST_CHARS = 10
Field = Mapping[str, Any]
MAX_ID_CHARS = 256
_LINE_BREAKING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNFIT_FOR_ID = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029]')
_NEEDS_QUOTES = re.compile(r'[",\\]')
_ESCAPED, _BACKSLASHED = re.compile(r'(["\\])'), r"\\\1"


def csv_file(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return a whole file in UTF-8: the header, then one line per row with its values in column order."""
    return (",".join(columns) + "\n").encode() + csv_lines(columns, rows)


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return one line per row with its values in column order."""
    lines = (",".join(_cell(row[column]) for column in columns) + "\n" for row in rows)
    return "".join(lines).encode()


def is_fit_id(identifier: str) -> bool:
    """Return whether Personalize keeps an id unchanged; it alters quotes, escapes and control characters."""
    return len(identifier) <= MAX_ID_CHARS and not _UNFIT_FOR_ID.search(identifier)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    text = _LINE_BREAKING.sub(" ", value)
    return f'"{_ESCAPED.sub(_BACKSLASHED, text)}"' if _NEEDS_QUOTES.search(text) else text


@dataclass(frozen=True, slots=True)
class DatasetSchema:
    """One dataset: its type, such as `Interactions`, and its columns in order."""

    kind: str
    fields: tuple[Field, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names in the order of the file."""
        return tuple(field["name"] for field in self.fields)

    @property
    def avro(self) -> str:
        """The schema as Personalize accepts it."""
        return json.dumps(
            {
                "type": "record",
                "name": self.kind,
                "namespace": NAMESPACE,
                "fields": list(self.fields),
                "version": "1.0",
            }
        )

    @property
    def digest(self) -> str:
        """A digest of the content: schemas are immutable, so a changed one needs a new name."""
        return sha256(self.avro.encode()).hexdigest()[:DIGEST_CHARS]


IN_STOCK, SOLD_OUT = "in-stock", "sold-out"
"""The values of the column AVAILABILITY."""
_TABLE = yaml.safe_load(resources.files(__package__).joinpath("schemas.yaml").read_text("utf-8"))
DATASETS = INTERACTIONS, ITEMS, USERS = tuple(
    DatasetSchema(kind, tuple({"name": name, **column} for name, column in columns.items()))
    for kind, columns in _TABLE.items()
)
FILTERED: Mapping[str, Sequence[str]] = {ITEMS.kind: ("AVAILABILITY",)}
"""Columns by which rankings are filtered, and on which nothing is trained: they say nothing of tastes."""
