"""`data-ingested` → scores stored → `sentiment-scored` once the run's last part is done."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

from sentiment.domain.documents import Document, documents
from sentiment.domain.scores import ProductTally, Score, scored_reviews
from shared import layout
from shared.batches import batches
from shared.bus import Message
from shared.events import DataIngested, Event, SentimentScored, parse_event
from shared.ledger import PartReport, Progress, Stage, total
from shared.models import Customer, Review, ScoredReview
from shared.ports import Announcer, Items, Objects, RunLedger
from shared.telemetry import bind_event, get_logger

PARTS_AT_A_TIME = 16
REQUESTS_A_MESSAGE = 2
log = get_logger()


class Scorer(Protocol):
    """What gives documents their scores; see `sentiment.adapters.comprehend`."""

    async def score(self, documents: Sequence[Document]) -> dict[str, Score]: ...  # noqa: D102


class SentimentHandler:
    """Scores a part's reviews; a part already scored is not paid for again."""

    def __init__(
        self,
        *,
        ledger: RunLedger,
        objects: Objects,
        reviews: Items,
        product_sentiments: Items,
        announcer: Announcer,
        scorer: Scorer,
    ) -> None:
        self._ledger = ledger
        self._objects = objects
        self._reviews = reviews
        self._product_sentiments = product_sentiments
        self._announcer = announcer
        self._scorer = scorer

    async def __call__(self, message: Message) -> None:
        """Handle one `data-ingested` event."""
        event = parse_event(message.body, DataIngested)
        part = event.data.part
        bind_event(run_id=event.run_id, event_id=event.id, part=part)
        run = await self._ledger.run(event.run_id)
        if not run.is_open:
            log.info("run_already_ended", status=run.status)
            return
        if part in run.stage(Stage.SENTIMENT).done:
            progress = Progress(run=run, stage=Stage.SENTIMENT)
        else:
            progress = await self._score_part(event)
        await self._ledger.close_stage(progress, cause=f"part-{part}", announce=lambda: self._announce(event))

    async def _score_part(self, event: Event[DataIngested]) -> Progress:
        started_at = datetime.now(UTC)
        run_id, part = event.run_id, event.data.part
        customers = await self._objects.get_lines(event.data.key, Customer)
        texts = documents(customers)
        scores = await self._scorer.score(texts)
        scored = scored_reviews(customers, scores)
        await self._objects.put_lines(layout.sentiment(run_id, part), scored)
        await self._reviews.put_all(_items(run_id, customers, scored))
        progress = await self._ledger.finish_part(run_id, part, _report(part, started_at, texts, scored))
        log.info("part_scored", reviews=len(scored), documents=len(texts))
        return progress

    async def _announce(self, event: Event[DataIngested]) -> None:
        """Store the run's product aggregates, then say that every part has been scored."""
        run_id, parts = event.run_id, event.data.parts
        tally = ProductTally()
        for numbers in batches(range(1, parts + 1), PARTS_AT_A_TIME):
            for part_scores in await asyncio.gather(*(self._scored(run_id, part) for part in numbers)):
                tally.add(part_scores)
        products = tally.products()
        await self._objects.put_lines(layout.product_sentiment(run_id), products)
        await self._product_sentiments.put_all(
            [{**product.model_dump(), "run_id": run_id} for product in products]
        )
        totals = total(await self._ledger.reports(run_id))
        scored = SentimentScored(parts=parts, reviews=totals.counts.get("reviews_scored", 0))
        await self._announcer.announce(run_id, scored, cause=scored.cause)
        log.info("run_scored", products=len(products))

    async def _scored(self, run_id: str, part: int) -> list[ScoredReview]:
        return await self._objects.get_lines(layout.sentiment(run_id, part), ScoredReview)


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


def _report(
    part: int,
    started_at: datetime,
    texts: Sequence[Document],
    scored: Sequence[ScoredReview],
) -> PartReport:
    done = sum(review.sentiment is not None for review in scored)
    return PartReport(
        stage=Stage.SENTIMENT,
        name=f"part-{part:05}",
        started_at=started_at,
        finished_at=datetime.now(UTC),
        counts={
            "reviews_scored": done,
            "reviews_unscored": len(scored) - done,
            "texts_cut": sum(text.cut for text in texts),
        },
        units={
            "comprehend.units": Decimal(sum(text.units for text in texts)),
            "dynamodb.writes": Decimal(len(scored)),
            "s3.puts": Decimal(1),
            "sqs.requests": Decimal(REQUESTS_A_MESSAGE),
        },
    )
