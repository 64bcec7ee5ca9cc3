"""A run's totals, summed from its part reports."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from fondly.runtime.runs.pricing import cost_usd
from fondly.runtime.runs.run import MAKING, PartReport


class RunTotals(BaseModel):
    """A run's counts, wall-clock seconds by stage and in all, and US dollars by service."""

    model_config = ConfigDict(frozen=True)
    counts: dict[str, int]
    stage_seconds: dict[str, float]
    total_seconds: float
    cost_usd: dict[str, Decimal]


def total(reports: Sequence[PartReport]) -> RunTotals:
    """Sum the reports; `total_seconds` ends with the run, without delivery, and counts overlaps once."""
    counts: Counter[str] = Counter()
    units: dict[str, Decimal] = {}
    for report in reports:
        counts.update(report.counts)
        for unit, amount in report.units.items():
            units[unit] = units.get(unit, Decimal(0)) + amount
    return RunTotals(
        counts=dict(counts),
        stage_seconds={
            stage: _seconds([report for report in reports if report.stage is stage]) for stage in MAKING
        },
        total_seconds=_seconds([report for report in reports if report.stage in MAKING]),
        cost_usd=cost_usd(units),
    )


def _seconds(reports: Sequence[PartReport]) -> float:
    if not reports:
        return 0.0
    first = min(report.started_at for report in reports)
    last = max(report.finished_at for report in reports)
    return round((last - first).total_seconds(), 3)
