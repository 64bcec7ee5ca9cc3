"""What texts say of products, as Comprehend and the vocabulary of aspects have read them."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from fondly.contracts.records.base import Count, Fraction, Identifier, Record

LIKED_FROM = 0.7
"""From this polarity on an opinion is a liking, wherever one is told, learned from or counted."""
DISLIKED_FROM = -0.2
"""From this polarity down a product let its owner down.

It takes less than a liking does: to be told of a liking that is none is worse than to be spared something."""


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


class Quote(Record):
    """A sentence of a review, letter by letter, that no other review of the run has and that names nobody."""

    text: Annotated[str, Field(min_length=1)]
    stars: Annotated[Decimal, Field(ge=0, le=5)] | None = None
    timestamp: Annotated[int, Field(ge=0)] | None = None
    """Of the review, in Unix seconds."""


class ProductQuotes(Record):
    """What may be quoted of a product's reviews, most telling first."""

    product_id: Identifier
    quotes: tuple[Quote, ...]


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
    labels: dict[Sentiment, Count] = Field(default_factory=dict)
    languages: dict[str, Count] = Field(default_factory=dict)
    praised: tuple[AspectCount, ...] = ()
    blamed: tuple[AspectCount, ...] = ()

    @property
    def unscored_share(self) -> float:
        """The share of the texts that have no label, 0 to 1."""
        return 1 - self.scored / self.texts if self.texts else 0.0
