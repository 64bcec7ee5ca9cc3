"""What a run's customers wrote, and what their reviews were scored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.records import (
    AspectMention,
    Customer,
    Review,
    ScoredReview,
    Sentiment,
)
from fondly.operations.emails.catalogue import CatalogueEntry, catalogue_entries, lines_with
from fondly.operations.emails.shown import Piece, ShownReview
from fondly.runtime.ports import Objects

UNKNOWN_PRODUCT = "a product that is not in the catalogue"


@dataclass(frozen=True)
class RunReviews:
    """A run's reviews; what a failed run has not stored counts as empty."""

    objects: Objects
    run_id: str
    products: dict[str, CatalogueEntry]

    @classmethod
    async def of(cls, objects: Objects, run_id: str) -> "RunReviews":
        """Read the run's catalogue."""
        return cls(objects, run_id, await catalogue_entries(objects, run_id))

    async def of_part(self, part: int) -> dict[str, tuple[ShownReview, ...]]:
        """Return the reviews of a part's customers, by customer id."""
        customers = await self.objects.find_lines(object_keys.customers(self.run_id, part), Customer)
        scored = await self.objects.find_lines(object_keys.sentiment(self.run_id, part), ScoredReview)
        scores = {each.review_id: each for each in scored}
        return {each.customer_id: self._joined(each, scores) for each in customers}

    async def of_customer(self, part: int, customer_id: str) -> tuple[ShownReview, ...]:
        """Return the reviews of one of a part's customers."""
        asked, customers = ("customer_id", customer_id), object_keys.customers(self.run_id, part)
        scored = lines_with(self.objects, object_keys.sentiment(self.run_id, part), ScoredReview, *asked)
        scores = {each.review_id: each async for each in scored}
        async for customer in lines_with(self.objects, customers, Customer, *asked):
            return self._joined(customer, scores)
        return ()

    def _joined(self, customer: Customer, scores: Mapping[str, ScoredReview]) -> tuple[ShownReview, ...]:
        return tuple(self._review(each, scores.get(each.review_id)) for each in customer.reviews)

    def _review(self, review: Review, scored: ScoredReview | None) -> ShownReview:
        """The review of a product, which may be listed under several ids; the first that is known counts."""
        product = next((found for each in review.product_ids if (found := self.products.get(each))), None)
        if product is None:
            return shown_review(review, scored, UNKNOWN_PRODUCT)
        return shown_review(review, scored, product.name, "".join(product.category[-1:]))


MARKED = frozenset({Sentiment.POSITIVE, Sentiment.NEGATIVE})
SCORE_DIGITS = 3


def shown_review(
    review: Review, scored: ScoredReview | None, product: str, category: str = ""
) -> ShownReview:
    """Join a review with its score, if it has one; `product` and `category` are the product's names."""
    aspects = scored.aspects if scored else ()
    return ShownReview(
        review_id=review.review_id,
        product=product,
        category=category,
        pieces=tuple(pieces(review.document, aspects)),
        label=scored.sentiment if scored else None,
        scores=_scores(scored) if scored else {},
        language=scored.language if scored else None,
        error=scored.error if scored else None,
        praised=tuple(each.aspect for each in aspects if each.sentiment is Sentiment.POSITIVE),
        blamed=tuple(each.aspect for each in aspects if each.sentiment is Sentiment.NEGATIVE),
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


def _scores(scored: ScoredReview) -> dict[str, float]:
    scores = scored.scores.model_dump() if scored.scores else {}
    return {label: round(score, SCORE_DIGITS) for label, score in scores.items()}
