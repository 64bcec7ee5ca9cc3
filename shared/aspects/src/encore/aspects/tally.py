"""How often each aspect is praised and blamed, over the reviews of a product or of a category."""

from collections.abc import Iterable
from statistics import fmean
from typing import NamedTuple, Self

from encore.aspects.reader import Mention, label_of
from encore.contracts.records import Sentiment, SentimentScores

LEAST_OF_CATEGORY = 5
LEAST_OF_PRODUCT = 2
"""From how many reviews on a count says anything; a product's few are shown beside its category's."""


class AspectCount(NamedTuple):
    """In how many reviews an aspect is praised, blamed, or only mentioned."""

    aspect: str
    praised: int = 0
    blamed: int = 0
    neutral: int = 0

    @property
    def reviews(self) -> int:
        """In how many reviews the aspect is mentioned."""
        return self.praised + self.blamed + self.neutral

    @property
    def balance(self) -> int:
        """By how many reviews praise exceeds blame."""
        return self.praised - self.blamed

    def plus(self, other: Self) -> "AspectCount":
        """Return the sum of two counts of the same aspect."""
        sums = (self.praised + other.praised, self.blamed + other.blamed, self.neutral + other.neutral)
        return AspectCount(self.aspect, *sums)

    def __str__(self) -> str:
        """As people read it: "battery: 7 of 9 praise, 1 blames"."""
        praise, blame = ("praise", "praises")[self.praised == 1], ("blame", "blames")[self.blamed == 1]
        return f"{self.aspect}: {self.praised} of {self.reviews} {praise}, {self.blamed} {blame}"


class AspectTally:
    """Counts of all aspects; a review counts once for each aspect, however often it mentions it."""

    def __init__(self, counts: Iterable[AspectCount] = ()) -> None:
        self._counts: dict[str, AspectCount] = {}
        self.merge(counts)

    def add_review(self, mentions: Iterable[Mention]) -> None:
        """Count the mentions of one review: several of one aspect give one verdict, by their mean scores."""
        by_aspect: dict[str, list[SentimentScores]] = {}
        for mention in mentions:
            by_aspect.setdefault(mention.aspect, []).append(mention.scores)
        self.merge(_verdict(aspect, scores) for aspect, scores in by_aspect.items())

    def merge(self, counts: Iterable[AspectCount]) -> None:
        """Add counts, such as those of another part or product."""
        for count in counts:
            before = self._counts.get(count.aspect, AspectCount(count.aspect))
            self._counts[count.aspect] = before.plus(count)

    def counts(self) -> list[AspectCount]:
        """Return all counts, by aspect."""
        return sorted(self._counts.values())

    def count(self, aspect: str) -> AspectCount:
        """Return the count of one aspect, zeros if it was never mentioned."""
        return self._counts.get(aspect, AspectCount(aspect))

    def most_praised(self, *, least_reviews: int, limit: int) -> list[AspectCount]:
        """Return the aspects that more reviews praise than blame, first those with the largest balance."""
        found = [
            count for count in self._counts.values() if count.reviews >= least_reviews and count.balance > 0
        ]
        return sorted(found, key=lambda count: (-count.balance, -count.praised, count.aspect))[:limit]

    def most_blamed(self, *, least_reviews: int, limit: int) -> list[AspectCount]:
        """Return the aspects that more reviews blame than praise, first those with the largest balance."""
        found = [
            count for count in self._counts.values() if count.reviews >= least_reviews and count.balance < 0
        ]
        return sorted(found, key=lambda count: (count.balance, -count.blamed, count.aspect))[:limit]


def beside_category(product: AspectTally, category: AspectTally) -> list[tuple[AspectCount, AspectCount]]:
    """Return a product's counts of enough reviews, most reviews first, each with that of its category."""
    enough = [count for count in product.counts() if count.reviews >= LEAST_OF_PRODUCT]
    ordered = sorted(enough, key=lambda count: (-count.reviews, count.aspect))
    return [(count, category.count(count.aspect)) for count in ordered]


def _verdict(aspect: str, scores: list[SentimentScores]) -> AspectCount:
    means = {name: fmean(getattr(each, name) for each in scores) for name in SentimentScores.model_fields}
    label = label_of(SentimentScores(**means))
    return AspectCount(
        aspect,
        praised=int(label is Sentiment.POSITIVE),
        blamed=int(label is Sentiment.NEGATIVE),
        neutral=int(label not in (Sentiment.POSITIVE, Sentiment.NEGATIVE)),
    )
