"""What is recommended to a customer, and why."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fondly.contracts.records.base import Identifier, Record
from fondly.contracts.records.products import Product
from fondly.contracts.records.sentiment import DISLIKED_FROM, LIKED_FROM, AspectCount, Quote


class ReasonKind(StrEnum):
    """What is known that speaks for a pick; each kind is a claim that the run's data proves."""

    LIKED = "liked"
    """It resembles `product_name`, which the customer reviewed favourably."""
    SAME_SHELF = "same_shelf"
    """It is of the leaf category of the customer's `product_name`, or of one beside it in the shop."""
    ALSO_LIKED = "also_liked"
    """`customers` customers liked both this and the customer's liked `product_name`, by different reviews."""
    BOUGHT_TOGETHER = "bought_together"
    """`customers` customers have both this and the customer's `product_name`.

    By different reviews, or by purchases."""
    GOES_WITH = "goes_with"
    """It goes with the customer's `product_name`: as people wrote down, or as both texts tell.

    `customers` customers have something of both, if purchases show it too."""
    ALSO_BOUGHT = "also_bought"
    """`customers` customers have something of its leaf category and of that of the customer's `product_name`.

    That the two go together is not said."""
    BETTER_RATED = "better_rated"
    """It is of the leaf category or durable kind of the customer's `product_name`, and clearly better rated.

    By enough buyers."""
    NEW = "new"
    """The shop has sold it for a short while, in the part `category` from which the customer has bought."""
    POPULAR_IN_CATEGORY = "popular_in_category"
    """It is number `rank` of `out_of` products of `category`, by how many people have them.

    As far as it is known: by ratings, reviews and purchases."""
    WELL_RATED = "well_rated"
    """Its rating is high, and from enough buyers."""
    POPULAR = "popular"
    """It is number `rank` of `out_of` products of the whole shop."""
    FEATURED = "featured"
    """The shop pinned it."""
    ASSORTMENT = "assortment"
    """Nothing else is known: the shop sells it."""


class Reason(Record):
    """Why a product was picked, with the evidence that proves it; what a kind does not use is absent."""

    kind: ReasonKind
    product_id: Identifier | None = None
    """The customer's own product that the reason is about."""
    product_name: str | None = None
    product_brand: str | None = None
    """As the shop states it, like `OwnProduct.brand`."""
    review_id: Identifier | None = None
    """The customer's review of that product; absent if they have only bought it."""
    customers: Annotated[int, Field(ge=1)] | None = None
    """How many customers prove the link; absent for one that a person wrote down."""
    category: tuple[str, ...] = ()
    rank: Annotated[int, Field(ge=1)] | None = None
    out_of: Annotated[int, Field(ge=1)] | None = None


class ProductAspect(Record):
    """An aspect of one of the customer's own products."""

    product_id: Identifier
    product_name: str
    aspect: Identifier


class OwnProduct(Record):
    """A product that the customer has, and what they think of it."""

    product_id: Identifier
    product_name: str
    brand: str | None = None
    category: tuple[str, ...] = ()
    polarity: Annotated[float, Field(ge=-1, le=1)] | None = None
    """How much they favour it, by their words and stars: -1 (against) to 1; None if unknown."""
    stars: Annotated[Decimal, Field(ge=0, le=5)] | None = None
    """Those of their review, if the file has them."""
    said: str | None = None
    """The words of their own review, title first, on one line and cut; None unless they surely are theirs."""

    @property
    def is_liked(self) -> bool:
        """Whether they may be told that they liked it."""
        return self.polarity is not None and self.polarity >= LIKED_FROM

    @property
    def is_disliked(self) -> bool:
        """Whether it let them down."""
        return self.polarity is not None and self.polarity <= DISLIKED_FROM


class Complaint(Record):
    """That a product let its owner down, by one or two stars or by clearly negative words of their own."""

    product_id: Identifier
    is_safety: bool = False
    """Whether somebody could be hurt: a shock, a burn, a leak of gas, an allergic reaction."""


class Pick(Record):
    """One recommended product as in this run's catalogue; a customer's picks are sorted best first."""

    product: Product
    reason: Reason
    praised: tuple[AspectCount, ...] = ()
    """What its reviewers praise, and hardly any of them blame, most praised first."""
    blamed: tuple[AspectCount, ...] = ()
    """What several of its reviewers blame, most blamed first."""
    quotes: tuple[Quote, ...] = ()
    """Sentences of its reviews, most telling first."""


class RecommendationSource(StrEnum):
    """What the products were chosen by."""

    PERSONALIZE = "personalize"
    POPULARITY = "popularity"


class Recommendation(Record):
    """Distinct picks for a customer without an `exclusion`, of products that they do not have."""

    customer_id: Identifier
    name: str | None = None
    email: str | None = None
    language: str | None = None
    """As in `Customer`."""
    time_zone: str | None = None
    """As in `Customer`."""
    source: RecommendationSource
    picks: tuple[Pick, ...]
    praised: tuple[ProductAspect, ...] = ()
    """What the customer's own reviews praise."""
    blamed: tuple[ProductAspect, ...] = ()
    """What the customer's own reviews blame."""
    owned: tuple[OwnProduct, ...] = ()
    """What the customer has of the catalogue, in order of first appearance."""
    complaint: Complaint | None = None
    """What let them down, if nothing of theirs pleased them or it is a matter of safety."""
