"""What goes with a product by Personalize's related items, where too few customers have bought together.

Related items are asked for once for each family of products, whoever has one of it: variants go with the same
things. They put products of one leaf category in order; they never bring a category in, and never are a
reason: those stay what the run's data proves.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from encore.recommender.domain.taxonomy import Category
from encore.recommender.domain.woven import FIRST_PLACES

NUM_RESULTS = 500
"""How many are asked for with each product, as many as AWS gives: it bills the line, however long."""
MAX_ASKED = 20_000
"""About how many families is asked: those that most customers have. Each task has all lists in memory."""
MAX_ELSEWHERE, MAX_ALIKE = 100, 20
"""How many are kept that are of other leaf categories than the product, and how many of its own."""


class RelatedTo(BaseModel):
    """What goes with one product, best first."""

    model_config = ConfigDict(frozen=True)

    product_id: str
    related: tuple[str, ...]

    @classmethod
    def of(cls, product_id: str, found: Iterable[str], category: Callable[[str], Category]) -> "RelatedTo":
        """Keep of an answer what orders products within leaf categories; `category` is () for unknown ones.

        Most of an answer are products like the one asked about, of its own leaf, of which few are needed.
        """
        own, kept = category(product_id), list[str]()
        left = {True: MAX_ALIKE, False: MAX_ELSEWHERE}
        for one in found:
            leaf = category(one)
            if leaf and one != product_id and left[leaf == own]:
                left[leaf == own] -= 1
                kept.append(one)
        return cls(product_id=product_id, related=tuple(kept))


@dataclass(frozen=True, slots=True)
class Related:
    """The products that go with each family, best first; nothing where Personalize was not asked."""

    by_family: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return bool(self.by_family)

    @classmethod
    def of(cls, lists: Iterable[RelatedTo], family: Callable[[str], str]) -> "Related":
        """Put lists together, of a family the first one; an id is in memory once."""
        ids: dict[str, str] = {}
        found: dict[str, Sequence[str]] = {}
        for one in lists:
            if (of := family(one.product_id)) not in found:
                found[of] = tuple(ids.setdefault(each, each) for each in one.related)
        return cls(found)

    def nearness(self, owned: Iterable[tuple[str, float]]) -> Mapping[str, float]:
        """Return how near products are to families that a customer has, each given with its voice.

        The lists are fused as in `woven`: a place counts more the earlier it is.
        """
        near: dict[str, float] = {}
        for family, voice in owned:
            for place, other in enumerate(self.by_family.get(family, ())):
                near[other] = near.get(other, 0.0) + voice / (place + FIRST_PLACES)
        return near


NOTHING_RELATED = Related()


def most_owned(owners: Mapping[str, int]) -> list[str]:
    """Return the families to ask about, those that most customers have, in order of their ids."""
    best = sorted(owners, key=lambda one: (-owners[one], one))[:MAX_ASKED]
    return sorted(best)
