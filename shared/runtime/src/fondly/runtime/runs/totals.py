"""A run's totals, summed from its part reports."""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from fondly.runtime.runs.pricing import cost_usd
from fondly.runtime.runs.run import MAKING, PartReport, StageName


class RunTotals(BaseModel):
    """A run's counts, wall-clock seconds by stage and in all, and US dollars by service."""

    model_config = ConfigDict(frozen=True)
    counts: dict[str, int]
    stage_seconds: dict[str, float]
    total_seconds: float
    cost_usd: dict[str, Decimal]


def total(reports: Sequence[PartReport]) -> RunTotals:
    """Sum the reports; `total_seconds` ends with the run, without delivery, and counts overlaps once."""
    counts, units = _added(reports)
    return RunTotals(
        counts=counts,
        stage_seconds={
            stage: _seconds([report for report in reports if report.stage is stage]) for stage in MAKING
        },
        total_seconds=_seconds([report for report in reports if report.stage in MAKING]),
        cost_usd=cost_usd(units),
    )


def sums_of(reports: Sequence[PartReport]) -> list[PartReport]:
    """Return reports with the same total: one for each stage that makes emails and hour in which it ended."""
    by_hour = defaultdict[tuple[StageName, datetime], list[PartReport]](list)
    for each in reports:
        if each.stage in MAKING:
            hour = each.finished_at.replace(minute=0, second=0, microsecond=0)
            by_hour[each.stage, hour].append(each)
    return [_sum(own) for own in by_hour.values()]


class Span(NamedTuple):
    """When a piece of work began and ended, in Unix seconds, and the names of the units that it used."""

    stage: StageName
    began: float
    ended: float
    units: Sequence[str] = ()


def span(report: PartReport) -> Span:
    """Return when a report's work was done."""
    return Span(
        report.stage, report.started_at.timestamp(), report.finished_at.timestamp(), tuple(report.units)
    )


def packed_times(reports: Iterable[PartReport]) -> bytes:
    """Return when each piece of making emails began and ended, in whole seconds, some five bytes each."""
    own = sorted(
        (int(each.began), int(each.ended), each.stage) for each in map(span, reports) if each.stage in MAKING
    )
    first = own[0][0] if own else 0
    times = [(one - first, other - first, MAKING.index(stage)) for one, other, stage in own]
    return zlib.compress(json.dumps([first, times], separators=(",", ":")).encode())


def unpacked_times(packed: bytes) -> list[Span]:
    """Return the times that `packed_times` has kept."""
    first, times = json.loads(zlib.decompress(packed))
    return [Span(MAKING[stage], first + one, first + other) for one, other, stage in times]


def _sum(reports: Sequence[PartReport]) -> PartReport:
    counts, units = _added(reports)
    return PartReport(
        stage=reports[0].stage,
        name="all",
        started_at=min(each.started_at for each in reports),
        finished_at=max(each.finished_at for each in reports),
        counts=counts,
        units=units,
    )


def _added(reports: Sequence[PartReport]) -> tuple[dict[str, int], dict[str, Decimal]]:
    counts, units = Counter[str](), dict[str, Decimal]()
    for report in reports:
        counts.update(report.counts)
        for unit, amount in report.units.items():
            units[unit] = units.get(unit, Decimal(0)) + amount
    return dict(counts), units


def _seconds(reports: Sequence[PartReport]) -> float:
    if not reports:
        return 0.0
    first = min(report.started_at for report in reports)
    last = max(report.finished_at for report in reports)
    return round((last - first).total_seconds(), 3)
