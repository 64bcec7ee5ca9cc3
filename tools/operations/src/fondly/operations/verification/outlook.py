"""What a number of customers takes with the account's quotas, and which quota to raise first."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from fondly.operations.cost.hours import (
    MINUTES_PER_HOUR,
    SECONDS_PER_HOUR,
    Quotas,
    calls_of,
    hours_of,
    tokens_per_call,
)
from fondly.operations.cost.lines import by_service, delivery_hours, delivery_lines, run_lines, total
from fondly.operations.cost.workload import MODEL_ID, Workload
from fondly.operations.verification.quotas import FoundQuotas, Quota, SesRate


class Request(Quota):
    """A quota that has to be raised for a run to take no longer than wanted."""

    needed: int

    @property
    def command(self) -> str:
        """What requests it."""
        return self.request_of(self.needed)


class Outlook(BaseModel):
    """A first run of so many customers; `requests` has the bottleneck first."""

    model_config = ConfigDict(frozen=True)
    customers: int
    hours: dict[str, float]
    total_hours: float
    within_hours: float
    usd: Decimal
    usd_by_service: dict[str, Decimal]
    requests: list[Request]
    delivery_hours: float
    """At SES's rate, without quiet hours."""
    delivery_days: int
    """By how many emails SES takes in a day."""
    delivery_usd: Decimal


def outlook(
    customers: int, found: FoundQuotas, *, within_hours: float, model_id: str | None, rate: SesRate
) -> Outlook:
    """Reckon with what is known of the account, and with a new account's quotas for the rest."""
    work = Workload.of(customers, model_id=model_id or MODEL_ID)
    limits = found.limits()
    hours, lines = hours_of(work, limits), run_lines(work, limits)
    return Outlook(
        customers=customers,
        hours=dict(hours),
        total_hours=sum(hours.values()),
        within_hours=within_hours,
        usd=total(lines),
        usd_by_service=by_service(lines),
        requests=_requests(work, limits, found, within_hours),
        delivery_hours=delivery_hours(work, per_s=rate.per_s),
        delivery_days=-(-work.emails // max(1, int(rate.per_day))),
        delivery_usd=total(delivery_lines(work, per_s=rate.per_s)),
    )


def _requests(work: Workload, limits: Quotas, found: FoundQuotas, within_hours: float) -> list[Request]:
    """The quotas that alone would take longer than there is beside the training, the slowest first."""
    calls, available = calls_of(work), max(within_hours - hours_of(work, limits)["personalize"], 0.1)
    share = available / 2
    per_min = calls["bedrock"] / share / MINUTES_PER_HOUR
    wanted: list[tuple[Quota | None, float]] = [
        (found.converse_rpm, per_min),
        (found.converse_tpm, per_min * tokens_per_call(work.model_id)),
        (found.comprehend_tps, calls["comprehend"] / share / SECONDS_PER_HOUR),
    ]
    short = [(quota, needed) for quota, needed in wanted if quota and needed > quota.value]
    short.sort(key=lambda each: each[1] / max(each[0].value, 1), reverse=True)
    return [Request(**dict(quota), needed=int(-(-needed // 1))) for quota, needed in short]
