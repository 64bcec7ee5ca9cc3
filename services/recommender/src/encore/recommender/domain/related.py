"""What goes with a product by Personalize's related items, where too few customers have bought together.

Related items are asked for once for each product, whoever has it. They put products of one leaf category in
order; they never bring a category in, and never are a reason: those stay what the run's data proves.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from encore.recommender.domain.taxonomy import Category
from encore.recommender.domain.woven import FIRST_PLACES

NUM_RESULTS = 500
"""How many are asked for with each product, as many as AWS gives: it bills the line, however long the answer."""
MAX_ASKED = 20_000
"""About how many products is asked: those that most customers have. Each task has all lists in memory."""
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


def most_owned(owned: Mapping[str, int]) -> list[str]:
    """Return the products to ask about, in order of their ids: those that most customers have."""
    best = sorted(owned, key=lambda one: (-owned[one], one))[:MAX_ASKED]
    return sorted(best)


@dataclass(frozen=True, slots=True)
class Related:
    """The products that go with each product, best first; nothing where Personalize was not asked."""

    by_product: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return bool(self.by_product)

    @classmethod
    def of(cls, lines: Iterable[RelatedTo]) -> "Related":
        """Put lists together; an id is in memory once."""
        ids: dict[str, str] = {}
        return cls(
            {one.product_id: tuple(ids.setdefault(each, each) for each in one.related) for one in lines}
        )

    def nearness(self, owned: Iterable[tuple[str, float]]) -> Mapping[str, float]:
        """Return how near products are to those owned, each of which is given with its voice.

        The lists are fused as in `woven`: a place counts more the earlier it is.
        """
        near: dict[str, float] = {}
        for product_id, voice in owned:
            for place, other in enumerate(self.by_product.get(product_id, ())):
                near[other] = near.get(other, 0.0) + voice / (place + FIRST_PLACES)
        return near


NOTHING_RELATED = Related()
