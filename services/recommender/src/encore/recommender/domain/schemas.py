"""The three Personalize datasets, as Avro schemas.

Every string is declared categorical or textual: one that is neither is imported but never trained on.
Nothing here identifies a person: no names, no addresses, no emails.
Source: Amazon Personalize developer guide, "Datasets and schemas".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

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


def _string(name: str) -> Field:
    return {"name": name, "type": "string"}


def _number(name: str) -> Field:
    return {"name": name, "type": ["null", "float"]}


def _categorical(name: str) -> Field:
    return {"name": name, "type": ["null", "string"], "categorical": True}


def _textual(name: str) -> Field:
    return {"name": name, "type": ["null", "string"], "textual": True}


INTERACTIONS = DatasetSchema(
    "Interactions",
    (
        _string("USER_ID"),
        _string("ITEM_ID"),
        {"name": "TIMESTAMP", "type": "long"},
        _string("EVENT_TYPE"),
        {"name": "EVENT_VALUE", "type": ["float", "null"]},
    ),
)
ITEMS = DatasetSchema(
    "Items",
    (
        _string("ITEM_ID"),
        _categorical("CATEGORY"),
        _number("PRICE"),
        _number("LIST_PRICE"),
        _number("DISCOUNT_PERCENT"),
        _number("RATING"),
        _number("RATING_COUNT"),
        _number("SENTIMENT"),
        _categorical("AVAILABILITY"),
        _textual("DESCRIPTION"),
    ),
)
FILTERED: Mapping[str, Sequence[str]] = {ITEMS.kind: ("AVAILABILITY",)}
"""Columns by which rankings are filtered, and on which nothing is trained: they say nothing of tastes."""
USERS = DatasetSchema(
    "Users",
    (
        _string("USER_ID"),
        _categorical("AGE_GROUP"),
        _categorical("ACTIVITY"),
        _categorical("FAVOURITE_CATEGORY"),
    ),
)
DATASETS = (INTERACTIONS, ITEMS, USERS)
