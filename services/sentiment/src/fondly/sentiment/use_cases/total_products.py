"""Adds up what is known of a scored run's products and announces the run as scored."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from fondly.contracts import object_keys
from fondly.contracts.clock import utc_now
from fondly.contracts.counts import Counted
from fondly.contracts.events import SentimentScored
from fondly.contracts.records import (
    CategorySentiment,
    Opinion,
    Product,
    ProductSentiment,
    ScoredReview,
    SentimentSummary,
)
from fondly.runtime.batches import batches
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Announcer, Items, Objects
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.stage import PartResult, Stage
from fondly.sentiment.domain.quotes import BestQuotes, Candidate
from fondly.sentiment.domain.totals import CategoryTally, RunTally, product_sentiment

PARALLEL = 16
LANGUAGE = "language_"
TOTALS = "totals"
log = get_logger()

Counts = Counter[str]
"""The stage's counts, summed over its reports."""


@dataclass(frozen=True, kw_only=True)
class TotalProducts:
    """Closes the stage of a run of which every part is scored."""

    objects: Objects
    opinions: Items
    product_sentiments: Items
    stage: Stage
    ledger: Ledger
    announcer: Announcer

    async def run(self, run_id: str, *, parts: int) -> None:
        """Store the totals of products, categories and run, then announce that every part has been scored."""
        started_at = utc_now()
        catalogue = await self.objects.get_lines(object_keys.products(run_id), Product)
        products = await self._total_catalogue(run_id, catalogue)
        await self._choose_quotes(run_id, parts, catalogue)
        counts = Counter[str]()
        for report in await self.ledger.reports(run_id):
            counts.update(report.counts if report.stage is StageName.SENTIMENT else {})
        summary = await self._summarise(run_id, parts, counts)
        units = {"dynamodb.reads": len(products), "dynamodb.writes": len(products), "s3.puts": 4}
        await self.stage.record(run_id, TOTALS, started_at, PartResult(units=units))
        scored = SentimentScored(parts=parts, reviews=counts[Counted.REVIEWS_SCORED], summary=summary)
        await self.announcer.announce(run_id, scored)
        log.info("run_scored", products=len(products))

    async def _total_catalogue(self, run_id: str, catalogue: Iterable[Product]) -> list[ProductSentiment]:
        """Count all opinions known of the run's products, whichever run they came with."""
        products: list[ProductSentiment] = []
        categories: list[CategorySentiment] = []
        in_order = sorted(catalogue, key=lambda product: (product.category, product.product_id))
        for category, same in groupby(in_order, key=lambda product: product.category):
            tally = CategoryTally()
            async for product, opinions in self._known(same):
                products.append(product_sentiment(product.product_id, opinions))
                tally.add(opinions)
            categories.append(tally.total(category))
        categories = [one for one in categories if one.category and one.scored]
        await self.objects.put_lines(object_keys.product_sentiment(run_id), products)
        await self.objects.put_lines(object_keys.category_sentiment(run_id), categories)
        await self.product_sentiments.put_all(
            [{**product.model_dump(), "run_id": run_id} for product in products]
        )
        return products

    async def _choose_quotes(self, run_id: str, parts: int, catalogue: Iterable[Product]) -> None:
        best = BestQuotes({product.product_id: product for product in catalogue})
        for take in (best.add, best.compare):
            for part in range(1, parts + 1):
                found = await self.objects.find_lines(object_keys.quote_candidates(run_id, part), Candidate)
                await asyncio.to_thread(take, found)
        await self.objects.put_lines(object_keys.quotes(run_id), list(best.chosen()))

    async def _known(self, products: Iterable[Product]) -> AsyncIterator[tuple[Product, Sequence[Opinion]]]:
        """Yield the products that somebody wrote about, with the opinions on them."""
        for some in batches(products, PARALLEL):
            found = await asyncio.gather(*(self._opinions(product.product_id) for product in some))
            for product, opinions in zip(some, found, strict=True):
                if opinions:
                    yield product, opinions

    async def _opinions(self, product_id: str) -> list[Opinion]:
        found = await self.opinions.get_group("product_id", product_id)
        return [Opinion.model_validate(item) for item in found]

    async def _summarise(self, run_id: str, parts: int, counts: Counts) -> SentimentSummary:
        tally, left_out = RunTally(), counts[Counted.REVIEWS_LEFT_OUT]
        texts = counts[Counted.SHARED_TEXTS_SCORED] + counts[Counted.SHARED_TEXTS_UNSCORED] - left_out
        empty = -left_out
        for part in range(1, parts + 1):
            reviews = await self.objects.get_lines(object_keys.sentiment(run_id, part), ScoredReview)
            shared = await self.objects.find_lines(object_keys.shared_opinions(run_id, part), Opinion)
            texts += len(reviews)
            empty += sum(review.sentiment is None and review.error is None for review in reviews)
            for review in reviews:
                tally.add(review.sentiment, review.aspects)
            for opinion in shared:
                tally.add(opinion.sentiment, opinion.aspects)
        summary = tally.summary(texts=texts, empty=empty, left_out=left_out, languages=_languages(counts))
        body = summary.model_dump_json(exclude_none=True).encode()
        await self.objects.put(object_keys.sentiment_summary(run_id), body, content_type="application/json")
        return summary


def _languages(counts: Counts) -> dict[str, int]:
    return {
        name.removeprefix(LANGUAGE): amount for name, amount in counts.items() if name.startswith(LANGUAGE)
    }
