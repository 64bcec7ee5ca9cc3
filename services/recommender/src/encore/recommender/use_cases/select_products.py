"""Turns rankings into five products a customer, part by part, and announces each part."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from encore.contracts import object_keys
from encore.contracts.events import RecommendationsReady
from encore.contracts.records import (
    Customer,
    Product,
    ProductSentiment,
    Recommendation,
    RecommendationSource,
    ScoredReview,
)
from encore.recommender.domain import personalize_keys as files
from encore.recommender.domain.batch import ranked_items
from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.csv_files import is_fit_id
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.picks import PICKS, pick
from encore.recommender.domain.preferences import Scores, scores_by_review
from encore.recommender.domain.preferences import preferences_of as opinions_of
from encore.runtime.logs import get_logger
from encore.runtime.metrics import emit_ai_units
from encore.runtime.ports import Announcer, Items, Objects, RunLedger
from encore.runtime.runs.run import PartReport, Run, StageName

log = get_logger()
Rankings = Mapping[str, Sequence[str]]


class Selection:
    """Writes every part's recommendations that the ledger does not yet know as done."""

    def __init__(
        self, *, ledger: RunLedger, objects: Objects, recommendations: Items, announcer: Announcer
    ) -> None:
        self._ledger = ledger
        self._objects = objects
        self._recommendations = recommendations
        self._announcer = announcer

    async def run(self, run: Run, *, personalized: bool) -> None:
        """Finish the run's remaining parts; without Personalize's results by popularity alone."""
        parts = range(1, (run.parts or 0) + 1)
        remaining = [part for part in parts if part not in run.stage(StageName.RECOMMENDER).done]
        if not remaining:
            return
        catalogue = await self._catalogue(run.run_id, parts)
        for part in remaining:
            await self._part(run, part, catalogue, personalized=personalized)

    async def _catalogue(self, run_id: str, parts: Sequence[int]) -> Catalogue:
        products = await self._objects.get_lines(object_keys.products(run_id), Product)
        sentiments = await self._objects.get_lines(object_keys.product_sentiment(run_id), ProductSentiment)
        shared = SharedReviews()
        for part in parts:
            shared.add(await self._objects.get_lines(object_keys.customers(run_id, part), Customer))
        return await asyncio.to_thread(Catalogue, products, sentiments, shared)

    async def _part(self, run: Run, part: int, catalogue: Catalogue, *, personalized: bool) -> None:
        started_at = datetime.now(UTC)
        customers, scored = await asyncio.gather(
            self._objects.get_lines(object_keys.customers(run.run_id, part), Customer),
            self._objects.get_lines(object_keys.sentiment(run.run_id, part), ScoredReview),
        )
        rankings = await self._rankings(run.run_id, part) if personalized else {}
        recommended = await asyncio.to_thread(
            recommend, customers, scores_by_review(scored), rankings, catalogue
        )
        key = object_keys.recommendations(run.run_id, part)
        await self._objects.put_lines(key, recommended)
        await self._recommendations.put_all([_item(run.run_id, one) for one in recommended])
        report = _report(part, started_at, recommended, personalized=personalized)
        # Before the announcement: the mailer may end the run at once, and its totals must hold this part.
        await self._ledger.record(run.run_id, report)
        ready = RecommendationsReady(part=part, parts=run.parts or part, key=key, customers=len(recommended))
        await self._announcer.announce(run.run_id, ready, cause=ready.cause)
        await self._ledger.finish_part(run.run_id, part, report)
        emit_ai_units(report.units)
        log.info("part_recommended", part=part, **report.counts)

    async def _rankings(self, run_id: str, part: int) -> Rankings:
        return ranked_items(await self._objects.get(files.batch_output(run_id, part)))


def recommend(
    customers: Sequence[Customer], scores: Scores, rankings: Rankings, catalogue: Catalogue
) -> list[Recommendation]:
    """Recommend to every customer, in their order; one without a ranking gets what is popular."""
    return [
        Recommendation(
            customer_id=customer.customer_id,
            name=customer.name,
            email=customer.email,
            source=(
                RecommendationSource.PERSONALIZE
                if customer.customer_id in rankings
                else RecommendationSource.POPULARITY
            ),
            picks=pick(catalogue, opinions_of(customer, scores), rankings.get(customer.customer_id, ())),
        )
        for customer in customers
    ]


def _item(run_id: str, recommendation: Recommendation) -> dict[str, Any]:
    return {
        "customer_id": recommendation.customer_id,
        "run_id": run_id,
        "source": recommendation.source,
        "product_ids": [pick.product.product_id for pick in recommendation.picks],
        "reasons": [pick.reason.kind for pick in recommendation.picks],
    }


def _report(
    part: int, started_at: datetime, recommended: Sequence[Recommendation], *, personalized: bool
) -> PartReport:
    asked = sum(is_fit_id(one.customer_id) for one in recommended) if personalized else 0
    return PartReport(
        stage=StageName.RECOMMENDER,
        name=f"part-{part:05}",
        started_at=started_at,
        finished_at=datetime.now(UTC),
        counts={
            "recommendations": sum(len(one.picks) for one in recommended),
            "customers_by_popularity": sum(
                one.source is RecommendationSource.POPULARITY for one in recommended
            ),
            "customers_short_of_products": sum(len(one.picks) < PICKS for one in recommended),
        },
        units={
            "personalize.recommendations": Decimal(asked),
            "dynamodb.writes": Decimal(len(recommended)),
            "s3.puts": Decimal(1),
            "sns.publishes": Decimal(1),
        },
    )
