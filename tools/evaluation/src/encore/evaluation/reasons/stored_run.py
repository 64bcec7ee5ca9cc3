"""A run's records in the data bucket."""

from collections.abc import Sequence
from dataclasses import dataclass

from encore.contracts import object_keys
from encore.contracts.records import Customer, Product, Recommendation, ScoredReview
from encore.evaluation.errors import EvaluationError
from encore.recommender.domain.preferences import Scores, scores_by_review
from encore.recommender.domain.run_rules import RunRules
from encore.runtime.ports import Objects


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
        """Return the catalogue by product id."""
        products = await self.objects.get_lines(object_keys.products(self.run_id), Product)
        return {one.product_id: one for one in products}

    async def customers(self, part: int) -> list[Customer]:
        """Return one part's customers."""
        return await self.objects.get_lines(object_keys.customers(self.run_id, part), Customer)

    async def scores(self, part: int) -> Scores:
        """Return the scores of one part's reviews."""
        key = object_keys.sentiment(self.run_id, part)
        return scores_by_review(await self.objects.get_lines(key, ScoredReview))

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
