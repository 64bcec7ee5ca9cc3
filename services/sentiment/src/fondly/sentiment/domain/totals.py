"""Counts opinions: by label and by aspect, for products, categories and the whole run."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from fondly.contracts.records import (
    AspectCount,
    AspectMention,
    CategorySentiment,
    Opinion,
    ProductSentiment,
    Sentiment,
    SentimentSummary,
)

PRODUCT_MENTIONS = 2
"""From so many texts on, an aspect of a product is worth telling."""
CATEGORY_MENTIONS = 5
"""The same for a category, and for a small run."""
RUN_SHARE = 0.002
"""The same for a large run, as a share of its scored texts."""
LISTED = 5
Z_95 = 1.96


class AspectTally:
    """How many texts praise and blame each aspect; each text counts once for an aspect."""

    def __init__(self) -> None:
        self._said: Counter[tuple[str, Sentiment]] = Counter()

    def add(self, mentions: Iterable[AspectMention]) -> None:
        """Add what one text says: at most one mention of each aspect."""
        self._said.update((mention.aspect, mention.sentiment) for mention in mentions)

    def counts(self, *, at_least: int) -> tuple[AspectCount, ...]:
        """Return the aspects with enough mentions, most mentioned first."""
        found = [
            AspectCount(
                aspect=aspect,
                praised=self._said[aspect, Sentiment.POSITIVE],
                blamed=self._said[aspect, Sentiment.NEGATIVE],
                neutral=self._said[aspect, Sentiment.NEUTRAL] + self._said[aspect, Sentiment.MIXED],
            )
            for aspect in {aspect for aspect, _ in self._said}
        ]
        enough = [count for count in found if count.mentions >= at_least]
        return tuple(sorted(enough, key=lambda count: (-count.mentions, count.aspect)))


def product_sentiment(product_id: str, opinions: Sequence[Opinion]) -> ProductSentiment:
    """Return what all known opinions on a product come to."""
    labels = Counter(opinion.sentiment for opinion in opinions)
    aspects = AspectTally()
    for opinion in opinions:
        aspects.add(opinion.aspects)
    return ProductSentiment(
        product_id=product_id,
        positive=labels[Sentiment.POSITIVE],
        negative=labels[Sentiment.NEGATIVE],
        neutral=labels[Sentiment.NEUTRAL],
        mixed=labels[Sentiment.MIXED],
        polarity=round(math.fsum(one.polarity for one in opinions) / len(opinions), 4) if opinions else 0.0,
        aspects=aspects.counts(at_least=PRODUCT_MENTIONS),
    )


class CategoryTally:
    """What is said about the products of one category; a text about several of them counts once."""

    def __init__(self) -> None:
        self._products = 0
        self._aspects = AspectTally()
        self._counted: set[str] = set()

    def add(self, opinions: Iterable[Opinion]) -> None:
        """Add the opinions on one product."""
        self._products += 1
        for opinion in opinions:
            if opinion.opinion_id not in self._counted:
                self._counted.add(opinion.opinion_id)
                self._aspects.add(opinion.aspects)

    def total(self, category: tuple[str, ...]) -> CategorySentiment:
        """Return what was added, under the category's path."""
        return CategorySentiment(
            category=category,
            products=self._products,
            scored=len(self._counted),
            aspects=self._aspects.counts(at_least=CATEGORY_MENTIONS),
        )


class RunTally:
    """What the texts of one run say."""

    def __init__(self) -> None:
        self._labels: Counter[Sentiment] = Counter()
        self._aspects = AspectTally()

    def add(self, sentiment: Sentiment | None, mentions: Iterable[AspectMention]) -> None:
        """Add one text; without a sentiment it could not be scored."""
        if sentiment is not None:
            self._labels[sentiment] += 1
            self._aspects.add(mentions)

    def summary(
        self, *, texts: int, empty: int, languages: Mapping[str, int], left_out: int = 0
    ) -> SentimentSummary:
        """Return the summary of so many texts, some without words; `left_out` are others that nobody read."""
        scored = self._labels.total()
        aspects = self._aspects.counts(at_least=max(CATEGORY_MENTIONS, round(RUN_SHARE * scored)))
        return SentimentSummary(
            texts=texts,
            scored=scored,
            empty=empty,
            left_out=left_out,
            labels={label: self._labels[label] for label in Sentiment},
            languages=dict(sorted(languages.items(), key=lambda one: (-one[1], one[0]))),
            praised=_foremost((count.praised / count.mentions, count) for count in aspects),
            blamed=_foremost((count.blamed / count.mentions, count) for count in aspects),
        )


def _foremost(shares: Iterable[tuple[float, AspectCount]]) -> tuple[AspectCount, ...]:
    """Return the aspects of which a large share of mentions says so, among many mentions, first.

    They are ordered by the lower end of the share's 95 % interval (E. B. Wilson, JASA 22, 1927), so that two
    mentions of two do not come before ninety of a hundred.
    """
    ranked = sorted(
        ((_lowest(share, count.mentions), count) for share, count in shares if share > 0),
        key=lambda one: (-one[0], one[1].aspect),
    )
    return tuple(count for _, count in ranked[:LISTED])


def _lowest(share: float, mentions: int) -> float:
    spread = Z_95 * math.sqrt((share * (1 - share) + Z_95**2 / (4 * mentions)) / mentions)
    return (share + Z_95**2 / (2 * mentions) - spread) / (1 + Z_95**2 / mentions)
