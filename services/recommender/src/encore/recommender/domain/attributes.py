"""What a product takes and what it offers, read from its text: see kinds.yaml and facts.yaml."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from encore.contracts.records import Product
from encore.recommender.domain.fact_reading import SPECIFIC, Text, people_facts, read
from encore.recommender.domain.kinds import Fact, kind_of

__all__ = ["Attributes", "Fact", "read_attributes"]


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a product takes, that is has to fit, and what it offers to others.

    `needs` is None for a product that is of use by itself; for others such as cables and cartridges it has
    groups of kinds of facts, and a partner must agree in one of each. `taken` and `offered` are the kinds of
    `takes` and `offers`.
    """

    takes: frozenset[Fact]
    offers: frozenset[Fact]
    needs: tuple[frozenset[str], ...] | None
    taken: frozenset[str]
    offered: frozenset[str]

    @property
    def needs_fit(self) -> bool:
        """Whether the product is useless without the right partner."""
        return self.needs is not None


def read_attributes(
    product: Product, brand: str | None, makers: AbstractSet[str] = frozenset()
) -> Attributes:
    """Read what a product takes and offers from its name, bullets, category and brand.

    `brand` is as `brands.joined` writes it, and so are the `makers`: the brands of the shop, which names may
    mention after words such as "for".
    """
    kind = kind_of(product)
    text = Text.of(product, kind, brand, makers)
    takes, offers = frozenset[Fact](), people_facts(text)
    if kind is not None:
        takes = kind.takes | read(kind.reads, text, is_taken=True)
        offers |= kind.offers | read(kind.states, text, is_taken=False)
        if kind.shows:
            offers |= {fact for fact in takes if fact.kind != "device"}
    needs = kind.needs if kind else None
    if needs and text.is_universal:
        needs = tuple(group for group in needs if not group <= SPECIFIC)
    return Attributes(
        takes, offers, needs, frozenset(fact.kind for fact in takes), frozenset(fact.kind for fact in offers)
    )
