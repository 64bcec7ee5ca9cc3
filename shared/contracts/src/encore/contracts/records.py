"""The records that services exchange as parts in S3 and keep in DynamoDB.

Texts of customers and shops are untrusted data: they are escaped wherever they are shown.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(min_length=1, max_length=256)]
Fraction = Annotated[float, Field(ge=0, le=1)]


class Record(BaseModel):
    """An immutable record; unknown members of a newer version are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Product(Record):
    """A catalogue entry. `price` is the current price, `list_price` the price before the discount."""

    product_id: Identifier
    name: Annotated[str, Field(min_length=1)]
    category: tuple[str, ...] = ()
    price: Annotated[Decimal, Field(ge=0)]
    list_price: Annotated[Decimal, Field(ge=0)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    discount_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    rating: Annotated[Decimal, Field(ge=0, le=5)] | None = None
    rating_count: Annotated[int, Field(ge=0)] | None = None
    bullets: tuple[str, ...] = ()
    image_url: str | None = None
    link: str | None = None
    brand: str | None = None
    """As the shop states it; without it the recommender looks for a brand in the name."""
    parent_id: Identifier | None = None
    """What this product is a size, colour or other variant of; one parent makes one family."""
    variant: str | None = None
    """How this product differs from others of its parent, such as "Blue, XL"."""
    in_stock: bool | None = None
    """False keeps the product out of every email; None is unknown and counts as in stock."""
    available_from: Annotated[int, Field(ge=0)] | None = None
    """Since when the shop sells it, in Unix seconds."""
    shared_texts: tuple[str, ...] = ()
    """Review texts that could not be matched to the reviewers of their row."""


class Review(Record):
    """One customer's review of one product, which may be listed under several product ids."""

    review_id: Identifier
    product_ids: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    title: str | None = None
    text: str | None = None
    rating: Annotated[Decimal, Field(ge=0, le=5)] | None = None
    """The reviewer's own stars, if the file has them (the Kaggle format does not)."""
    timestamp: Annotated[int, Field(ge=0)] | None = None
    """Unix seconds."""


class Customer(Record):
    """A customer with all their reviews; they already know the products of these reviews."""

    customer_id: Identifier
    name: str | None = None
    email: str | None = None
    age: Annotated[int, Field(ge=0, le=150)] | None = None
    reviews: tuple[Review, ...] = ()

    @property
    def product_ids(self) -> tuple[str, ...]:
        """The distinct products of the customer's reviews, in order of first appearance."""
        return tuple(dict.fromkeys(p for review in self.reviews for p in review.product_ids))


class Sentiment(StrEnum):
    """Comprehend's four labels."""

    POSITIVE = "POSITIVE"
    NEGATIVE = "NEGATIVE"
    NEUTRAL = "NEUTRAL"
    MIXED = "MIXED"


class SentimentScores(Record):
    """Comprehend's four confidence scores, which sum to about one."""

    positive: Fraction
    negative: Fraction
    neutral: Fraction
    mixed: Fraction

    @property
    def polarity(self) -> float:
        """How much the text favours the product: -1 (against) to 1 (in favour)."""
        return self.positive - self.negative


class ScoredReview(Record):
    """A review's sentiment; no label if it has no text or could not be scored."""

    review_id: Identifier
    customer_id: Identifier
    product_ids: tuple[Identifier, ...]
    sentiment: Sentiment | None = None
    scores: SentimentScores | None = None
    error: str | None = None


class ProductSentiment(Record):
    """One product's scored reviews by label; `polarity` is their mean, -1 to 1."""

    product_id: Identifier
    positive: int = 0
    negative: int = 0
    neutral: int = 0
    mixed: int = 0
    polarity: float = 0.0

    @property
    def scored(self) -> int:
        """The number of scored reviews."""
        return self.positive + self.negative + self.neutral + self.mixed


class ReasonKind(StrEnum):
    """What is known that speaks for a pick; each kind is a claim that the run's data proves."""

    LIKED = "liked"
    """It resembles `product_name`, which the customer reviewed favourably."""
    ALSO_LIKED = "also_liked"
    """`customers` customers liked both this and the customer's liked `product_name`, by different reviews."""
    BOUGHT_TOGETHER = "bought_together"
    """`customers` customers have both this and the customer's `product_name`, by different reviews."""
    GOES_WITH = "goes_with"
    """It is of a category that complements the category of the customer's `product_name`."""
    BETTER_RATED = "better_rated"
    """It is of the same kind as the customer's `product_name`, with a higher rating from enough buyers."""
    NEW = "new"
    """The shop has sold it only since `available_from` of the product, a short while ago."""
    POPULAR_IN_CATEGORY = "popular_in_category"
    """It is number `rank` of `out_of` products of `category`, by how many people rated or reviewed them."""
    WELL_RATED = "well_rated"
    """Its rating is high, and from enough buyers."""
    DISCOVERY = "discovery"
    """The customer has nothing yet in `category`."""
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
    review_id: Identifier | None = None
    """The customer's review of that product."""
    customers: Annotated[int, Field(ge=1)] | None = None
    """How many customers prove the link; absent for one that a person wrote down."""
    category: tuple[str, ...] = ()
    rank: Annotated[int, Field(ge=1)] | None = None
    out_of: Annotated[int, Field(ge=1)] | None = None


class Pick(Record):
    """One recommended product as in this run's catalogue; a customer's picks are sorted best first."""

    product: Product
    reason: Reason


class RecommendationSource(StrEnum):
    """What the products were chosen by."""

    PERSONALIZE = "personalize"
    POPULARITY = "popularity"


class Recommendation(Record):
    """Five distinct picks for one customer, none of which they have reviewed."""

    customer_id: Identifier
    name: str | None = None
    email: str | None = None
    source: RecommendationSource
    picks: tuple[Pick, ...]
