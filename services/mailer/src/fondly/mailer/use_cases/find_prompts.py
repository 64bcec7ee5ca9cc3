"""Finds the prompts that the parts of a run will ask, before any of them is mailed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.records import Product, Recommendation
from fondly.mailer.domain.copy.job import JobTask
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.use_cases.ask_consent import AskConsent
from fondly.mailer.use_cases.know_features import KnowFeatures
from fondly.mailer.use_cases.read_facts import ReadFacts
from fondly.mailer.use_cases.write_copy import Copywriter
from fondly.runtime.ports import Objects


@dataclass(frozen=True, kw_only=True)
class FindPrompts:
    """Reads the recommendations of a run part by part."""

    objects: Objects
    ask_consent: AskConsent
    features: KnowFeatures
    copywriter: Copywriter
    read_facts: ReadFacts

    async def __call__(self, run_id: str, task: JobTask, *, parts: int) -> AsyncIterator[Sequence[Prompt]]:
        """Yield each part's prompts of a task, a repeated one again; none for those who are not written to.

        For copy, features that are not known yet are asked by calls, in the name of the part.
        """
        for part in range(1, parts + 1):
            key = object_keys.recommendations(run_id, part)
            consented = await self.ask_consent(run_id, await self.objects.get_lines(key, Recommendation))
            recommendations = consented.allowed()
            if task is JobTask.FEATURES:
                yield await self.features.prompts(_products(recommendations))
            else:
                yield await self._copy(recommendations, payer=key)

    async def _copy(self, recommendations: Sequence[Recommendation], *, payer: str) -> list[Prompt]:
        known = await self.features.run(_products(recommendations), payer=payer)
        return self.copywriter.prompts(self.read_facts(recommendations, known).emails.values())


def _products(recommendations: Sequence[Recommendation]) -> list[Product]:
    return [pick.product for recommendation in recommendations for pick in recommendation.picks]
