"""What is known about one customer that bears on what to offer them."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

from fondly.contracts.records import Complaint, Product
from fondly.recommender.domain.history.preferences import EventType, Preference
from fondly.recommender.domain.picking.offers import Offer
from fondly.recommender.domain.shop.audience import Audience, Gender, circle, system_of
from fondly.recommender.domain.shop.fit_tables import Fact
from fondly.recommender.domain.shop.fitting import known_from
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.domain.shop.taxonomy import Category, shared_levels

VOICES = {EventType.LIKED: 1.0, EventType.PURCHASED: 0.8, EventType.REVIEWED: 0.6, EventType.DISLIKED: 0.3}
"""How much an owned product counts towards what its owner shops for: a bad one still shows a need."""
BETTER_BY = Decimal("0.2")
"""How many more stars make a product better rated than another."""
RATED_BETTER_BY = 50
"""How many ratings that takes."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A product of the catalogue that the customer has, and what they think of it."""

    preference: Preference
    product: Product
    kinds: frozenset[str]
    """What it is, if it is durable (see `Durables.kinds`)."""
    brand: str | None = None

    @property
    def leaf(self) -> Category:
        """The narrowest category of the product; empty when it has none."""
        return self.product.category

    @property
    def is_disliked(self) -> bool:
        """Whether it let the customer down."""
        return self.preference.event_type is EventType.DISLIKED

    @property
    def is_disappointing(self) -> bool:
        """Whether the customer has said what they think of it, and that they do not like it."""
        value = self.preference.value
        return value is not None and not self.is_liked

    @property
    def is_liked(self) -> bool:
        """Whether the customer is known to like it."""
        return self.preference.event_type is EventType.LIKED

    @property
    def voice(self) -> float:
        """How much the product counts towards what the customer shops for, from 0 to 1."""
        return VOICES[self.preference.event_type]

    def is_bettered_by(self, offer: Offer) -> bool:
        """Return whether enough people rate something of another brand clearly better than this."""
        product = offer.product
        ours, theirs, count = product.rating, self.product.rating, product.rating_count or 0
        is_better = ours is not None and theirs is not None and ours >= theirs + BETTER_BY
        return is_better and count >= RATED_BETTER_BY and (self.brand is None or self.brand != offer.brand)


@dataclass(frozen=True)
class Shopper:
    """A customer: what they own, which is known to them, and what their last emails offered."""

    shop: Shop
    preferences: Sequence[Preference]
    ranked: Sequence[str] = ()
    """Product ids in Personalize's order; empty without a ranking."""
    customer_id: str = ""
    """Decides between what is about equally good, so that equal histories do not give equal lists."""
    emailed: Collection[str] = ()
    """The product ids of the customer's last emails."""
    unwanted: frozenset[str] = frozenset()
    """The departments that they want nothing of (see `topics`)."""
    shown_often: Collection[str] = ()
    """The ids of the products that are in enough lists already (see `Shop.most_lists`)."""
    complaint: Complaint | None = None
    """What let them down, if their list has to say sorry."""
    returned: Collection[str] = ()
    """The product ids of what they gave back."""

    @cached_property
    def owned(self) -> tuple[Owned, ...]:
        """Their products that are in the catalogue, in order of first appearance."""
        products, brand = self.shop.catalogue.products, self.shop.catalogue.brand
        return tuple(
            Owned(one, product, self.shop.kinds(product.category), brand(one.product_id))
            for one in self.preferences
            if (product := products.get(one.product_id))
        )

    @cached_property
    def labels(self) -> frozenset[str]:
        """The family labels of all their products."""
        return self.shop.catalogue.labels_of([one.product_id for one in self.preferences])

    @cached_property
    def emailed_labels(self) -> frozenset[str]:
        """The family labels of what their last emails offered."""
        return self.shop.catalogue.labels_of(self.emailed)

    @cached_property
    def returned_labels(self) -> frozenset[str]:
        """The family labels of what they gave back."""
        return self.shop.catalogue.labels_of(self.returned)

    @cached_property
    def liked(self) -> tuple[Owned, ...]:
        """Their products that they are known to like."""
        return tuple(one for one in self.owned if one.is_liked)

    @cached_property
    def parts(self) -> frozenset[Category]:
        """The parts of the shop (see `Catalogue.part`) that they have bought from."""
        return frozenset(self.shop.catalogue.part(one.leaf) for one in self.owned if one.leaf)

    @cached_property
    def durables(self) -> dict[str, list[Owned]]:
        """Their durable products by kind of thing."""
        found: dict[str, list[Owned]] = {}
        for one in self.owned:
            for kind in one.kinds:
                found.setdefault(kind, []).append(one)
        return found

    @cached_property
    def leaves(self) -> Counter[Category]:
        """How many of their products are of each leaf category."""
        return Counter(one.leaf for one in self.owned)

    @cached_property
    def kept(self) -> tuple[Owned, ...]:
        """Their products that did not disappoint them: nothing is offered to go with the others."""
        return tuple(one for one in self.owned if not one.is_disliked and one is not self.complained_of)

    @cached_property
    def complained_of(self) -> Owned | None:
        """What their list has to say sorry for."""
        product_id = self.complaint and self.complaint.product_id
        return next((one for one in self.owned if one.product.product_id == product_id), None)

    @cached_property
    def following(self) -> frozenset[Category]:
        """The leaf categories that customers of theirs buy from as well (see `Shop.following`)."""
        return frozenset().union(*(self.shop.following(one.leaf) for one in self.kept))

    @cached_property
    def brands(self) -> frozenset[str]:
        """The brands of their kept products."""
        return frozenset(one.brand for one in self.kept if one.brand)

    @cached_property
    def disappointments(self) -> frozenset[tuple[str, Category]]:
        """The brands that let them down, each with the part of the shop in which it did; no publishers."""
        part, is_title = self.shop.catalogue.part, self.shop.durables.is_title
        return frozenset(
            (brand, part(one.leaf))
            for one in self.owned
            if one.is_disliked and not is_title(one.leaf) and (brand := one.brand) is not None
        )

    @cached_property
    def audiences(self) -> frozenset[Audience]:
        """Whom their products are for, as far as the products say."""
        facts = self.shop.catalogue.facts
        return frozenset(facts(one.product.product_id).audience for one in self.owned)

    @cached_property
    def circles(self) -> frozenset[str]:
        """What only some people have or drink, and they do (see `people.circle`)."""
        return frozenset().union(*(circle(one.leaf) for one in self.owned))

    @cached_property
    def gender(self) -> Gender | None:
        """The gender that all of their products are for; None if the products do not tell."""
        genders = {one.gender for one in self.audiences if one.gender}
        return genders.pop() if len(genders) == 1 else None

    @cached_property
    def facts(self) -> frozenset[Fact]:
        """All that the texts of their products say of what these take and offer."""
        facts = self.shop.catalogue.facts
        oldest_first = sorted(self.owned, key=lambda one: one.preference.timestamp or 0)
        return known_from(facts(one.product.product_id).owned for one in oldest_first)

    @cached_property
    def sizes(self) -> Callable[[Category], Mapping[str, str]]:
        """Returns the size of each system that they wear of a leaf category: what they bought last of it.

        Where they have nothing of it, the nearest category that they have tells the size. A size for women or
        men also tells a size that does not say for whom it is.
        """
        facts = self.shop.catalogue.facts
        worn = [
            (one.leaf, one.preference.timestamp or 0, size)
            for one in self.owned
            if (size := facts(one.product.product_id).size)
        ]

        def sizes(leaf: Category) -> Mapping[str, str]:
            nearest_last = sorted((shared_levels(one, leaf), time, size) for one, time, size in worn)
            told = [size for _, _, size in nearest_last]
            anyones = [size.removeprefix("women ").removeprefix("men ") for size in told]
            return {system_of(size): size for size in (*anyones, *told)}

        return cache(sizes)

    @cached_property
    def price_range(self) -> Callable[[Category], tuple[Decimal, Decimal] | None]:
        """Returns their lowest and highest price, in the leaf if they have any there; None without any."""

        def price_range(leaf: Category) -> tuple[Decimal, Decimal] | None:
            near = [one.product.price for one in self.owned if one.leaf == leaf]
            prices = near or [one.product.price for one in self.owned]
            return (min(prices), max(prices)) if prices else None

        return cache(price_range)

    @cached_property
    def price_level(self) -> float:
        """How expensive their products are, on average (see `Offer.price_level`)."""
        levels = [self.shop.catalogue.price_level(one.product) for one in self.owned]
        return sum(levels) / len(levels) if levels else 0.0
