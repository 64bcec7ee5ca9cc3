"""What people wrote down about categories: what goes with what, and what is one kind of thing."""

from collections.abc import Mapping, Sequence
from itertools import chain

from encore.recommender.domain.durables import Durables
from encore.recommender.domain.taxonomy import Category, Entries, complement_table

Table = Mapping[str, Sequence[str]]
"""By a phrase such as "washing machine": the phrases of what goes with it."""


class Authored:
    """The shop's own table and the shipped one: either may say that two categories go together."""

    def __init__(self, own: Table) -> None:
        self._tables = [_Written(own), _Written(complement_table())]
        self._durables = Durables()

    def goes_with(self, owned: Category, other: Category) -> bool:
        """Return whether products of the other category complement those of the owned one."""
        return any(table.goes_with(owned, other) for table in self._tables)

    def same_kind(self, one: Category, other: Category) -> bool:
        """Return whether both categories are one kind of thing, such as dry irons and steam irons."""
        return bool(one) and self._durables.same_kind(one, other)


class _Written:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._kinds = Entries(table)
        self._phrases = Entries(dict.fromkeys(chain(table, *table.values())))

    def goes_with(self, owned: Category, other: Category) -> bool:
        offered = {phrase for kind in self._kinds.best(owned) for phrase in self._table[kind]}
        return not offered.isdisjoint(chain.from_iterable(self._phrases.matches(other)))
