"""Decides how much a run's rankings count, by what they are worth for its witnesses."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.personalize.rankings import Rankings
from fondly.recommender.domain.picking.rules import RunRules
from fondly.recommender.domain.realtime.current_picks import Edition
from fondly.recommender.domain.run_state import RecommenderState, bundles_of
from fondly.recommender.domain.study import learned_keys
from fondly.recommender.domain.study.witnesses import (
    FEWEST_PRODUCTS,
    FEWEST_WITNESSES,
    Hit,
    Witness,
    hits_by_weight,
    untold,
    verdict,
)
from fondly.recommender.ports import RankedObjects
from fondly.recommender.use_cases.study_shop import KnowCatalogue, count
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class WeighRanking:
    """Picks for the witnesses of all bundles with rankings of several weights."""

    ledger: Ledger
    objects: RankedObjects
    know: KnowCatalogue

    async def run(self, run: Run, rules: RunRules) -> Mapping[str, object]:
        """Return what the run's state has of it; the same however often it is asked."""
        witnesses, answers = list[Witness](), Rankings()
        for bundle in bundles_of(run) if RecommenderState.of(run).witnesses else ():
            key = learned_keys.witnesses(run.run_id, bundle.first)
            witnesses += await self.objects.get_lines(key, Witness)
            async for line in self.objects.lines(
                personalize_keys.batch_output(run.run_id, bundle.first, personalize_keys.WITNESSES)
            ):
                answers.add(line)
        judged = [one for one in witnesses if one.customer_id in answers.by_customer]
        hits = await self._hits(run, rules, judged, answers) if len(judged) >= FEWEST_WITNESSES else {0.0: ()}
        weight, why = verdict(hits) if len(hits[0.0]) >= FEWEST_WITNESSES else await self._unjudged(run)
        log.info("ranking_weighed", weight=weight, verdict=why)
        return {"ranking_weight": weight, "ranking": f"{why}; weight {weight:g}"}

    async def counts_for_nothing(self, run: Run) -> bool:
        """Whether rankings count for nothing, whatever is ranked: no test is due, and the last one failed."""
        state = RecommenderState.of(run)
        if state.ranking_weight is not None or state.witnesses >= FEWEST_WITNESSES:
            return False
        return await self._earlier_weight(state) == 0

    async def _hits(
        self, run: Run, rules: RunRules, witnesses: Sequence[Witness], answers: Rankings
    ) -> Mapping[float, Sequence[Hit]]:
        """Pick from a shop that does not know what was held out either."""
        edition, changes = Edition.of(run, rules), list[tuple[bytes, int]]()
        for histories, times in ((witnesses, -1), ([one.told for one in witnesses], 1)):
            counted = await self.know.nothing_bought(run.run_id)
            await asyncio.to_thread(count, counted, histories)
            changes.append((counted.to_bytes(), times))
        shop = await self.know.shop(edition, *changes)
        return await asyncio.to_thread(hits_by_weight, shop, witnesses, answers.by_customer)

    async def _unjudged(self, run: Run) -> tuple[float, str]:
        products, state = len(await self.know.products(run.run_id)), RecommenderState.of(run)
        weight = await self._earlier_weight(state)
        if weight is not None and products >= FEWEST_PRODUCTS:
            return weight, "counts as in the run before, for want of witnesses"
        return untold(products, has_long_histories=state.has_long_histories)

    async def _earlier_weight(self, state: RecommenderState) -> float | None:
        earlier = await self.ledger.find(state.earlier) if state.earlier else None
        return RecommenderState.of(earlier).ranking_weight if earlier else None
