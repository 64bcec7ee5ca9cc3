"""`data-ingested` → scores stored → `sentiment-scored` once the run's last part is done."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from encore.contracts import object_keys
from encore.contracts.events import DataIngested, Event, SentimentScored, parse_event
from encore.contracts.records import Customer, Review, ScoredReview
from encore.runtime.batches import batches
from encore.runtime.logs import bind_event, get_logger
from encore.runtime.ports import Announcer, Claiming, Items, Objects, PaidResults, RunLedger
from encore.runtime.queue.message import Message
from encore.runtime.runs.run import PartReport, StageName, part_name
from encore.runtime.runs.stage import PartStage
from encore.runtime.runs.totals import total
from encore.sentiment.domain.documents import Document, documents
from encore.sentiment.domain.scores import ProductTally, Score, read_score, scored_reviews, write_score
from encore.sentiment.ports import Scorer
from encore.sentiment.use_cases.report_part import part_report

PARALLEL_PARTS = 16
log = get_logger()


class SentimentHandler:
    """Scores a part's reviews; what was paid for once is not paid for again."""

    def __init__(
        self,
        *,
        ledger: RunLedger,
        locks: Claiming,
        journal: PaidResults,
        objects: Objects,
        reviews: Items,
        product_sentiments: Items,
        announcer: Announcer,
        scorer: Scorer,
    ) -> None:
        self._ledger = ledger
        self._stage = PartStage(StageName.SENTIMENT, ledger=ledger, locks=locks)
        self._journal = journal
        self._objects = objects
        self._reviews = reviews
        self._product_sentiments = product_sentiments
        self._announcer = announcer
        self._scorer = scorer

    async def __call__(self, message: Message) -> None:
        """Handle one `data-ingested` event."""
        event = parse_event(message.body, DataIngested)
        bind_event(run_id=event.run_id, event_id=event.id, part=event.data.part)
        await self._stage.pass_part(
            event.run_id,
            event.data.part,
            holder=message.message_id,
            work=lambda: self._score_part(event),
            announce=lambda: self._announce(event),
        )

    async def _score_part(self, event: Event[DataIngested]) -> PartReport:
        started_at = datetime.now(UTC)
        run_id, part = event.run_id, event.data.part
        customers = await self._objects.get_lines(event.data.key, Customer)
        texts = documents(customers)
        scored = scored_reviews(customers, await self._scores(run_id, part, texts))
        await self._objects.put_lines(object_keys.sentiment(run_id, part), scored)
        await self._reviews.put_all(_items(run_id, customers, scored))
        log.info("part_scored", reviews=len(scored), documents=len(texts))
        return part_report(part, started_at, texts, scored)

    async def _scores(self, run_id: str, part: int, texts: Sequence[Document]) -> dict[str, Score]:
        """Have scored what no earlier delivery got a score for; keep each call's scores as they arrive."""
        where = (run_id, StageName.SENTIMENT, part_name(part))
        scores = {unit: read_score(text) for unit, text in (await self._journal.kept(*where)).items()}

        async def keep(found: Mapping[str, Score]) -> None:
            await self._journal.keep(*where, {unit: write_score(score) for unit, score in found.items()})
            scores.update(found)

        if scores:
            log.info("scores_found", documents=len(scores))
        await self._scorer.score([text for text in texts if text.review_id not in scores], keep=keep)
        return scores

    async def _announce(self, event: Event[DataIngested]) -> None:
        """Store the run's product aggregates, then say that every part has been scored."""
        run_id, parts = event.run_id, event.data.parts
        tally = ProductTally()
        for numbers in batches(range(1, parts + 1), PARALLEL_PARTS):
            for part_scores in await asyncio.gather(*(self._scored(run_id, part) for part in numbers)):
                tally.add(part_scores)
        products = tally.products()
        await self._objects.put_lines(object_keys.product_sentiment(run_id), products)
        await self._product_sentiments.put_all(
            [{**product.model_dump(), "run_id": run_id} for product in products]
        )
        totals = total(await self._ledger.reports(run_id))
        scored = SentimentScored(parts=parts, reviews=totals.counts.get("reviews_scored", 0))
        await self._announcer.announce(run_id, scored, cause=scored.cause)
        log.info("run_scored", products=len(products))

    async def _scored(self, run_id: str, part: int) -> list[ScoredReview]:
        return await self._objects.get_lines(object_keys.sentiment(run_id, part), ScoredReview)


def _items(
    run_id: str, customers: Sequence[Customer], scored: Sequence[ScoredReview]
) -> list[dict[str, Any]]:
    """The reviews as they rest in DynamoDB, now with their scores."""
    reviews: dict[str, Review] = {
        review.review_id: review for customer in customers for review in customer.reviews
    }
    return [
        {**reviews[score.review_id].model_dump(), **score.model_dump(), "run_id": run_id}
        for score in {score.review_id: score for score in scored}.values()
    ]
