"""What Personalize charges for a campaign: the requests that it is provisioned for, or those it gets if more.

Source: Amazon Personalize developer guide, "Minimum provisioned transactions per second and auto-scaling":
what counts is the larger of both, in windows of five minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

TPS_HOURS, REQUESTS = "personalize.campaign_tps_hours", "personalize.realtime_requests"
SECONDS_PER_HOUR = 3_600
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class CampaignUse:
    """For how long a campaign has existed, and what it was asked."""

    tps: int
    """`minProvisionedTPS`: requests a second that are paid for at any time, asked or not."""
    existed_s: float
    requests: int
    asked_s: float
    """In which of these seconds requests came; those of quieter ones are paid for already."""

    @property
    def units(self) -> Mapping[str, Decimal]:
        """What is charged, by unit: hours of one request a second, and the requests beyond them."""
        beyond = max(0, self.requests - round(self.tps * self.asked_s))
        hours = Decimal(str(round(self.tps * self.existed_s / SECONDS_PER_HOUR, DECIMALS)))
        return {name: amount for name, amount in ((TPS_HOURS, hours), (REQUESTS, Decimal(beyond))) if amount}
