"""What a product takes and what it offers, read from its text: see kinds.yaml and facts.yaml."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from encore.contracts.records import Product
from encore.recommender.domain.fact_reading import Text, offered, people_facts, taken
from encore.recommender.domain.fact_tables import pattern
from encore.recommender.domain.kind_tables import Fact, kinds
from encore.recommender.domain.kinds import kind_of, other_of

_NARROW = frozenset(("card", "model", "mount", "platform", "port", "series", "system"))
"""What an accessory has to agree in once its text names it."""
_SPECIFIC = frozenset(("maker", "model", "series", "platform"))
"""What an accessory that says that it is universal need not agree in."""
_WORN = frozenset(("bag", "book", "clothing", "jewellery", "shoe", "toy"))
"""Things that are "vegan" in another sense than food and care."""


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


def makers_of(products: Iterable[Product], brand_of: Callable[[str], str | None]) -> frozenset[str]:
    """Return the brands that have devices in a shop: those that accessories may be made for."""
    return frozenset(
        brand
        for product in products
        if (brand := brand_of(product.product_id)) and (kind := kind_of(product)) and kind.group == "devices"
    )


def read_attributes(
    product: Product, brand: str | None, makers: AbstractSet[str] = frozenset()
) -> Attributes:
    """Read what a product takes and offers from its name, bullets, category and brand.

    `brand` is as `brands.joined` writes it, and so are the `makers` of devices in the shop, see `makers_of`.
    Without them only well-known makers are recognised in names.
    """
    kind = kind_of(product)
    while kind is not None:
        text = Text.of(product, kind, brand, makers)
        takes = taken(text)
        kinds_taken = frozenset(fact.kind for fact in takes)
        if not kind.vague or {fact.kind for fact in takes - kind.takes} - {"maker"}:
            break
        kind = kinds().get(kind.otherwise)
    if kind is None:
        people = frozenset[Fact]() if other_of(product) in _WORN else people_facts(product)
        return _attributes(frozenset(), people, None)
    offers = offered(text)
    if kind.shows and not any(kinds_taken.isdisjoint(group) for group in kind.needs or ()):
        offers |= _shown(takes)
    return _attributes(takes, offers, _needs(text, kinds_taken))


def _shown(takes: frozenset[Fact]) -> frozenset[Fact]:
    """Return what the owner of an accessory has: all that it takes, but of several devices none for sure."""
    devices = {fact for fact in takes if fact.kind == "device"}
    return takes if len(devices) == 1 else takes - devices


def _attributes(
    takes: frozenset[Fact], offers: frozenset[Fact], needs: tuple[frozenset[str], ...] | None
) -> Attributes:
    by_kind = (frozenset(fact.kind for fact in facts) for facts in (takes, offers))
    return Attributes(takes, offers, needs, *by_kind)


def _needs(text: Text, own: frozenset[str]) -> tuple[frozenset[str], ...] | None:
    """Return what an accessory needs: that of its kind, and whatever narrow thing its text says it is for."""
    if text.kind.needs is None:
        return None
    is_universal = pattern("universal").search(text.name)
    needs = tuple(group for group in text.kind.needs if not (is_universal and group <= _SPECIFIC))
    narrow = own & _NARROW
    return needs if not narrow or any(narrow & group for group in needs) else (*needs, narrow)
