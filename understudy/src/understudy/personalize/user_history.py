"""The interactions of each user, indexed by user."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from understudy.personalize.plan import DatasetSnapshot

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
