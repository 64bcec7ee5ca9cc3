"""Finds the prompts that the parts of a run will ask, before any of them is mailed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from encore.contracts import object_keys
from encore.contracts.records import Product, Recommendation
from encore.mailer.domain.copy.prompt import Prompt, Style, Task, copy_prompt
from encore.mailer.domain.facts.email import email_facts
from encore.mailer.domain.facts.experience import Occasion
from encore.mailer.use_cases.know_features import KnowFeatures
from encore.runtime.ports import Objects


@dataclass(frozen=True, kw_only=True)
class FindPrompts:
    """Reads the recommendations of a run part by part."""

    objects: Objects
    features: KnowFeatures
    style: Style
    leave_out_unhappy: bool

    async def __call__(self, run_id: str, task: Task, *, parts: int) -> AsyncIterator[Sequence[Prompt]]:
        """Yield each part's prompts of a task, a repeated one again.

        For copy, features that are not known yet are asked by calls, in the name of the part.
        """
        for part in range(1, parts + 1):
            key = object_keys.recommendations(run_id, part)
            recommendations = await self.objects.get_lines(key, Recommendation)
            if task is Task.FEATURES:
                yield await self.features.prompts(_products(recommendations))
            else:
                yield await self._copy(recommendations, payer=key)

    async def _copy(self, recommendations: Sequence[Recommendation], *, payer: str) -> list[Prompt]:
        known = await self.features.run(_products(recommendations), payer=payer)
        features = {product_id: record.features for product_id, record in known.items()}
        prompts = (self._prompt(each, features) for each in recommendations)
        return [prompt for prompt in prompts if prompt is not None]

    def _prompt(self, recommendation: Recommendation, features: Mapping[str, Sequence[str]]) -> Prompt | None:
        """The prompt of one email; None for a customer who gets none."""
        try:
            facts = email_facts(
                recommendation, brand=self.style.brand, locale=self.style.locale, features=features
            )
            if self.leave_out_unhappy and facts.occasion is Occasion.SORRY:
                return None
            return copy_prompt(facts, self.style)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            return None  # mailing the part reports it


def _products(recommendations: Sequence[Recommendation]) -> list[Product]:
    return [pick.product for recommendation in recommendations for pick in recommendation.picks]
