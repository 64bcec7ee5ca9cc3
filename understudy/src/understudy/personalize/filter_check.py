"""Whether a filter expression fits the datasets of a group."""

from collections.abc import Mapping

from understudy.personalize.filter_syntax import FilterError, Test, parse_filter
from understudy.personalize.matching import ORDERED, is_number
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.user_history import EVERY_EVENT

_SCHEMA_OF = {"ITEMS": "Items", "INTERACTIONS": "Interactions", "CURRENTUSER": "Users"}
_READABLE = {"ITEMS", "INTERACTIONS"}


def check_filter(expression: str, schemas: Mapping[str, Schema]) -> None:
    """Raise FilterError unless `expression` is valid and its fields are in `schemas`."""
    for clause in parse_filter(expression):
        for group in clause.where:
            for test in group:
                _check_dataset(test)
        for test in clause.tests():
            _check_test(test, schemas)


def _check_dataset(test: Test) -> None:
    if test.dataset.upper() not in _READABLE:
        raise FilterError(f"Invalid Expression: {test.dataset}.{test.field} does not exist for ITEMID.")


def _check_test(test: Test, schemas: Mapping[str, Schema]) -> None:
    dataset = test.dataset.upper()
    field = _field(test.dataset, test.field, schemas.get(_SCHEMA_OF.get(dataset, "")))
    if dataset == "INTERACTIONS" and test.field != "EVENT_TYPE":
        raise FilterError(f"Invalid Expression: {test.dataset}.{test.field} cannot be filtered on.")
    if field.type == "string" and test.operator in ORDERED:
        raise FilterError(f"Invalid Expression: {test.dataset}.{test.field} is a string and has no order.")
    for value in test.values:
        if isinstance(value, str):
            _check_text(test, field, value)


def _check_text(test: Test, field: Field, value: str) -> None:
    """Require a number in quotes for a field of numbers, and `"*"` for types of events only."""
    name = f"{test.dataset}.{test.field}"
    if value == EVERY_EVENT and test.dataset.upper() != "INTERACTIONS":
        raise FilterError(f'Invalid Expression: "{value}" is for Interactions.EVENT_TYPE, not for {name}.')
    if field.type != "string" and not is_number(value):
        raise FilterError(f'Invalid Expression: {name} is a number, and "{value}" is none.')


def _field(dataset: str, name: str, schema: Schema | None) -> Field:
    """Return a field that can be filtered on."""
    found = next((field for field in schema.fields if field.name == name), None) if schema else None
    if found is None:
        raise FilterError(f"Invalid Expression: {dataset}.{name} does not exist.")
    if found.type == "boolean" or found.textual:
        raise FilterError(f"Invalid Expression: {dataset}.{name} is boolean or textual.")
    return found
