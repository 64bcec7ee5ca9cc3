"""Asks a campaign for the rankings of a bundle's customers, and stores them as a batch job would.

Nothing that comes later sees a difference: selection reads the same file under the same key.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from encore.contracts.errors import TransientError
from encore.recommender.domain import personalize_keys
from encore.recommender.domain.bundles import Bundle
from encore.recommender.domain.filters import PROMOTION
from encore.recommender.ports import (
    CampaignRequest,
    CampaignRuntime,
    Promotion,
    RankedObjects,
    RefusedError,
    VanishedError,
)
from encore.recommender.use_cases.rest_campaign import CAMPAIGN, RestCampaign
from encore.recommender.use_cases.take_turns import TakeTurns
from encore.runtime.batches import batches
from encore.runtime.logs import get_logger
from encore.runtime.parallel import for_each
from encore.runtime.runs.run import Run

CUSTOMERS_PER_FILE = 500
"""For whom a crash has to ask, and pay, again at most."""
log = get_logger()


class CampaignGoneError(TransientError):
    """The campaign, or a filter, does not exist any more: it has to be made again before it can be asked."""


@dataclass(frozen=True, kw_only=True)
class AskCampaign:
    """Asks once for each customer who has no kept ranking."""

    objects: RankedObjects
    campaign: CampaignRuntime
    rest_campaign: RestCampaign
    take_turns: TakeTurns
    num_results: int
    promote_new_percent: int = 0
    parallel: int = 32

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Store the rankings of a bundle; what has been answered before is not asked again.

        Raises `CampaignGoneError` if the campaign has to be made again.
        """
        output = personalize_keys.batch_output(run.run_id, bundle.first)
        if await self.objects.find(output, max_bytes=0) is not None:
            return
        answers = b""
        for number, some in enumerate(batches(await self._asked(run, bundle), CUSTOMERS_PER_FILE), start=1):
            answers += await self._answered(run, bundle, number, some)
        if answers:
            await self.objects.put(output, answers, content_type=personalize_keys.LINES_TYPE)

    async def _asked(self, run: Run, bundle: Bundle) -> list[str]:
        key = personalize_keys.batch_input(run.run_id, bundle.first)
        return [json.loads(line)["userId"] async for line in self.objects.lines(key) if line.strip()]

    async def _answered(self, run: Run, bundle: Bundle, number: int, customer_ids: Sequence[str]) -> bytes:
        key = personalize_keys.asked(run.run_id, bundle.first, number)
        if (known := await self.objects.find(key)) is not None:
            return known
        if not await self.take_turns.stay(run.run_id):
            raise TransientError(f"another run has taken the turn of {run.run_id}")
        async with self.rest_campaign.in_use():
            answers = await self._ask(run, customer_ids)
        await self.objects.put(key, answers, content_type=personalize_keys.LINES_TYPE)
        return answers

    async def _ask(self, run: Run, customer_ids: Sequence[str]) -> bytes:
        """Return a line for each customer, in order.

        A customer whom Personalize refuses gets an error, as in a batch job. If it refuses all, something
        else is wrong: then nobody gets one, and the refusal is raised.
        """
        request, lines = self._request(run), dict.fromkeys(customer_ids, "")
        refused: list[RefusedError] = []

        async def ask(customer_id: str) -> None:
            try:
                lines[customer_id] = _line(customer_id, await self.campaign.rank(customer_id, request))
            except RefusedError as error:
                refused.append(error)
                lines[customer_id] = _line(customer_id, None, str(error))

        try:
            await for_each(customer_ids, ask, parallel=self.parallel)
        except VanishedError as error:
            raise CampaignGoneError(str(error)) from error
        if refused and len(refused) == len(customer_ids):
            raise refused[0]
        log.info("campaign_asked", customers=len(customer_ids), refused=len(refused))
        return "".join(lines.values()).encode()

    def _request(self, run: Run) -> CampaignRequest:
        promotes = run.step.get("promotion_filter")
        promotion = Promotion(PROMOTION, self.promote_new_percent, promotes) if promotes else None
        return CampaignRequest(run.step[CAMPAIGN], self.num_results, run.step["filter"], promotion)


def _line(customer_id: str, items: Sequence[str] | None, error: str | None = None) -> str:
    output = None if items is None else {"recommendedItems": list(items)}
    return json.dumps({"input": {"userId": customer_id}, "output": output, "error": error}) + "\n"
