"""Reports what a campaign costs while it exists; its requests are counted with their customers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from encore.contracts.events import CampaignPoll
from encore.runtime.metrics import Metric, emit
from encore.runtime.runs.campaigns import CampaignUse
from encore.runtime.runs.stage import PartResult, Stage

WATCH_CHARS = 8
"""Of a watch's name: a run has few of them."""


@dataclass(frozen=True, kw_only=True)
class BillCampaign:
    """Charges the run that began to watch a campaign for the time until another run does, or it is deleted.

    What AWS charges is the larger of requests and throughput. Customers are counted where they are asked for,
    so what is reported is too much by the requests that the throughput covers: one a second, while they come.
    """

    stage: Stage
    tps: int
    """What the campaign is provisioned for."""
    delay_s: int
    """How far the polls of a watch are apart."""

    async def looked(self, run_id: str, poll: CampaignPoll) -> None:
        """Report a watch's time so far; a later report of it takes the place of the earlier one."""
        existed_s = (poll.number + 1) * self.delay_s
        use = CampaignUse(tps=self.tps, existed_s=existed_s, requests=0, asked_s=0)
        emit(
            {
                Metric.CAMPAIGN_TPS_SECONDS: self.tps * self.delay_s,
                Metric.CAMPAIGN_IDLE_SECONDS: poll.quiet * self.delay_s,
            }
        )
        await self.stage.record(
            run_id,
            f"campaign-{poll.watch[:WATCH_CHARS]}",
            datetime.now(UTC) - timedelta(seconds=existed_s),
            PartResult(units=use.units),
            messages=poll.number + 1,
        )
