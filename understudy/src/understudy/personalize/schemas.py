"""Avro schemas as Personalize accepts them: flat records with reserved fields.

Source of the rules: Amazon Personalize developer guide, "Datasets and schemas".
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_MOST_PARSED = 64
"""How many schemas are kept as they were parsed: each request about a dataset needs its own."""
_NAMESPACE = "com.amazonaws.personalize.schema"
_TYPES = frozenset({"string", "long", "int", "float", "double", "boolean"})
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class SchemaError(ValueError):
    """The schema breaks a rule; the message says which."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column: one type, possibly null, and how its text is used in training."""

    name: str
    type: str
    nullable: bool = False
    categorical: bool = False
    textual: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a dataset of type `name`, one of `Interactions`, `Items` and `Users`."""

    name: str
    fields: tuple[Field, ...]

    @property
    def id_field(self) -> str | None:
        """The column whose value identifies the row, None for interactions."""
        return {"Items": "ITEM_ID", "Users": "USER_ID"}.get(self.name)

    @property
    def required(self) -> frozenset[str]:
        """The columns without which there is no training."""
        return frozenset(_RULES[self.name].required)

    @property
    def columns(self) -> frozenset[str]:
        """The names of all columns."""
        return frozenset(field.name for field in self.fields)


def schema_of(stored: Mapping[str, Any]) -> Schema:
    """Return the schema of which `asdict` has made something to store."""
    return Schema(stored["name"], tuple(Field(**each) for each in stored["fields"]))


@dataclass(frozen=True, slots=True)
class _Rules:
    required: dict[str, str]
    reserved: dict[str, tuple[str, bool]]  # type, and whether it may be null
    least_metadata: int
    most_metadata: int


_RULES = {
    "Interactions": _Rules(
        required={"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"},
        reserved={
            "EVENT_TYPE": ("string", False),
            "EVENT_VALUE": ("float", True),
            "IMPRESSION": ("string", True),
            "RECOMMENDATION_ID": ("string", True),
            "EVENT_ATTRIBUTION_SOURCE": ("string", True),
        },
        least_metadata=0,
        most_metadata=5,
    ),
    "Items": _Rules(
        required={"ITEM_ID": "string"},
        reserved={"CREATION_TIMESTAMP": ("long", False)},
        least_metadata=1,
        most_metadata=100,
    ),
    "Users": _Rules(required={"USER_ID": "string"}, reserved={}, least_metadata=1, most_metadata=25),
}


@lru_cache(_MOST_PARSED)
def parse_schema(text: str) -> Schema:
    """Return the schema that `text` contains as JSON; raise SchemaError naming the broken rule."""
    document = _document(text)
    name = document.get("name")
    if not isinstance(name, str) or name not in _RULES:
        raise SchemaError(f"name must be one of {', '.join(_RULES)}")
    fields = tuple(_field(entry) for entry in document["fields"])
    _check_names(field.name for field in fields)
    _check_fields(_RULES[name], {field.name: field for field in fields})
    _check_text_use(name, fields)
    return Schema(name, fields)


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise SchemaError("the schema is not JSON") from error
    if not isinstance(document, dict) or document.get("type") != "record":
        raise SchemaError("the schema must be an Avro record")
    if document.get("namespace") != _NAMESPACE:
        raise SchemaError(f"namespace must be {_NAMESPACE}")
    if not isinstance(document.get("fields"), list):
        raise SchemaError("fields must be a list")
    return document


def _field(entry: object) -> Field:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise SchemaError("each field needs a name")
    name = entry["name"]
    if not _FIELD_NAME.fullmatch(name):
        raise SchemaError(f"{name} is not a valid field name")
    concrete, nullable = _type(name, entry.get("type"))
    return Field(
        name=name,
        type=concrete,
        nullable=nullable,
        categorical=entry.get("categorical") is True,
        textual=entry.get("textual") is True,
    )


def _type(name: str, declared: object) -> tuple[str, bool]:
    """Return the one type of a field, and whether it is in a union with null."""
    union = declared if isinstance(declared, list) else [declared]
    concrete = [each for each in union if isinstance(each, str) and each in _TYPES]
    nulls = union.count("null")
    if len(concrete) != 1 or nulls > 1 or len(union) != len(concrete) + nulls:
        raise SchemaError(f"the type of {name} must be a primitive, alone or in a union with null")
    return concrete[0], nulls == 1


def _check_names(names: Iterable[str]) -> None:
    """Require names that differ in their letters or digits."""
    seen: dict[str, str] = {}
    for name in names:
        plain = name.replace("_", "").upper()
        if plain in seen:
            raise SchemaError(f"{seen[plain]} and {name} are the same name")
        seen[plain] = name


def _check_fields(rules: _Rules, fields: dict[str, Field]) -> None:
    for name, required in rules.required.items():
        if name not in fields:
            raise SchemaError(f"the required field {name} is missing")
        _check_type(fields[name], required, may_be_null=False)
    for name in rules.reserved.keys() & fields.keys():
        _check_type(fields[name], *rules.reserved[name])
    metadata = fields.keys() - rules.required.keys()
    if len(metadata) < rules.least_metadata:
        raise SchemaError("at least one metadata field is required")
    if len(metadata - rules.reserved.keys()) > rules.most_metadata:
        raise SchemaError(f"at most {rules.most_metadata} metadata fields are allowed")


def _check_type(field: Field, required: str, may_be_null: bool) -> None:  # noqa: FBT001 - unpacked
    if field.type != required or (field.nullable and not may_be_null):
        raise SchemaError(f"{field.name} must be of type {required}")
    if field.categorical or field.textual:
        raise SchemaError(f"{field.name} is reserved and cannot be categorical or textual")


def _check_text_use(name: str, fields: Sequence[Field]) -> None:
    used = [field for field in fields if field.categorical or field.textual]
    for field in used:
        if field.type != "string" or (field.categorical and field.textual):
            raise SchemaError(f"{field.name}: a string is either categorical or textual")
    textual = [field.name for field in used if field.textual]
    if textual and name != "Items":
        raise SchemaError("only Items may have a textual field")
    if len(textual) > 1:
        raise SchemaError("only one field may be textual")
