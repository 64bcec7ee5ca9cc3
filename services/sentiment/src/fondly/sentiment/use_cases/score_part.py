"""Scores a part: its customers' reviews, and its texts of which only the product is known."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fondly.contracts import object_keys
from fondly.contracts.consent import ENTRIES_PER_CUSTOMER
from fondly.contracts.counts import Counted
from fondly.contracts.records import Customer, Opinion, Review, ScoredReview, SharedText
from fondly.runtime.consent import suppressed
from fondly.runtime.dynamodb_types import write_units
from fondly.runtime.ports import Items, Objects
from fondly.runtime.runs.stage import PartResult
from fondly.sentiment.domain.bill import Bill, part_payer
from fondly.sentiment.domain.documents import documents
from fondly.sentiment.domain.quotes import candidates
from fondly.sentiment.domain.readings import not_read, review_opinions, scored_reviews, shared_opinions
from fondly.sentiment.use_cases.read_documents import ReadDocuments


@dataclass(frozen=True, kw_only=True)
class ScorePart:
    """Reads a part, scores its texts, stores the scores with the reviews and the opinions by product."""

    objects: Objects
    reviews: Items
    opinions: Items
    read_documents: ReadDocuments
    suppressions: Items
    """Who must not be written to, in all runs."""
    scores_all: bool = False
    """Whether everybody's reviews are asked about: they are opinions on products, too."""

    async def run(self, run_id: str, part: int) -> PartResult:
        """Score a stored part; return what it came to and cost over all attempts."""
        customers = await self.objects.get_lines(object_keys.customers(run_id, part), Customer)
        shared = await self.objects.find_lines(object_keys.shared_texts(run_id, part), SharedText)
        bill = Bill(part_payer(run_id, part))
        left_out = await self._left_out(customers)
        asked = documents(customers, shared, left_out=left_out)
        readings = await self.read_documents.run(run_id, asked, bill)
        others = documents(one for one in customers if one.customer_id in left_out)
        # What was paid for before they were left out is known all the same.
        new = [one for one in others if one.words not in readings]
        if new:
            readings |= await self.read_documents.known(run_id, new, bill)
        scored, apart = scored_reviews(customers, readings), shared_opinions(shared, readings)
        await self.objects.put_lines(object_keys.sentiment(run_id, part), scored)
        quotable = await asyncio.to_thread(lambda: list(candidates(customers, shared, readings)))
        await self.objects.put_lines(object_keys.quote_candidates(run_id, part), quotable)
        if shared:
            await self.objects.put_lines(object_keys.shared_opinions(run_id, part), apart)
        items = _review_items(run_id, customers, scored)
        opinions = [
            opinion.model_dump()
            for opinion in {
                (one.product_id, one.opinion_id): one for one in (*review_opinions(scored), *apart)
            }.values()
        ]
        await self.reviews.put_all(items)
        await self.opinions.put_all(opinions)
        writes = write_units(items) + write_units(opinions)
        looked_up = ENTRIES_PER_CUSTOMER * len(self._looked_up(customers))
        bill.units["dynamodb.reads"] += looked_up
        bill.units.update({"dynamodb.writes": writes, "s3.puts": 2 + bool(shared)})
        bill.counts.update(_counts(scored, len(shared), apart, not_asked=not_read(customers, readings)))
        return PartResult(counts=bill.counts, units=bill.units)

    async def _left_out(self, customers: Sequence[Customer]) -> set[str]:
        """Return the ids of those who get no email; nothing may be paid for on their account."""
        if self.scores_all:
            return set()
        excluded = {one.customer_id for one in customers if one.exclusion is not None}
        people = [(one.customer_id, one.email) for one in self._looked_up(customers)]
        return excluded | await suppressed(self.suppressions, people)

    def _looked_up(self, customers: Sequence[Customer]) -> list[Customer]:
        """Return those whom the table is asked about: who has written something and is not excluded."""
        if self.scores_all:
            return []
        return [one for one in customers if one.exclusion is None and one.reviews]


def _review_items(
    run_id: str, customers: Iterable[Customer], scored: Iterable[ScoredReview]
) -> list[dict[str, Any]]:
    """The reviews with their scores, as DynamoDB stores them."""
    reviews: dict[str, Review] = {
        review.review_id: review for customer in customers for review in customer.reviews
    }
    return [
        {**reviews[score.review_id].model_dump(), **score.model_dump(), "run_id": run_id}
        for score in {score.review_id: score for score in scored}.values()
    ]


def _counts(
    scored: Sequence[ScoredReview], shared: int, apart: Sequence[Opinion], *, not_asked: int
) -> Counter[str]:
    of_reviews = [review.sentiment for review in scored if review.sentiment is not None]
    labels = [*of_reviews, *(opinion.sentiment for opinion in apart)]
    counts = Counter(f"texts_{sentiment.lower()}" for sentiment in labels)
    counts[Counted.REVIEWS_SCORED] = len(of_reviews)
    counts[Counted.REVIEWS_UNSCORED] = len(scored) - len(of_reviews) - not_asked
    counts[Counted.REVIEWS_LEFT_OUT] = not_asked
    counts[Counted.SHARED_TEXTS_SCORED] = len(apart)
    counts[Counted.SHARED_TEXTS_UNSCORED] = shared - len(apart)
    return counts
