"""Which schemas Personalize refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from understudy.conform.check import Origin
from understudy.conform.suites.cases import BAD_VALUE, Cases
from understudy.conform.suites.shop import INTERACTIONS, ITEMS, avro, schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from understudy.conform.case import Asked
    from understudy.conform.check import Check

_CASES = Cases("personalize")
_USER, _ITEM, _TIME = INTERACTIONS[:3]


def personalize_schema_checks() -> Iterator[Check]:
    """Yield the checks of CreateSchema."""
    table = {
        "text that is not JSON": "record",
        "JSON that is no record": '{"type": "string"}',
        "a name that is no dataset's": avro("Reviews", INTERACTIONS),
        "another namespace": avro("Interactions", INTERACTIONS, namespace="com.example"),
        **{what: avro(name, fields) for what, (name, fields) in _fields().items()},
    }
    for number, (what, text) in enumerate(table.items()):
        yield _CASES.refused(
            f"CreateSchema refuses {what}",
            "CreateSchema",
            _asked(number, text),
            "InvalidInputException",
            origin=Origin.DOCUMENTED,
        )
    yield _CASES.refused(
        "CreateSchema takes at most 20,000 characters",
        "CreateSchema",
        _asked(len(table), avro("Interactions", INTERACTIONS, version="1" * 20_001)),
        "ValidationException",
        BAD_VALUE,
    )
    yield _CASES.refused(
        "a name can be used once",
        "CreateSchema",
        lambda world: {
            "name": schema(world).rpartition("/")[2],
            "schema": avro("Interactions", INTERACTIONS),
        },
        "ResourceAlreadyExistsException",
        "Another resource with Arn arn:aws:personalize:",
        origin=Origin.QUOTED,
    )


def _asked(number: int, text: str) -> Asked:
    return lambda world: {"name": world.name(f"refused-{number}"), "schema": text}


def _fields() -> Mapping[str, tuple[str, Sequence[Mapping[str, Any]]]]:
    """Return fields that no schema may have, by what is wrong with them, with the name of the schema."""
    label = {"type": "string", "categorical": True}
    return {
        "interactions without a time": ("Interactions", [_USER, _ITEM]),
        "a time that is a string": ("Interactions", [_USER, _ITEM, {"name": "TIMESTAMP", "type": "string"}]),
        "a user that may be null": (
            "Interactions",
            [{"name": "USER_ID", "type": ["null", "string"]}, _ITEM, _TIME],
        ),
        "an event type that is categorical": (
            "Interactions",
            [_USER, _ITEM, _TIME, {"name": "EVENT_TYPE", **label}],
        ),
        "six fields of one's own in interactions": (
            "Interactions",
            [_USER, _ITEM, _TIME, *({"name": f"OWN{number}", **label} for number in range(6))],
        ),
        "items of which nothing is said": ("Items", [_ITEM]),
        "users of whom nothing is said": ("Users", [_USER]),
        "a field that is a list": (
            "Items",
            [_ITEM, {"name": "GENRES", "type": {"type": "array", "items": "string"}}],
        ),
        "two fields whose names differ in underscores": (
            "Items",
            [_ITEM, {"name": "GENRES_1", **label}, {"name": "GENRES1", **label}],
        ),
        "two textual fields": (
            "Items",
            [_ITEM, *({"name": name, "type": "string", "textual": True} for name in ("A", "B"))],
        ),
        "a textual field of users": ("Users", [_USER, {"name": "ABOUT", "type": "string", "textual": True}]),
        "an item's time that is a string": (
            "Items",
            [*ITEMS, {"name": "CREATION_TIMESTAMP", "type": "string"}],
        ),
    }
