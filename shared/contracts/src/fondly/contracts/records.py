"""The records that services exchange as parts in S3 and keep in DynamoDB.

Texts of customers and shops are untrusted data: they are escaped wherever they are shown.
"""

from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(min_length=1, max_length=256)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
RUN_ID = r"^run-[0-9a-f]{16}$"
MAX_VALUE = 1_000_000_000
"""More than anybody pays for a product, in any currency."""
LIKED_FROM = 0.7
"""From this polarity on an opinion is a liking, wherever one is told, learned from or counted."""
DISLIKED_FROM = -0.2
"""From this polarity down a product let its owner down.

It takes less than a liking does: to be told of a liking that is none is worse than to be spared something."""
SENTENCE_ENDS = frozenset(".!?…।。！？")  # noqa: RUF001 - full-width marks end sentences too


class Record(BaseModel):
    """An immutable record; unknown members of a newer version are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)


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
    cost_class: str | None = None
    """What the shop calls the product's margin or price class, such as "A"."""


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

    @property
    def document(self) -> str:
        """Title and text on one line, as they are scored; empty if there is neither."""
        return one_line(self.title, self.text)


class Purchase(Record):
    """A product that a customer has bought, by one order, whether they reviewed it or not."""

    order_id: Identifier
    product_id: Identifier
    quantity: Annotated[int, Field(ge=1)] = 1
    timestamp: Annotated[int, Field(ge=0)] | None = None
    """Unix seconds."""
    value: Annotated[Decimal, Field(ge=0, le=MAX_VALUE)] | None = None
    """What all of them came to, in the shop's currency; None if the shop has not told."""


class EventKind(StrEnum):
    """What a customer has done with a product."""

    CLICKED = "clicked"
    """They followed a link to it, as in an email."""
    VIEWED = "viewed"
    """They looked at its page."""
    PURCHASED = "purchased"


class CustomerEvent(Record):
    """Something that a customer has done with a product; of one customer's events each has its own id."""

    event_id: Identifier
    customer_id: Identifier
    product_id: Identifier
    kind: EventKind
    timestamp: Annotated[int, Field(ge=0)]
    """Unix seconds."""
    run_id: Annotated[str, Field(pattern=RUN_ID)] | None = None
    """The run whose email led to it."""
    session_id: Identifier | None = None
    """The visit that it belongs to, as the shop names it."""
    value: Annotated[Decimal, Field(ge=0, le=MAX_VALUE, decimal_places=4)] | None = None
    """What a purchase came to, in the shop's currency."""


class SharedText(Record):
    """A review's text of which only the product is known, not which of its reviewers wrote it."""

    product_id: Identifier
    text: Annotated[str, Field(min_length=1)]

    @property
    def document(self) -> str:
        """The text on one line, as it is scored."""
        return one_line(self.text)

    @property
    def text_id(self) -> str:
        """A name for the text that is the same in every run: `text-` and a digest of its words."""
        return f"text-{sha256(self.document.encode()).hexdigest()[:24]}"


def one_line(*texts: str | None) -> str:
    """Join texts into one line: whitespace collapses, and a text without a full stop of its own gets one."""
    lines = [line for text in texts if (line := " ".join((text or "").split()))]
    ended = [line if line[-1] in SENTENCE_ENDS else f"{line}." for line in lines[:-1]]
    return " ".join([*ended, *lines[-1:]])


class Exclusion(StrEnum):
    """Why a customer gets no email, and no paid call is made for them."""

    NO_CONSENT = "no_consent"
    """The shop's data says that they do not want marketing."""
    SUPPRESSED = "suppressed"
    """The shop's data says that they must not be written to."""
    UNDER_AGE = "under_age"
    """They are younger than the shop writes to."""


class Customer(Record):
    """A customer with all their reviews and purchases; they already know the products of these.

    Nobody with an `exclusion` gets an email or a paid call; what they reviewed and bought still tells what
    other customers may like.
    """

    customer_id: Identifier
    name: str | None = None
    email: str | None = None
    age: Annotated[int, Field(ge=0, le=150)] | None = None
    marketing_consent: bool | None = None
    """None is unknown: the shop's data says nothing."""
    suppressed: bool | None = None
    language: str | None = None
    """A language tag of BCP 47, such as "de" or "de-AT"."""
    time_zone: str | None = None
    """A name of the IANA time zone database, such as "Europe/Berlin"."""
    exclusion: Exclusion | None = None
    reviews: tuple[Review, ...] = ()
    purchases: tuple[Purchase, ...] = ()

    @property
    def product_ids(self) -> tuple[str, ...]:
        """The distinct products of the customer's reviews, then of their purchases, by first appearance."""
        reviewed = (product_id for review in self.reviews for product_id in review.product_ids)
        bought = (purchase.product_id for purchase in self.purchases)
        return tuple(dict.fromkeys([*reviewed, *bought]))


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

    @property
    def is_liking(self) -> bool:
        """Whether somebody who wrote so may be told that they liked the product."""
        return self.polarity >= LIKED_FROM


class AspectMention(Record):
    """What a text says about one aspect of a product, such as its battery.

    `begin` and `end` are code points of the review's `document` and enclose the first mention.
    """

    aspect: Identifier
    sentiment: Sentiment
    begin: Count
    end: Count


class ScoredReview(Record):
    """A review's sentiment; no label if it has no text or could not be scored."""

    review_id: Identifier
    customer_id: Identifier
    product_ids: tuple[Identifier, ...]
    language: str | None = None
    """The language it was scored in, as Comprehend names it."""
    sentiment: Sentiment | None = None
    scores: SentimentScores | None = None
    error: str | None = None
    aspects: tuple[AspectMention, ...] = ()
    """At most one for each aspect."""


class Opinion(Record):
    """One scored text about one product; `opinion_id` is its review's id or its shared text's `text_id`."""

    product_id: Identifier
    opinion_id: Identifier
    sentiment: Sentiment
    polarity: Annotated[float, Field(ge=-1, le=1)]
    aspects: tuple[AspectMention, ...] = ()


class AspectCount(Record):
    """How many texts praise an aspect, blame it, or mention it without either (or with both)."""

    aspect: Identifier
    praised: Count = 0
    blamed: Count = 0
    neutral: Count = 0

    @property
    def mentions(self) -> int:
        """The number of texts that mention it."""
        return self.praised + self.blamed + self.neutral


class ProductSentiment(Record):
    """All scored texts known of one product by label, shared ones too; `polarity` is their mean, -1 to 1."""

    product_id: Identifier
    positive: int = 0
    negative: int = 0
    neutral: int = 0
    mixed: int = 0
    polarity: float = 0.0
    aspects: tuple[AspectCount, ...] = ()

    @property
    def scored(self) -> int:
        """The number of scored texts."""
        return self.positive + self.negative + self.neutral + self.mixed


class CategorySentiment(Record):
    """The aspects of all products of one category, given by its whole path."""

    category: tuple[str, ...]
    products: Count
    scored: Count
    aspects: tuple[AspectCount, ...] = ()


class SentimentSummary(Record):
    """What a run's customers said: for reports, not for computing.

    `labels` counts the scored texts by label, `languages` by language. `praised` and `blamed` are the most
    praised and the most criticised aspects, most first.
    """

    texts: Count
    scored: Count
    empty: Count
    """Reviews without a word: there is nothing to score."""
    left_out: Count = 0
    """Reviews that were not to be scored, because their customers are excluded; not among the `texts`."""
    labels: dict[Sentiment, Count] = {}
    languages: dict[str, Count] = {}
    praised: tuple[AspectCount, ...] = ()
    blamed: tuple[AspectCount, ...] = ()

    @property
    def unscored_share(self) -> float:
        """The share of the texts that have no label, 0 to 1."""
        return 1 - self.scored / self.texts if self.texts else 0.0


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
    """It is of a category that goes with the category of the customer's `product_name`.

    As `customers` customers have something of both, or as people wrote down."""
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
    category: tuple[str, ...] = ()
    polarity: Annotated[float, Field(ge=-1, le=1)] | None = None
    """How much they favour it, by their words and stars: -1 (against) to 1; None if unknown."""

    @property
    def is_liked(self) -> bool:
        """Whether they may be told that they liked it."""
        return self.polarity is not None and self.polarity >= LIKED_FROM

    @property
    def is_disliked(self) -> bool:
        """Whether it let them down."""
        return self.polarity is not None and self.polarity <= DISLIKED_FROM


class Pick(Record):
    """One recommended product as in this run's catalogue; a customer's picks are sorted best first."""

    product: Product
    reason: Reason
    praised: tuple[AspectCount, ...] = ()
    """What its reviewers praise, and hardly any of them blame, most praised first."""


class RecommendationSource(StrEnum):
    """What the products were chosen by."""

    PERSONALIZE = "personalize"
    POPULARITY = "popularity"


class Recommendation(Record):
    """Distinct picks for one customer, as many as the shop sends, of products that they do not have.

    A customer with an `exclusion` has no recommendation.
    """

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
