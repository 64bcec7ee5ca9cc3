"""What a run takes of AWS, what it keeps, and what an environment costs."""

import tomllib
from decimal import Decimal
from importlib import resources

from pydantic import BaseModel, ConfigDict

from fondly.operations.cost.hours import NEW_ACCOUNT, Quotas, calls_of, hours_of
from fondly.operations.cost.lines import (
    SES_PER_S,
    CostLine,
    by_service,
    delivery_hours,
    delivery_lines,
    kept_lines,
    line,
    run_lines,
    total,
)
from fondly.operations.cost.workload import Workload

WEEKLY_SHARE = 0.1


class Estimate(BaseModel):
    """What a run takes, all of it with what is not known to be paid for before."""

    model_config = ConfigDict(frozen=True)
    customers: int
    emails: int
    calls: dict[str, int]
    hours: dict[str, float]
    """By service, one after the other."""
    total_hours: float
    cost_usd: dict[str, Decimal]
    """By service, and the `total`."""
    first_run: list[CostLine]
    delivery: list[CostLine]
    """Delivering all emails of a run, by SES."""
    delivery_usd: Decimal
    delivery_hours: float
    """At SES's rate, without quiet hours."""


class CostEstimate(Estimate):
    """The cost of a month in which every customer gets so many emails."""

    next_run: list[CostLine]
    """One run with texts, products and rankings known: only copy is new."""
    next_run_usd: Decimal
    weekly_share: float
    """How much of the first run's data is new in the file of a week later."""
    weekly_run: list[CostLine]
    weekly_run_usd: Decimal
    emails_per_customer: int
    runs_usd: Decimal
    """All runs of the month, without their delivery."""
    kept: list[CostLine]
    standing: dict[str, list[CostLine]]
    """The standing costs by environment."""


def estimate(work: Workload, quotas: Quotas = NEW_ACCOUNT, *, ses_per_s: float = SES_PER_S) -> Estimate:
    """Reckon one run; nothing where nobody may be written to."""
    lines, delivery = run_lines(work, quotas), delivery_lines(work, per_s=ses_per_s)
    hours = dict(hours_of(work, quotas)) if work.emails else {}
    return Estimate(
        customers=work.customers,
        emails=work.written,
        calls=calls_of(work),
        hours=hours,
        total_hours=sum(hours.values()),
        cost_usd={**by_service(lines), "total": total(lines)},
        first_run=lines,
        delivery=delivery,
        delivery_usd=total(delivery),
        delivery_hours=delivery_hours(work, per_s=ses_per_s),
    )


def estimate_cost(
    work: Workload,
    *,
    emails_per_customer: int = 1,
    weekly_share: float = WEEKLY_SHARE,
    quotas: Quotas = NEW_ACCOUNT,
    ses_per_s: float = SES_PER_S,
) -> CostEstimate:
    """Reckon the first run and those after it; `work` is the first."""
    first = estimate(work, quotas, ses_per_s=ses_per_s)
    following, weekly = (run_lines(work.following(new_share=share), quotas) for share in (0.0, weekly_share))
    return CostEstimate(
        **dict(first),
        next_run=following,
        next_run_usd=total(following),
        weekly_share=weekly_share,
        weekly_run=weekly,
        weekly_run_usd=total(weekly),
        emails_per_customer=emails_per_customer,
        runs_usd=first.cost_usd["total"] + (emails_per_customer - 1) * total(following),
        kept=kept_lines(work),
        standing=standing_lines(),
    )


def standing_lines() -> dict[str, list[CostLine]]:
    """Return what each environment costs a month while nobody uploads anything."""
    environments = tomllib.loads(resources.files(__package__).joinpath("standing.toml").read_text("utf-8"))
    return {
        name: [line(unit, amount) for unit, amount in units.items()] for name, units in environments.items()
    }
