"""Applies filter expressions: which items may be recommended to a user."""

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from understudy.personalize.filter_syntax import (
    Clause,
    FilterError,
    Parameter,
    Test,
    parse_filter,
    parse_values,
)
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.schemas import Schema
from understudy.personalize.tables import Column, Numbers, Texts
from understudy.personalize.user_history import RecentEvent, UserHistory

Mask = NDArray[np.bool_]
Values = tuple[str | float, ...]

_COMPARE: Mapping[str, Callable[[Numbers, float], Mask]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SCHEMA_OF = {"ITEMS": "Items", "INTERACTIONS": "Interactions", "CURRENTUSER": "Users"}


def check_filter(expression: str, schemas: Mapping[str, Schema]) -> None:
    """Raise FilterError unless `expression` is valid and its fields are in `schemas`."""
    for clause in parse_filter(expression):
        for test in clause.tests():
            _check_test(test, schemas)


class _Asked(NamedTuple):
    """Who asks, with which values of parameters, and what the data has not of this user."""

    user: str
    given: Mapping[str, str]
    recent: Sequence[RecentEvent]


class ItemFilter:
    """An expression bound to data and to the items of a model."""

    def __init__(
        self,
        expression: str,
        snapshots: Mapping[str, DatasetSnapshot],
        items: Sequence[str],
    ) -> None:
        self._clauses = parse_filter(expression)
        self._snapshots = snapshots
        self._places = {item: place for place, item in enumerate(items)}
        self._item_masks: dict[tuple[Test, Values], Mask] = {}

    def mask(self, user: str, given: Mapping[str, str], recent: Sequence[RecentEvent] = ()) -> Mask:
        """Return which items `user` may get; `given` has the values of parameters.

        `recent` are the user's events that the data has not.

        These are all items that any clause includes (all items, if none includes) minus those excluded.
        Raises FilterError for a malformed value, or for one missing from an INCLUDE clause.
        """
        included: Mask | None = None
        excluded = np.zeros(len(self._places), dtype=bool)
        for clause in self._clauses:
            found = self._clause(clause, _Asked(user, given, recent))
            if not clause.include:
                excluded |= found
            else:
                included = found if included is None else included | found
        return ~excluded if included is None else included & ~excluded

    @cached_property
    def _history(self) -> UserHistory:
        return UserHistory(self._snapshots["Interactions"], self._places)

    @cached_property
    def _user_rows(self) -> dict[str, int]:
        if "Users" not in self._snapshots:
            return {}
        ids = self._snapshots["Users"].table.texts("USER_ID")
        return {ids.values[code]: row for row, code in enumerate(ids.codes)}

    def _clause(self, clause: Clause, asked: _Asked) -> Mask:
        nothing = np.zeros(len(self._places), dtype=bool)
        try:
            if not all(self._holds_for(test, asked) for test in clause.users):
                return nothing
            groups = [
                np.logical_and.reduce([self._items(test, asked) for test in group]) for group in clause.where
            ]
        except _MissingValueError:
            if clause.include:
                raise
            return nothing
        return np.asarray(np.logical_or.reduce(groups), dtype=bool)

    def _items(self, test: Test, asked: _Asked) -> Mask:
        values = _values(test, asked.given)
        if test.dataset.upper() == "INTERACTIONS":
            negated = test.operator == "NOT IN"
            return self._history.mask(asked.user, values, asked.recent, negated=negated)
        if (test, values) not in self._item_masks:
            self._item_masks[test, values] = self._described(test, values)
        return self._item_masks[test, values]

    def _described(self, test: Test, values: Values) -> Mask:
        mask = np.zeros(len(self._places), dtype=bool)
        snapshot = self._snapshots.get("Items")
        if snapshot is None:
            return mask
        table = snapshot.table
        rows = _matching(table.columns[test.field], test.operator, values)
        ids = table.texts("ITEM_ID")
        places = [self._places.get(ids.values[code], -1) for code in ids.codes[rows]]
        mask[[place for place in places if place >= 0]] = True
        return mask

    def _holds_for(self, test: Test, asked: _Asked) -> bool:
        values = _values(test, asked.given)
        row = self._user_rows.get(asked.user)
        if row is None:
            return False
        column = self._snapshots["Users"].table.columns[test.field]
        only = np.array([row])
        one = column.take(only) if isinstance(column, Texts) else column[only]
        return bool(_matching(one, test.operator, values).any())


class _MissingValueError(FilterError):
    """A parameter has no value."""


def _values(test: Test, given: Mapping[str, str]) -> Values:
    values: list[str | float] = []
    for value in test.values:
        if not isinstance(value, Parameter):
            values.append(value)
        elif value.name in given:
            values += parse_values(given[value.name])
        else:
            raise _MissingValueError(f"The filter parameter {value.name} has no value.")
    return tuple(values)


def _matching(column: Column, comparison: str, values: Values) -> Mask:
    """Return the rows whose value matches; of parts between `|`, any one may match."""
    if isinstance(column, Texts):
        wanted = {str(value) for value in values}
        hits = [value in wanted or not wanted.isdisjoint(value.split("|")) for value in column.values]
        known = np.array([*hits, False], dtype=bool)[column.codes]
        return known if comparison != "NOT IN" else ~known & (column.codes >= 0)
    numbers = [_as_number(value) for value in values]
    if comparison in _COMPARE:
        return _COMPARE[comparison](column, numbers[0])
    known = np.isin(column, numbers)
    return known if comparison != "NOT IN" else ~known & ~np.isnan(column)


def _as_number(value: str | float) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise FilterError(f"{value} is not a number.") from error


def _check_test(test: Test, schemas: Mapping[str, Schema]) -> None:
    schema = schemas.get(_SCHEMA_OF.get(test.dataset.upper(), ""))
    fields = {field.name: field for field in schema.fields} if schema else {}
    where = f"{test.dataset}.{test.field}"
    if test.field not in fields:
        raise FilterError(f"Invalid Expression: {where} does not exist.")
    if test.dataset.upper() == "INTERACTIONS" and test.field != "EVENT_TYPE":
        raise FilterError(f"Invalid Expression: {where} cannot be filtered on.")
    field = fields[test.field]
    if field.type == "boolean" or field.textual:
        raise FilterError(f"Invalid Expression: {where} is boolean or textual.")
    if field.type == "string" and test.operator in _COMPARE:
        raise FilterError(f"Invalid Expression: {where} is a string and has no order.")
