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
    """The kind of reason for a pick."""

    BECAUSE_YOU_LIKED = "because_you_liked"
    LIKED_BY_SIMILAR_CUSTOMERS = "liked_by_similar_customers"
    POPULAR_IN_CATEGORY = "popular_in_category"
    POPULAR = "popular"


class Reason(Record):
    """Why a product was picked, with the previously liked product or the category that it refers to."""

    kind: ReasonKind
    product_name: str | None = None
    category: str | None = None


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
