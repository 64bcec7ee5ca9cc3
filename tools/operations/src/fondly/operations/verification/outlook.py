"""What a number of customers takes with the account's quotas, and which quota to raise first."""

from fondly.operations.cost.estimate import Estimate, estimate
from fondly.operations.cost.hours import (
    MINUTES_PER_HOUR,
    SECONDS_PER_HOUR,
    Quotas,
    calls_of,
    hours_of,
    tokens_per_call,
)
from fondly.operations.cost.workload import MODEL_ID, Workload
from fondly.operations.verification.quotas import FoundQuotas, Quota, SesRate


class Request(Quota):
    """A quota that has to be raised for a run to take no longer than wanted."""

    needed: int

    @property
    def command(self) -> str:
        """What requests it."""
        return self.request_of(self.needed)


class Outlook(Estimate):
    """A first run of so many customers; `requests` has the bottleneck first."""

    within_hours: float
    requests: list[Request]
    delivery_days: int
    """By how many emails SES takes in a day."""


def outlook(
    customers: int, found: FoundQuotas, *, within_hours: float, model_id: str | None, rate: SesRate
) -> Outlook:
    """Reckon with what is known of the account, and with a new account's quotas for the rest."""
    work = Workload.of(customers, model_id=model_id or MODEL_ID)
    limits = found.limits()
    return Outlook(
        **dict(estimate(work, limits, ses_per_s=rate.per_s)),
        within_hours=within_hours,
        requests=_requests(work, limits, found, within_hours),
        delivery_days=-(-work.emails // max(1, int(rate.per_day))),
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
