"""Turns rankings into products for each customer, part by part of a bundle."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType

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
from encore.recommender.domain.batch import Rankings
from encore.recommender.domain.belongings import mentions_by_review, own_aspects, own_products
from encore.recommender.domain.bundle_rankings import BundleRankings
from encore.recommender.domain.bundles import Bundle
from encore.recommender.domain.engines import Engine
from encore.recommender.domain.picks import pick
from encore.recommender.domain.preferences import preferences_of
from encore.recommender.domain.prepared import PERSONALIZE
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shopper import Shopper
from encore.recommender.domain.told import Told
from encore.recommender.ports import RankedObjects
from encore.recommender.use_cases.ask_by_product import AskByProduct
from encore.recommender.use_cases.keep_rankings import KeepRankings
from encore.recommender.use_cases.know_customers import KnowCustomers
from encore.recommender.use_cases.know_topics import KnowTopics
from encore.recommender.use_cases.load_rules import LoadRules
from encore.recommender.use_cases.rank_pins import PinOrders, RankPins
from encore.recommender.use_cases.remember_picks import Recalled, RememberPicks
from encore.recommender.use_cases.report_picks import ReportPicks
from encore.recommender.use_cases.study_shop import StudyShop
from encore.runtime.runs.run import Run
from encore.runtime.runs.stage import PartResult, Stage

NO_PINS: Mapping[str, Sequence[str]] = MappingProxyType({})
NOTHING_UNWANTED: Mapping[str, frozenset[str]] = MappingProxyType({})


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
    rank_pins: RankPins
    topics: KnowTopics

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Do the bundle's remaining parts; without Personalize's results by popularity alone."""
        shop = await self.study_shop.shop(run, await self.load_rules.load(run))
        done = run.stage(self.stage.name).done
        to_do = [part for part in bundle.parts if part not in done]
        groups = await self.report_picks.groups_of(run.run_id, sorted(done.intersection(bundle.parts)))
        rankings = await self._rankings(run, bundle)
        pins = await self.rank_pins.orders(run, bundle)

        async def work(run: Run, part: int) -> PartResult:
            recommended, result = await self._part(run, part, shop, rankings, pins)
            groups.add(recommended.recommendations)
            if part == to_do[-1]:  # before it counts as done, so that a finished run has its report
                await self.report_picks.run(run, bundle, groups)
            return result

        await self.stage.pass_parts(run, work, among=bundle.parts)

    async def _rankings(self, run: Run, bundle: Bundle) -> BundleRankings:
        """Read the bundle's rankings, line by line; none without Personalize."""
        if run.step["engine"] != PERSONALIZE:
            return BundleRankings()
        rankings, lists = Rankings(), None
        if Engine.of_run(run.step).asks_by_product:
            lists = await AskByProduct(self.objects).lists(run, bundle)
        else:
            async for line in self.objects.lines(personalize_keys.batch_output(run.run_id, bundle.first)):
                rankings.add(line)
        settled = await self.rankings.settled(run.run_id, bundle.first)
        rankings.by_customer |= {name: one.product_ids for name, one in settled.items() if one.product_ids}
        return BundleRankings(is_ranked=True, settled=settled, rankings=rankings, lists=lists)

    async def _part(
        self, run: Run, part: int, shop: Shop, bundle: BundleRankings, pins: PinOrders
    ) -> tuple[Recommended, PartResult]:
        told = await self.customers.told(run.run_id, part)
        customers = told.customers
        asked = bundle.asked(customers)
        if asked and bundle.are_missing:
            raise TransientError(f"the batch job's output for part {part} is missing or empty")
        mailed = [one.customer_id for one in _mailed(customers)]
        recalled = await self.memory.recall(run.run_id, mailed)
        unwanted = await self.topics.unwanted(mailed)
        by_customer = await asyncio.to_thread(bundle.by_customer, customers, told.scores)
        recommended = await asyncio.to_thread(
            recommend, told, by_customer, shop, recalled, pins=pins.by_customer, unwanted=unwanted
        )
        await self.objects.put_lines(
            object_keys.recommendations(run.run_id, part), recommended.recommendations
        )
        writes = await self.memory.remember(run.run_id, recommended.recommendations, recalled)
        new = {one: by_customer[one] for one in asked if one in by_customer}
        writes += await self.rankings.keep(run, bundle.settled, new)
        writes += await self.rank_pins.keep(run, pins, customers)
        units = {
            "personalize.recommendations": bundle.paid(customers),
            "dynamodb.reads": recalled.read_units + len(mailed),
            "dynamodb.writes": writes,
            "s3.puts": 1,
        }
        kept = bundle.kept(customers)
        passed_over = frozenset(bundle.passed_over(customers))
        return recommended, _result(
            run, part, recommended, units, picks=shop.picks, kept=kept, passed_over=passed_over
        )


def recommend(
    told: Told,
    rankings: Mapping[str, Sequence[str]],
    shop: Shop,
    recalled: Recalled | None = None,
    *,
    pins: Mapping[str, Sequence[str]] = NO_PINS,
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
            pins=pins.get(customer.customer_id, ()),
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
