"""Turns rankings into products for each customer, part by part."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from encore.contracts import object_keys
from encore.contracts.events import RecommendationsReady
from encore.contracts.records import (
    Customer,
    Recommendation,
    RecommendationSource,
    ScoredReview,
    Sentiment,
)
from encore.recommender.domain import personalize_keys
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.batch import ranked_customers, ranked_items
from encore.recommender.domain.belongings import mentions_by_review, own_aspects, own_products
from encore.recommender.domain.pick_groups import PickGroups
from encore.recommender.domain.picks import pick
from encore.recommender.domain.preferences import preferences_of, scores_by_review
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shopper import Shopper
from encore.recommender.use_cases.remember_picks import Recalled, RememberPicks
from encore.recommender.use_cases.study_shop import StudyShop
from encore.runtime.ports import Objects
from encore.runtime.runs.run import Run
from encore.runtime.runs.stage import PartResult, Stage

Rankings = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Recommended:
    """The recommendations of some customers, and how many picks each rule had to yield for."""

    recommendations: Sequence[Recommendation]
    yielded: Counter[Rule]


@dataclass(frozen=True, kw_only=True)
class SelectProducts:
    """Stores the recommendations of every part that the ledger does not have as done."""

    stage: Stage
    objects: Objects
    study_shop: StudyShop
    memory: RememberPicks

    async def run(self, run: Run, run_rules: RunRules, *, personalized: bool) -> None:
        """Do the run's remaining parts; without Personalize's results by popularity alone."""
        to_do = run.parts_to_do(self.stage.name)
        if not to_do:
            return
        shop = await self.study_shop.run(run, run_rules)
        groups = await self._groups_before(run)

        async def work(run: Run, part: int) -> PartResult:
            recommended, result = await self._part(run, part, shop, personalized=personalized)
            groups.add(recommended.recommendations)
            if part == to_do[-1]:  # before it counts as done, so that a finished run has its report
                await self._put_report(run, groups, shop)
            return result

        await self.stage.pass_parts(run, work)

    async def _groups_before(self, run: Run) -> PickGroups:
        """The groups of the parts that were done before a crash."""
        groups = PickGroups()
        for part in sorted(run.stage(self.stage.name).done):
            groups.add(
                await self.objects.get_lines(object_keys.recommendations(run.run_id, part), Recommendation)
            )
        return groups

    async def _put_report(self, run: Run, groups: PickGroups, shop: Shop) -> None:
        report = groups.report(shop.catalogue.products)
        await self.objects.put_lines(object_keys.picks_report(run.run_id), [report])

    async def _part(
        self, run: Run, part: int, shop: Shop, *, personalized: bool
    ) -> tuple[Recommended, PartResult]:
        customers, scored = await asyncio.gather(
            self.objects.get_lines(object_keys.customers(run.run_id, part), Customer),
            self.objects.get_lines(object_keys.sentiment(run.run_id, part), ScoredReview),
        )
        ranked = ranked_customers(customers) if personalized else []
        rankings = await self._rankings(run.run_id, part) if ranked else {}
        recalled = await self.memory.recall(run.run_id, [one.customer_id for one in _mailed(customers)])
        recommended = await asyncio.to_thread(recommend, customers, scored, rankings, shop, recalled)
        await self.objects.put_lines(
            object_keys.recommendations(run.run_id, part), recommended.recommendations
        )
        writes = await self.memory.remember(run.run_id, recommended.recommendations, recalled)
        units = {
            "personalize.recommendations": len(ranked),
            "dynamodb.reads": recalled.read_units,
            "dynamodb.writes": writes,
            "s3.puts": 1,
        }
        return recommended, _result(run, part, recommended, units, picks=shop.picks)

    async def _rankings(self, run_id: str, part: int) -> Rankings:
        return ranked_items(await self.objects.get(personalize_keys.batch_output(run_id, part)))


def recommend(
    customers: Sequence[Customer],
    scored: Sequence[ScoredReview],
    rankings: Rankings,
    shop: Shop,
    recalled: Recalled | None = None,
) -> Recommended:
    """Recommend to every customer who may be mailed, in their order, whether they have a ranking or not.

    `scored` are their reviews, as far as they have been scored.
    """
    scores, mentions = scores_by_review(scored), mentions_by_review(scored)
    products = shop.catalogue.products
    recommendations: list[Recommendation] = []
    yielded: Counter[Rule] = Counter()
    emails = shop.rules.emails_without_repeats
    for customer in _mailed(customers):
        ranked = rankings.get(customer.customer_id, ())
        earlier = recalled.of(customer.customer_id)[:emails] if recalled else ()
        emailed = {product_id for email in earlier for product_id in email.product_ids}
        preferences = preferences_of(customer, scores)
        selection = pick(Shopper(shop, preferences, ranked, customer.customer_id, emailed))
        yielded.update(selection.yielded)
        recommendations.append(
            Recommendation(
                customer_id=customer.customer_id,
                name=customer.name,
                email=customer.email,
                language=customer.language,
                time_zone=customer.time_zone,
                source=RecommendationSource.PERSONALIZE if ranked else RecommendationSource.POPULARITY,
                picks=selection.picks,
                praised=own_aspects(customer, mentions, products, Sentiment.POSITIVE),
                blamed=own_aspects(customer, mentions, products, Sentiment.NEGATIVE),
                owned=own_products(preferences, products),
            )
        )
    return Recommended(recommendations, yielded)


def _mailed(customers: Sequence[Customer]) -> list[Customer]:
    return [one for one in customers if one.exclusion is None]


def _result(
    run: Run, part: int, recommended: Recommended, units: Mapping[str, int], *, picks: int
) -> PartResult:
    recommendations = recommended.recommendations
    by_popularity = [one for one in recommendations if one.source is RecommendationSource.POPULARITY]
    return PartResult(
        counts={
            "recommendations": sum(len(one.picks) for one in recommendations),
            "customers_by_popularity": len(by_popularity),
            "customers_short_of_products": sum(len(one.picks) < picks for one in recommendations),
            **{f"picks_despite_{rule}": recommended.yielded[rule] for rule in Rule},
        },
        units=units,
        events=[
            RecommendationsReady.of(
                run.run_id, part, parts=run.parts or part, recommendations=recommendations
            )
        ],
    )
