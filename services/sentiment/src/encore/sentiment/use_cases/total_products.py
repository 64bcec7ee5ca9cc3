"""Adds up a scored run by product and announces it as scored."""

import asyncio
from dataclasses import dataclass

from encore.contracts import object_keys
from encore.contracts.events import SentimentScored
from encore.contracts.records import ScoredReview
from encore.runtime.batches import batches
from encore.runtime.logs import get_logger
from encore.runtime.ports import Announcer, Items, Objects
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.totals import total
from encore.sentiment.domain.scores import ProductTally

PARALLEL_PARTS = 16
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class TotalProducts:
    """Closes the stage of a run of which every part is scored."""

    objects: Objects
    product_sentiments: Items
    ledger: Ledger
    announcer: Announcer

    async def run(self, run_id: str, *, parts: int) -> None:
        """Store the run's totals by product, then announce that every part has been scored."""
        tally = ProductTally()
        for numbers in batches(range(1, parts + 1), PARALLEL_PARTS):
            for part_scores in await asyncio.gather(*(self._scored(run_id, part) for part in numbers)):
                tally.add(part_scores)
        products = tally.products()
        await self.objects.put_lines(object_keys.product_sentiment(run_id), products)
        await self.product_sentiments.put_all(
            [{**product.model_dump(), "run_id": run_id} for product in products]
        )
        counts = total(await self.ledger.reports(run_id)).counts
        scored = SentimentScored(parts=parts, reviews=counts.get("reviews_scored", 0))
        await self.announcer.announce(run_id, scored)
        log.info("run_scored", products=len(products))

    async def _scored(self, run_id: str, part: int) -> list[ScoredReview]:
        return await self.objects.get_lines(object_keys.sentiment(run_id, part), ScoredReview)
