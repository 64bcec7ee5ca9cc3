"""The three Personalize datasets of schemas.yaml, as Avro schemas.

Every string is declared categorical or textual: one that is neither is imported but never trained on.
Nothing here identifies a person: no names, no addresses, no emails.
Source: Amazon Personalize developer guide, "Datasets and schemas".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import Any

import yaml

NAMESPACE = "com.amazonaws.personalize.schema"
DIGEST_CHARS = 10

Field = Mapping[str, Any]


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
