"""Applies filter expressions on users: who may be in a segment."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from understudy.personalize.filter_syntax import Test, parse_filter
from understudy.personalize.matching import Known, Mask, allowed, known_values, matching
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.tables import Texts
from understudy.personalize.user_history import EVERY_EVENT


class UserFilter:
    """An expression bound to data and to the users of a model."""

    def __init__(
        self, expression: str, snapshots: Mapping[str, DatasetSnapshot], users: Sequence[str]
    ) -> None:
        self._clauses = parse_filter(expression)
        self._snapshots = snapshots
        self._places = {user: place for place, user in enumerate(users)}

    def mask(self, given: Mapping[str, str]) -> Mask:
        """Return which users there may be; `given` has the values of parameters.

        Raises FilterError for a malformed value and for one missing from an INCLUDE clause.
        """
        return allowed(self._clauses, len(self._places), lambda test: self._test(test, given))

    def _test(self, test: Test, given: Mapping[str, str]) -> Mask:
        values = tuple(known for value in test.values for known in known_values(value, given, test.operator))
        mask = np.zeros(len(self._places), dtype=bool)
        snapshot = self._snapshots.get("Users" if test.dataset.upper() == "USERS" else "Interactions")
        if snapshot is None or test.field not in snapshot.table.columns:
            return mask
        places = self._owners(snapshot)[_rows(snapshot, test, values)]
        mask[places[places >= 0]] = True
        return mask

    def _owners(self, snapshot: DatasetSnapshot) -> NDArray[np.intp]:
        """Return for each record the place of its user, -1 for one that the model has not."""
        users = snapshot.table.texts("USER_ID")
        places = np.array([self._places.get(user, -1) for user in users.values], dtype=np.intp)
        return places[users.codes]


def _rows(snapshot: DatasetSnapshot, test: Test, values: Known) -> Mask:
    column = snapshot.table.columns[test.field]
    if test.dataset.upper() != "INTERACTIONS" or not isinstance(column, Texts):
        return matching(column, test.operator, values)
    wanted = {str(value).lower() for value in values}
    if EVERY_EVENT in wanted:
        hits = [True for _ in column.values]
    else:
        hits = [value.lower() in wanted for value in column.values]
    negated = test.operator == "NOT IN"
    return np.array([*(hit != negated for hit in hits), False], dtype=bool)[column.codes]
