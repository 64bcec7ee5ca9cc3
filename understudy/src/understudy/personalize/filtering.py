"""Applies filter expressions: which items may be recommended to a user."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from understudy.personalize.filter_syntax import Test, parse_filter
from understudy.personalize.matching import Known, Mask, allowed, known_values, matching
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.tables import Column, Table, Texts
from understudy.personalize.trained import Items


@dataclass(frozen=True, slots=True)
class Records:
    """A table of users or items, and the row of each id."""

    table: Table
    rows: Mapping[str, int]

    @classmethod
    def of(cls, snapshot: DatasetSnapshot) -> Self:
        """Index a snapshot of users or items; raise ValueError for one of interactions."""
        if snapshot.schema.id_field is None:
            raise ValueError(f"{snapshot.schema.name} have no ids")
        ids = snapshot.table.texts(snapshot.schema.id_field)
        rows = {ids.values[code]: row for row, code in enumerate(ids.codes.tolist())}
        return cls(snapshot.table, rows)

    def value(self, key: str, name: str) -> str | float | None:
        """Return what the record `key` has in a column; None if there is no such record, or nothing there."""
        row = self.rows.get(key)
        if row is None or name not in self.table.columns:
            return None
        return _at(self.table.columns[name], row)


def column_of(value: str | float) -> Column:
    """Return a column of one value."""
    return Texts(np.zeros(1, dtype=np.int32), (value,)) if isinstance(value, str) else np.array([value])


def number_form(field_type: str) -> Callable[[float], str]:
    """Return how numbers of a type are written."""
    return _FORMS.get(field_type, str)


def _at(column: Column, row: int) -> str | float | None:
    if isinstance(column, Texts):
        code = int(column.codes[row])
        return column.values[code] if code >= 0 else None
    number = float(column[row])
    return None if math.isnan(number) else number


def _whole(value: float) -> str:
    return str(int(value))


def _truth(value: float) -> str:
    return "true" if value else "false"


_FORMS: Mapping[str, Callable[[float], str]] = {"int": _whole, "long": _whole, "boolean": _truth}


EVERY_EVENT = "*"
"""Matches events of every type."""

_NO_TYPE = ""
"""The last of the types, since an event without one has the code -1."""

RecentEvent = tuple[str, str]
"""An item, and the type of the event."""


class UserHistory:
    """Each user's items and event types, indexed by user."""

    def __init__(self, interactions: DatasetSnapshot, places: Mapping[str, int]) -> None:
        table = interactions.table
        users, items = table.texts("USER_ID"), table.texts("ITEM_ID")
        self._users = {user: code for code, user in enumerate(users.values)}
        order = np.argsort(users.codes, kind="stable")
        place = np.array([places.get(item, -1) for item in items.values], dtype=np.intp)
        self._items = place[items.codes[order]]
        self._bounds = np.searchsorted(users.codes[order], np.arange(len(users.values) + 1))
        self._types: Sequence[str] = (_NO_TYPE,)
        self._type_codes = np.full(table.rows, -1, dtype=np.int32)
        if "EVENT_TYPE" in table.columns:
            types = table.texts("EVENT_TYPE")
            self._types = [*(name.lower() for name in types.values), _NO_TYPE]
            self._type_codes = types.codes[order]
        self._n_items = len(places)
        self._places = places

    def mask(
        self, user: str, event_types: Sequence[object], recent: Sequence[RecentEvent] = (), *, negated: bool
    ) -> NDArray[np.bool_]:
        """Return the items of the user's events of these types, or of all others if negated.

        Types are compared without regard to case; `*` matches every type. `recent` are events that the data
        has not.
        """
        mask = np.zeros(self._n_items, dtype=bool)
        wanted = {str(value).lower() for value in event_types}
        for item, event_type in recent:
            matches = EVERY_EVENT in wanted or event_type.lower() in wanted
            if matches != negated and item in self._places:
                mask[self._places[item]] = True
        code = self._users.get(user)
        if code is None:
            return mask
        rows = slice(self._bounds[code], self._bounds[code + 1])
        hits = np.array([EVERY_EVENT in wanted or name in wanted for name in self._types])
        items = self._items[rows][hits[self._type_codes[rows]] != negated]
        mask[items[items >= 0]] = True
        return mask


_MOST_MASKS = 64
"""How many masks are kept of tests on items: parameters make any number of them."""
_INDICES = {"Interactions": ("_history",), "Users": ("_users",), "Items": ("_item_rows",)}
"""What is indexed of each dataset, when it is first needed."""


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
        items: Items,
        *,
        before: Self | None = None,
    ) -> None:
        """Bind an expression; `before` is the same one for the same items, maybe with other data."""
        self._clauses = parse_filter(expression)
        self._snapshots = snapshots
        self._places = items.places
        self._described = lru_cache(_MOST_MASKS)(self._described_by)
        if before is not None:
            self.__dict__.update(before.indices_of(snapshots))

    def indices_of(self, snapshots: Mapping[str, DatasetSnapshot]) -> Mapping[str, object]:
        """Return what has been indexed of those data that are still the same."""
        known = self._snapshots
        same = {name for name, one in snapshots.items() if name in known and one.table is known[name].table}
        return {
            index: self.__dict__[index]
            for name, indices in _INDICES.items()
            for index in indices
            if name in same and index in self.__dict__
        }

    def mask(self, user: str, given: Mapping[str, str], recent: Sequence[RecentEvent] = ()) -> Mask:
        """Return which items `user` may get; `given` has the values of parameters.

        `recent` are the user's events that the data has not.

        Raises FilterError for a malformed value, and for one missing from an INCLUDE clause.
        """
        asked = _Asked(user, given, recent)
        return allowed(
            self._clauses,
            len(self._places),
            lambda test: self._test(test, asked),
            applies=lambda clause: all(self._holds_for(test, asked) for test in clause.users),
        )

    @cached_property
    def _history(self) -> UserHistory | None:
        interactions = self._snapshots.get("Interactions")
        return None if interactions is None else UserHistory(interactions, self._places)

    @cached_property
    def _users(self) -> Records | None:
        return Records.of(self._snapshots["Users"]) if "Users" in self._snapshots else None

    @cached_property
    def _item_rows(self) -> NDArray[np.intp]:
        """The place of the item of each record, -1 for one that the model has not."""
        ids = self._snapshots["Items"].table.texts("ITEM_ID")
        places = np.array([self._places.get(item, -1) for item in ids.values], dtype=np.intp)
        return places[ids.codes]

    def _test(self, test: Test, asked: _Asked) -> Mask:
        values = _values(test, asked.given)
        if test.dataset.upper() != "INTERACTIONS":
            return self._described(test, values)
        negated = test.operator == "NOT IN"
        if self._history is None:
            return np.zeros(len(self._places), dtype=bool)
        return self._history.mask(asked.user, values, asked.recent, negated=negated)

    def _described_by(self, test: Test, values: Known) -> Mask:
        mask = np.zeros(len(self._places), dtype=bool)
        items = self._snapshots.get("Items")
        if items is None or test.field not in items.table.columns:
            return mask
        places = self._item_rows[matching(items.table.columns[test.field], test.operator, values)]
        mask[places[places >= 0]] = True
        return mask

    def _holds_for(self, test: Test, asked: _Asked) -> bool:
        values = _values(test, asked.given)
        found = None if self._users is None else self._users.value(asked.user, test.field)
        return found is not None and bool(matching(column_of(found), test.operator, values).all())


def _values(test: Test, given: Mapping[str, str]) -> Known:
    return tuple(known for value in test.values for known in known_values(value, given, test.operator))
