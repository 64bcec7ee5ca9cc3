"""A run's records in the data bucket."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.records import Customer, Product, Recommendation, ScoredReview
from fondly.evaluation.errors import EvaluationError
from fondly.recommender.domain.history.history import History, Told
from fondly.recommender.domain.personalize.rows import Prepared
from fondly.recommender.domain.picking.rules import RunRules
from fondly.recommender.domain.study import learned_keys
from fondly.recommender.use_cases.know_customers import scores_of
from fondly.runtime.ports import Objects


@dataclass(frozen=True, kw_only=True)
class StoredRun:
    """Where a run's records are: its parts, and those of them that have recommendations."""

    run_id: str
    objects: Objects
    parts: Sequence[int]
    recommended: Sequence[int]
    now: int
    """When the run began, in Unix seconds."""

    async def products(self) -> dict[str, Product]:
        """Return the catalogue by product id, with the products of earlier files that are still sold."""
        products = await self.objects.get_lines(learned_keys.products(self.run_id), Product)
        return {one.product_id: one for one in products}

    async def told(self, part: int) -> Told:
        """Return one part's customers and scores, with all that the run knew of them."""
        customers = await self.objects.get_lines(object_keys.customers(self.run_id, part), Customer)
        scored = await self.objects.get_lines(object_keys.sentiment(self.run_id, part), ScoredReview)
        histories = await self.objects.get_lines(learned_keys.history(self.run_id, part), History)
        whole = [known.completing(one) for one, known in zip(customers, histories, strict=True)]
        return Told(whole, scored, scores_of(histories))

    async def others(self, part: int) -> AsyncIterator[Told]:
        """Yield the customers of earlier files whose share is named by this part; nobody for most parts."""
        key = learned_keys.gathered(self.run_id, part)
        for gathered in await self.objects.find_lines(key, Prepared):
            for number in range(1, gathered.other_files + 1):
                others = await self.objects.get_lines(learned_keys.others(self.run_id, part, number), History)
                yield Told([one.customer for one in others], (), scores_of(others))

    async def everybody(self) -> AsyncIterator[Told]:
        """Yield all that the run counts: its own customers part by part, and those of earlier files."""
        for part in self.parts:
            yield await self.told(part)
            async for some in self.others(part):
                yield some

    async def recommendations(self, part: int) -> list[Recommendation]:
        """Return the recommendations of one part's customers."""
        return await self.objects.get_lines(object_keys.recommendations(self.run_id, part), Recommendation)

    async def rules(self) -> RunRules:
        """Return the rules that products were picked by; raise `EvaluationError` if they are not stored."""
        stored = await self.objects.find(object_keys.run_rules(self.run_id))
        if stored is None:
            raise EvaluationError(
                f"{self.run_id}: {object_keys.run_rules(self.run_id)} is missing, which says by what rules "
                "products were picked; runs of releases that keep no evidence have none"
            )
        return RunRules.model_validate_json(stored, extra="ignore")
