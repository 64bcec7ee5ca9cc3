"""What people wrote down about categories: what goes with what, and what is one kind of thing."""

from collections.abc import Mapping, Sequence
from itertools import chain

from fondly.recommender.domain.shop.durables import Durables
from fondly.recommender.domain.shop.tables import complement_phrases, complement_table
from fondly.recommender.domain.shop.taxonomy import Category, Entries


class Authored:
    """The shop's own table and the shipped one: either may say what goes with a washing machine."""

    def __init__(self, own: Mapping[str, Sequence[str]]) -> None:
        self._own, self._shipped = own, complement_table()
        self._own_kinds, self._shipped_kinds = Entries(self._own), Entries(self._shipped)
        self._phrases = Entries(complement_phrases())
        self._durables = Durables()
        self._known: dict[tuple[Category, Category], bool] = {}

    def goes_with(self, owned: Category, other: Category) -> bool:
        """Return whether products of the other category complement those of the owned one."""
        pair = owned, other
        if pair not in self._known:
            self._known[pair] = self._shop_says(*pair) or self._shipped_table_says(*pair)
        return self._known[pair]

    def same_kind(self, one: Category, other: Category) -> bool:
        """Return whether both categories are one kind of thing, such as dry irons and steam irons."""
        if not one or not other:
            return False
        return one[-1] == other[-1] or self._durables.same_kind(one, other)

    def _shop_says(self, owned: Category, other: Category) -> bool:
        names = [name for kind in self._own_kinds.best(owned) for name in self._own[kind]]
        return bool(names and Entries(names).best(other))

    def _shipped_table_says(self, owned: Category, other: Category) -> bool:
        offered = {phrase for kind in self._shipped_kinds.best(owned) for phrase in self._shipped[kind]}
        return not offered.isdisjoint(chain.from_iterable(self._phrases.matches(other)))
