"""Turns rankings into products for each customer, part by part of a bundle."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from encore.contracts import object_keys
from encore.contracts.errors import TransientError
from encore.contracts.events import RecommendationsReady
from encore.contracts.records import (
    Customer,
    Recommendation,
    RecommendationSource,
    Sentiment,
)
from encore.recommender.domain import personalize_keys
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.batch import Rankings, ranked_customers
from encore.recommender.domain.belongings import mentions_by_review, own_aspects, own_products
from encore.recommender.domain.bundles import Bundle
from encore.recommender.domain.kept_rankings import Settled
from encore.recommender.domain.picks import pick
from encore.recommender.domain.preferences import preferences_of
from encore.recommender.domain.prepared import ENGINE, PERSONALIZE
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shopper import Shopper
from encore.recommender.domain.told import Told
from encore.recommender.ports import RankedObjects
from encore.recommender.use_cases.keep_rankings import KeepRankings
from encore.recommender.use_cases.know_customers import KnowCustomers
from encore.recommender.use_cases.know_topics import KnowTopics
from encore.recommender.use_cases.load_rules import LoadRules
from encore.recommender.use_cases.remember_picks import Recalled, RememberPicks
from encore.recommender.use_cases.report_picks import ReportPicks
from encore.recommender.use_cases.study_shop import StudyShop
from encore.runtime.runs.run import Run
from encore.runtime.runs.stage import PartResult, Stage

NOTHING_UNWANTED: Mapping[str, frozenset[str]] = MappingProxyType({})


class _Ranked(NamedTuple):
    """How a bundle's customers get their rankings, and what Personalize answered; nothing without it."""

    is_ranked: bool
    settled: Settled
    answers: Rankings


@dataclass(frozen=True, slots=True)
class Recommended:
    """The recommendations of some customers, and how many picks each rule had to yield for."""

    recommendations: Sequence[Recommendation]
    yielded: Counter[Rule]


@dataclass(frozen=True, kw_only=True)
class SelectProducts:
    """Stores and announces the recommendations of a bundle's parts that the ledger does not have as done."""

    stage: Stage
    objects: RankedObjects
    load_rules: LoadRules
    study_shop: StudyShop
    report_picks: ReportPicks
    memory: RememberPicks
    rankings: KeepRankings
    customers: KnowCustomers
    topics: KnowTopics

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Do the bundle's remaining parts; without Personalize's results by popularity alone."""
        shop = await self.study_shop.shop(run, await self.load_rules.load(run))
        done = run.stage(self.stage.name).done
        to_do = [part for part in bundle.parts if part not in done]
        groups = await self.report_picks.groups_of(run.run_id, sorted(done.intersection(bundle.parts)))
        ranked = await self._ranked(run, bundle)

        async def work(run: Run, part: int) -> PartResult:
            recommended, result = await self._part(run, part, shop, ranked)
            groups.add(recommended.recommendations)
            if part == to_do[-1]:  # before it counts as done, so that a finished run has its report
                await self.report_picks.run(run, bundle, groups)
            return result

        await self.stage.pass_parts(run, work, among=bundle.parts)

    async def _ranked(self, run: Run, bundle: Bundle) -> _Ranked:
        """Read the bundle's rankings, line by line; none without Personalize."""
        answers = Rankings()
        if run.step[ENGINE] != PERSONALIZE:
            return _Ranked(is_ranked=False, settled=Settled(), answers=answers)
        async for line in self.objects.lines(personalize_keys.batch_output(run.run_id, bundle.first)):
            answers.add(line)
        settled = await self.rankings.settled(run.run_id, bundle.first)
        return _Ranked(is_ranked=True, settled=settled, answers=answers)

    async def _part(self, run: Run, part: int, shop: Shop, ranked: _Ranked) -> tuple[Recommended, PartResult]:
        told = await self.customers.told(run.run_id, part)
        wanted = ranked_customers(told.customers) if ranked.is_ranked else []
        settled = ranked.settled.of(wanted)
        if settled.asked and not ranked.answers.lines:
            raise TransientError(f"the batch job's output for part {part} is missing or empty")
        mailed = [one.customer_id for one in _mailed(told.customers)]
        recalled = await self.memory.recall(run.run_id, mailed)
        unwanted = await self.topics.unwanted(mailed)
        rankings = {**ranked.answers.by_customer, **settled.kept}
        recommended = await asyncio.to_thread(recommend, told, rankings, shop, recalled, unwanted=unwanted)
        await self.objects.put_lines(
            object_keys.recommendations(run.run_id, part), recommended.recommendations
        )
        writes = await self.memory.remember(run.run_id, recommended.recommendations, recalled)
        writes += await self.rankings.keep(run, settled, rankings)
        units = {
            "personalize.recommendations": len(settled.asked),
            "dynamodb.reads": recalled.read_units + len(mailed),
            "dynamodb.writes": writes,
            "s3.puts": 1,
        }
        passed_over = frozenset(wanted).difference(settled.rankings)
        return recommended, _result(
            run,
            part,
            recommended,
            units,
            picks=shop.picks,
            kept=len(settled.kept),
            passed_over=passed_over,
        )


def recommend(
    told: Told,
    rankings: Mapping[str, Sequence[str]],
    shop: Shop,
    recalled: Recalled | None = None,
    *,
    unwanted: Mapping[str, frozenset[str]] = NOTHING_UNWANTED,
) -> Recommended:
    """Recommend to every customer who may be mailed, in their order, whether they have a ranking or not.

    Nobody is recommended anything of a department that is `unwanted` by them.
    """
    mentions = mentions_by_review(told.scored)
    products = shop.catalogue.products
    recommendations: list[Recommendation] = []
    yielded: Counter[Rule] = Counter()
    emails = shop.rules.emails_without_repeats
    for customer in _mailed(told.customers):
        ranked = rankings.get(customer.customer_id, ())
        earlier = recalled.of(customer.customer_id)[:emails] if recalled else ()
        emailed = {product_id for email in earlier for product_id in email.product_ids}
        preferences = preferences_of(customer, told.scores)
        shopper = Shopper(
            shop,
            preferences,
            ranked,
            customer.customer_id,
            emailed,
            unwanted=unwanted.get(customer.customer_id, frozenset()),
        )
        selection = pick(shopper)
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
    run: Run,
    part: int,
    recommended: Recommended,
    units: Mapping[str, int],
    *,
    picks: int,
    kept: int,
    passed_over: AbstractSet[str],
) -> PartResult:
    recommendations = recommended.recommendations
    by_popularity = [
        one
        for one in recommendations
        if one.source is RecommendationSource.POPULARITY and one.customer_id not in passed_over
    ]
    return PartResult(
        counts={
            "recommendations": sum(len(one.picks) for one in recommendations),
            "customers_by_popularity": len(by_popularity),
            "customers_short_of_products": sum(len(one.picks) < picks for one in recommendations),
            "rankings_kept": kept,
            **({"customers_passed_over": len(passed_over)} if passed_over else {}),
            **{f"picks_despite_{rule}": recommended.yielded[rule] for rule in Rule},
        },
        units=units,
        events=[
            RecommendationsReady.of(
                run.run_id, part, parts=run.parts or part, recommendations=recommendations
            )
        ],
    )
