"""What a run's customers wrote, and what their reviews were scored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.records import AspectMention, Customer, Review, ScoredReview, Sentiment
from fondly.operations.emails.catalogue import lines_with, product_names
from fondly.operations.emails.shown import Piece, ShownReview
from fondly.runtime.ports import Objects

UNKNOWN_PRODUCT = "a product that is not in the catalogue"


@dataclass(frozen=True)
class RunReviews:
    """A run's reviews; what a failed run has not stored counts as empty."""

    objects: Objects
    run_id: str
    products: Mapping[str, str]
    """The names of products by id."""

    @classmethod
    async def of(cls, objects: Objects, run_id: str) -> "RunReviews":
        """Read the names of the run's products."""
        return cls(objects, run_id, await product_names(objects, run_id))

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
        names = (self.products[each] for each in review.product_ids if each in self.products)
        return shown_review(review, scored, next(names, UNKNOWN_PRODUCT))


MARKED = frozenset({Sentiment.POSITIVE, Sentiment.NEGATIVE})


def shown_review(review: Review, scored: ScoredReview | None, product: str) -> ShownReview:
    """Join a review with its score, if it has one; `product` is the product's name."""
    return ShownReview(
        review_id=review.review_id,
        product=product,
        pieces=tuple(pieces(review.document, scored.aspects if scored else ())),
        label=scored.sentiment if scored else None,
        language=scored.language if scored else None,
        error=scored.error if scored else None,
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
