"""Turns rankings into five products for each customer, part by part."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from encore.recommender.domain import personalize_keys
from encore.recommender.domain.batch import ranked_items
from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.csv_files import is_fit_id
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.picks import PICKS, pick
from encore.recommender.domain.preferences import Scores, preferences_of, scores_by_review
from encore.runtime.ports import Items, Objects
from encore.runtime.runs.run import Run
from encore.runtime.runs.stage import PartResult, Stage

Rankings = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class SelectProducts:
    """Stores the recommendations of every part that the ledger does not have as done."""

    stage: Stage
    objects: Objects
    recommendations: Items

    async def run(self, run: Run, *, personalized: bool) -> None:
        """Do the run's remaining parts; without Personalize's results by popularity alone."""
        if not run.parts_to_do(self.stage.name):
            return
        catalogue = await self._catalogue(run)
        await self.stage.pass_parts(
            run, lambda run, part: self._part(run, part, catalogue, personalized=personalized)
        )

    async def _catalogue(self, run: Run) -> Catalogue:
        products = await self.objects.get_lines(object_keys.products(run.run_id), Product)
        sentiments = await self.objects.get_lines(object_keys.product_sentiment(run.run_id), ProductSentiment)
        shared = SharedReviews()
        for part in range(1, (run.parts or 0) + 1):
            shared.add(await self.objects.get_lines(object_keys.customers(run.run_id, part), Customer))
        return await asyncio.to_thread(Catalogue, products, sentiments, shared)

    async def _part(self, run: Run, part: int, catalogue: Catalogue, *, personalized: bool) -> PartResult:
        customers, scored = await asyncio.gather(
            self.objects.get_lines(object_keys.customers(run.run_id, part), Customer),
            self.objects.get_lines(object_keys.sentiment(run.run_id, part), ScoredReview),
        )
        rankings = await self._rankings(run.run_id, part) if personalized else {}
        recommended = await asyncio.to_thread(
            recommend, customers, scores_by_review(scored), rankings, catalogue
        )
        await self.objects.put_lines(object_keys.recommendations(run.run_id, part), recommended)
        await self.recommendations.put_all([_item(run.run_id, one) for one in recommended])
        ready = RecommendationsReady.of(
            run.run_id, part, parts=run.parts or part, recommendations=recommended
        )
        return _result(recommended, ready, personalized=personalized)

    async def _rankings(self, run_id: str, part: int) -> Rankings:
        return ranked_items(await self.objects.get(personalize_keys.batch_output(run_id, part)))


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
            picks=pick(catalogue, preferences_of(customer, scores), rankings.get(customer.customer_id, ())),
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


def _result(
    recommended: Sequence[Recommendation], ready: RecommendationsReady, *, personalized: bool
) -> PartResult:
    by_popularity = [one for one in recommended if one.source is RecommendationSource.POPULARITY]
    return PartResult(
        counts={
            "recommendations": sum(len(one.picks) for one in recommended),
            "customers_by_popularity": len(by_popularity),
            "customers_short_of_products": sum(len(one.picks) < PICKS for one in recommended),
        },
        units={
            "personalize.recommendations": (
                sum(is_fit_id(one.customer_id) for one in recommended) if personalized else 0
            ),
            "dynamodb.writes": len(recommended),
            "s3.puts": 1,
        },
        events=[ready],
    )
