"""Turns rankings into products for each customer, part by part of a bundle."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from fondly.contracts import object_keys
from fondly.contracts.consent import Contact
from fondly.contracts.counts import Counted
from fondly.contracts.errors import TransientError
from fondly.contracts.events import EventData, RecommendationsReady, SafetyReported
from fondly.contracts.records import Exclusion, Recommendation, RecommendationSource
from fondly.recommender.domain.history.customer_events import keys
from fondly.recommender.domain.history.earlier_picks import LATEST, Earlier, LatestPicks, run_item
from fondly.recommender.domain.personalize.personalize_keys import EVERYBODY, WITNESSES, batch_output
from fondly.recommender.domain.personalize.rankings import Rankings, ranked_customers
from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.picking.recommending import Recommended, mailed, recommend
from fondly.recommender.domain.run_state import Bundle, RecommenderState
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.domain.shop.taxonomy import departments
from fondly.recommender.ports import RankedObjects
from fondly.recommender.use_cases.keep_rankings import KeepRankings
from fondly.recommender.use_cases.know_customers import KnowCustomers
from fondly.recommender.use_cases.load_rules import LoadRules
from fondly.recommender.use_cases.study_shop import StudyShop
from fondly.runtime.ports import Items
from fondly.runtime.runs.run import Run
from fondly.runtime.runs.stage import PartResult, Stage

READS_PER_CUSTOMER = 6
"""What DynamoDB charges for a customer: their history, events and ranking, two suppressions, what was picked
last and wanted; with events alone too, as each item is a kilobyte or two."""
WRITES_PER_CUSTOMER = 4
"""Their history, picks, what was picked last, and ranking."""

NOTHING_KEPT = f"customers_excluded_{Exclusion.NOTHING_KEPT}"


@dataclass(frozen=True, slots=True)
class RememberPicks:
    """The recommendations table as a memory: recall a part's customers, then remember their new picks.

    Picks count as sent once they are remembered, even if their run fails afterwards: some may have been.
    """

    recommendations: Items

    async def recall(self, run_id: str, customer_ids: Sequence[str]) -> dict[str, Earlier]:
        """Return what other runs recommended to these customers, newest first, by customer."""
        items = await self.recommendations.get_all(keys(customer_ids, LATEST))
        return {one.customer_id: one.before(run_id) for one in map(LatestPicks.model_validate, items)}

    async def remember(
        self, run_id: str, recommended: Sequence[Recommendation], earlier: Mapping[str, Earlier]
    ) -> None:
        """Store the run's recommendations, with what was recalled before them."""
        items = [run_item(one, run_id) for one in recommended]
        items += [LatestPicks.of(one, run_id, earlier.get(one.customer_id, ())).item() for one in recommended]
        await self.recommendations.put_all(items)


@dataclass(frozen=True, kw_only=True)
class SelectProducts:
    """Stores and announces the recommendations of a bundle's parts that the ledger does not have as done."""

    stage: Stage
    objects: RankedObjects
    load_rules: LoadRules
    study_shop: StudyShop
    memory: RememberPicks
    rankings: KeepRankings
    customers: KnowCustomers
    contacts: Items
    """The table that has the departments that customers want nothing of; all runs share it."""
    picking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Parts are picked for one after the other: threads that compute only wait for one another."""

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Do the bundle's remaining parts; without Personalize's results by popularity alone."""
        shop = await self.study_shop.shop(run, await self.load_rules.load(run))
        answers, witnesses = await self._answers(run, bundle)
        work = partial(self._part, shop=shop, answers=answers, witnesses=witnesses)
        await self.stage.pass_parts(run, work, among=bundle.parts)

    async def _answers(self, run: Run, bundle: Bundle) -> tuple[Rankings, Collection[str]]:
        """Read the bundle's rankings line by line, and who are witnesses; nothing without Personalize."""
        answers, witnesses = Rankings(), Rankings()
        if RecommenderState.of(run).is_ranked:
            for who, each in ((EVERYBODY, answers), (WITNESSES, witnesses)):
                async for line in self.objects.lines(batch_output(run.run_id, bundle.first, who)):
                    each.add(line)
        answers.by_customer |= witnesses.by_customer
        answers.lines += witnesses.lines
        return answers, witnesses.by_customer.keys()

    async def _part(
        self, run: Run, part: int, *, shop: Shop, answers: Rankings, witnesses: Collection[str]
    ) -> PartResult:
        told = await self.customers.told(run.run_id, part)
        known = await self.rankings.decided(run.run_id, part)
        wanted = ranked_customers(told.customers) if RecommenderState.of(run).is_ranked else []
        decided = [known[name] for name in wanted if name in known]
        asks = RecommenderState.of(run).asks_for_rankings
        asked = [one for one in decided if asks and not one.product_ids]
        if asked and not answers.lines:
            raise TransientError(f"the batch job's output for part {part} is missing or empty")
        kept = {one.customer_id: one.product_ids for one in decided if one.product_ids}
        rankings = {**answers.by_customer, **kept}
        names = [one.customer_id for one in mailed(told.customers)]
        earlier, unwanted = await self.memory.recall(run.run_id, names), await self._unwanted(names)
        async with self.picking:
            found = await asyncio.to_thread(recommend, told, rankings, shop, earlier, unwanted=unwanted)
        await self.objects.put_lines(object_keys.recommendations(run.run_id, part), found.recommendations)
        if found.cases:
            await self.objects.put_lines(object_keys.safety_cases(run.run_id, part), found.cases)
        await self.memory.remember(run.run_id, found.recommendations, earlier)
        await self.rankings.keep(run, asked, rankings, witnesses)
        passed_over = set(wanted).difference(kept, (one.customer_id for one in asked))
        return PartResult(
            counts={
                Counted.RANKINGS_KEPT: len(kept),
                **_counts(found, shop.min_picks, passed_over),
                **({NOTHING_KEPT: told.nothing_kept} if told.nothing_kept else {}),
            },
            units={
                "personalize.recommendations": len(asked),
                "dynamodb.reads": READS_PER_CUSTOMER * len(told.customers),
                "dynamodb.writes": WRITES_PER_CUSTOMER * len(told.customers),
                "s3.puts": 1 + bool(found.cases),
            },
            events=_events(run, part, found),
        )

    async def _unwanted(self, customer_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        found = await self.contacts.get_all([{"customer_id": one} for one in customer_ids])
        contacts = map(Contact.model_validate, found)
        return {one.customer_id: departments(one.topics_off) for one in contacts if one.topics_off}


def _events(run: Run, part: int, found: Recommended) -> list[EventData]:
    parts = run.parts or part
    ready = RecommendationsReady.of(run.run_id, part, parts=parts, recommendations=found.recommendations)
    if not found.cases:
        return [ready]
    key = object_keys.safety_cases(run.run_id, part)
    return [ready, SafetyReported(part=part, parts=parts, key=key, customers=found.unsafe)]


def _counts(found: Recommended, fewest: int, passed_over: Collection[str]) -> dict[str, int]:
    """Count a part's picks; whoever is `passed_over` was not to be ranked, so nothing is missing."""
    by_popularity = (
        one.customer_id not in passed_over
        for one in found.recommendations
        if one.source is RecommendationSource.POPULARITY
    )
    return {
        Counted.RECOMMENDATIONS: sum(len(one.picks) for one in found.recommendations),
        Counted.CUSTOMERS_BY_POPULARITY: sum(by_popularity),
        Counted.CUSTOMERS_SHORT_OF_PRODUCTS: sum(
            len(one.picks) < fewest and not one.complaint for one in found.recommendations
        ),
        **({Counted.CUSTOMERS_SAFETY_CASES: found.unsafe} if found.cases else {}),
        **({Counted.CUSTOMERS_PASSED_OVER: len(passed_over)} if passed_over else {}),
        **{f"picks_despite_{rule}": found.yielded[rule] for rule in Rule},
    }
