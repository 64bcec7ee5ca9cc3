"""A customer's review as the gallery shows it, with what it praises and blames marked in its text."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fondly.contracts.records import AspectMention, Review, ScoredReview, Sentiment
from fondly.stack.gallery.model import GalleryReview, Piece

MARKED = frozenset({Sentiment.POSITIVE, Sentiment.NEGATIVE})
SCORE_DIGITS = 3


def gallery_review(
    review: Review, scored: ScoredReview | None, product: str, category: str = ""
) -> GalleryReview:
    """Join a review with its score, if it has one; `product` and `category` are the product's names."""
    unscored = GalleryReview(
        review_id=review.review_id,
        product=product,
        category=category,
        pieces=tuple(pieces(review.document, scored.aspects if scored else ())),
    )
    if scored is None:
        return unscored
    return replace(
        unscored,
        label=scored.sentiment,
        scores=_scores(scored),
        language=scored.language,
        error=scored.error,
        praised=_aspects(scored, Sentiment.POSITIVE),
        blamed=_aspects(scored, Sentiment.NEGATIVE),
    )


def pieces(document: str, aspects: Sequence[AspectMention]) -> Iterator[Piece]:
    """Divide a document, whole, by its mentions in code points; those within others are not marked."""
    done = 0
    for each in sorted(aspects, key=lambda mention: (mention.begin, -mention.end)):
        if each.sentiment not in MARKED or not done <= each.begin < each.end <= len(document):
            continue
        if each.begin > done:
            yield Piece(document[done : each.begin])
        yield Piece(document[each.begin : each.end], each.aspect, each.sentiment)
        done = each.end
    if done < len(document):
        yield Piece(document[done:])


def _aspects(scored: ScoredReview, sentiment: Sentiment) -> tuple[str, ...]:
    return tuple(each.aspect for each in scored.aspects if each.sentiment is sentiment)


def _scores(scored: ScoredReview) -> dict[str, float]:
    scores = scored.scores.model_dump() if scored.scores else {}
    return {label: round(score, SCORE_DIGITS) for label, score in scores.items()}
