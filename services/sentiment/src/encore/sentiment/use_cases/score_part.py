"""Scores a part's reviews, paying Comprehend for each text once however often the part is repeated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from encore.contracts import object_keys
from encore.contracts.records import Customer, Review, ScoredReview
from encore.runtime.logs import get_logger
from encore.runtime.ports import Items, Objects
from encore.runtime.runs.paid_results import PaidResults
from encore.runtime.runs.run import StageName, part_name
from encore.runtime.runs.stage import PartResult
from encore.sentiment.domain.documents import Document, documents
from encore.sentiment.domain.scores import Score, read_score, scored_reviews, write_score
from encore.sentiment.ports import Scorer

DOCUMENTS_PER_CALL = 25
WRITES_PER_CALL = 5
"""Units that the scores of a full call take: about 170 bytes a document."""
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class ScorePart:
    """Reads a part, scores its texts, stores the scores with the reviews."""

    objects: Objects
    reviews: Items
    paid_results: PaidResults
    scorer: Scorer

    async def run(self, run_id: str, part: int, *, key: str) -> PartResult:
        """Score the customers stored under `key`; return what it came to and cost over all deliveries."""
        customers = await self.objects.get_lines(key, Customer)
        texts = documents(customers)
        scored = scored_reviews(customers, await self._scores(run_id, part, texts))
        await self.objects.put_lines(object_keys.sentiment(run_id, part), scored)
        await self.reviews.put_all(_items(run_id, customers, scored))
        return _result(texts, scored)

    async def _scores(self, run_id: str, part: int, texts: Sequence[Document]) -> dict[str, Score]:
        """Score what no earlier delivery has paid for, and keep each call's scores as they arrive."""
        where = (run_id, StageName.SENTIMENT, part_name(part))
        scores = {unit: read_score(text) for unit, text in (await self.paid_results.kept(*where)).items()}

        async def keep(found: Mapping[str, Score]) -> None:
            written = {unit: write_score(score) for unit, score in found.items()}
            await self.paid_results.keep(*where, written)
            scores.update(found)

        if scores:
            log.info("scores_found", documents=len(scores))
        await self.scorer.score([text for text in texts if text.review_id not in scores], keep=keep)
        return scores


def _items(
    run_id: str, customers: Sequence[Customer], scored: Sequence[ScoredReview]
) -> list[dict[str, Any]]:
    """The reviews with their scores, as DynamoDB stores them."""
    reviews: dict[str, Review] = {
        review.review_id: review for customer in customers for review in customer.reviews
    }
    return [
        {**reviews[score.review_id].model_dump(), **score.model_dump(), "run_id": run_id}
        for score in {score.review_id: score for score in scored}.values()
    ]


def _result(texts: Sequence[Document], scored: Sequence[ScoredReview]) -> PartResult:
    labelled = sum(review.sentiment is not None for review in scored)
    calls = -(-len(texts) // DOCUMENTS_PER_CALL)
    return PartResult(
        counts={
            "reviews_scored": labelled,
            "reviews_unscored": len(scored) - labelled,
            "texts_cut": sum(text.cut for text in texts),
        },
        units={
            "comprehend.units": sum(text.units for text in texts),
            "dynamodb.reads": 1,  # the scores of earlier deliveries
            "dynamodb.writes": len(scored) + calls * WRITES_PER_CALL,
            "s3.puts": 1,
        },
    )
