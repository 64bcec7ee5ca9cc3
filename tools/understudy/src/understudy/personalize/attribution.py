"""Figures of events by where they came from: what a metric attribution reports."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from understudy.personalize.tables import Numbers, Table, Texts
from understudy.wire.service import Params

UNDEFINED = "SOURCE_NAME_UNDEFINED"
"""The source of an event that names none, as AWS calls it."""
HEADER = ("METRIC_NAME", "EVENT_TYPE", "VALUE", "MATH_FUNCTION", "EVENT_ATTRIBUTION_SOURCE", "TIMESTAMP")
_INTERVAL_S = 900
_SUM = re.compile(r"SUM\((\w+)\.(\w+)\)", re.IGNORECASE)
_COUNT = "SAMPLECOUNT()"
_CAMPAIGN = re.compile(r".+-CID-([0-9a-f]{6})")


class Column(NamedTuple):
    """A column that is summed, and the dataset that has it, in capitals."""

    dataset: str
    name: str


@dataclass(frozen=True, slots=True)
class Metric:
    """What is reported of one type of events: their number, or the sum of a column."""

    name: str
    event_type: str
    summed: Column | None

    @classmethod
    def of(cls, params: Params) -> Self:
        """Return a metric; raise ValueError for an expression that is neither a count nor a sum."""
        expression = params["expression"]
        found = _SUM.fullmatch(expression)
        if found is None and expression.upper() != _COUNT:
            raise ValueError(f"The expression {expression} is not valid.")
        summed = None if found is None else Column(found[1].upper(), found[2])
        return cls(params["metricName"], params["eventType"], summed)

    @property
    def function(self) -> str:
        """The name of the function in reports."""
        return "samplecount" if self.summed is None else "sum"


class Figure(NamedTuple):
    """A value of a metric in a quarter of an hour, which begins at `since`, in Unix seconds."""

    metric: str
    event_type: str
    value: float
    function: str
    source: str
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrences:
    """Events, one per position: type, item, source, Unix time, and columns of the Interactions dataset."""

    types: Texts
    items: Texts
    sources: Texts
    times: Numbers
    columns: Mapping[str, Numbers]

    @classmethod
    def of(cls, table: Table, campaigns: Mapping[str, str]) -> Self:
        """Return the interactions of a table; `campaigns` are ARNs by the mark in ids of recommendations."""
        return cls(
            types=_texts(table, "EVENT_TYPE"),
            items=_texts(table, "ITEM_ID"),
            sources=_sources(table, campaigns),
            times=table.numbers("TIMESTAMP"),
            columns={name: each for name, each in table.columns.items() if not isinstance(each, Texts)},
        )


def figures(
    metrics: Iterable[Metric], events: Occurrences, item_value: Callable[[str, str], float]
) -> list[Figure]:
    """Return what metrics say of events; `item_value` is the number of an item in a column of Items."""
    return [each for metric in metrics for each in _figures(metric, events, item_value)]


def report(rows: Iterable[Figure]) -> bytes:
    """Return figures as CSV, in AWS's columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue().encode()


def campaign_mark(campaign_arn: str) -> str:
    """Return what ids of recommendations say of the campaign that gave them."""
    return sha256(campaign_arn.encode()).hexdigest()[:6]


def source_of(named: str | None, recommendation_id: str | None, campaigns: Mapping[str, str]) -> str:
    """Return the source of an event: the one it names, else the campaign that recommended."""
    if named:
        return named
    mark = _CAMPAIGN.fullmatch(recommendation_id or "")
    return campaigns.get(mark[1], UNDEFINED) if mark else UNDEFINED


def _figures(metric: Metric, events: Occurrences, item_value: Callable[[str, str], float]) -> list[Figure]:
    wanted = metric.event_type.lower()
    of_type = np.array([*(each.lower() == wanted for each in events.types.values), False], dtype=bool)
    rows = np.flatnonzero(of_type[events.types.codes])
    values = _values(metric.summed, events, item_value)[rows]
    since = events.times[rows] // _INTERVAL_S * _INTERVAL_S
    groups, places = np.unique(np.stack([events.sources.codes[rows], since]), axis=1, return_inverse=True)
    sums = np.bincount(places.ravel(), values, groups.shape[1])
    return [
        Figure(
            metric=metric.name,
            event_type=metric.event_type,
            value=float(value),
            function=metric.function,
            source=events.sources.values[int(source)],
            since=int(begin),
        )
        for source, begin, value in zip(*groups, sums, strict=True)
    ]


def _values(
    summed: Column | None, events: Occurrences, item_value: Callable[[str, str], float]
) -> NDArray[np.float64]:
    if summed is None:
        return np.ones(events.times.size)
    if summed.dataset != "ITEMS":
        return np.nan_to_num(events.columns.get(summed.name, np.zeros(events.times.size)))
    by_item = np.array([*(item_value(item, summed.name) for item in events.items.values), 0.0])
    return np.asarray(by_item[events.items.codes])


def _texts(table: Table, name: str) -> Texts:
    if name in table.columns:
        return table.texts(name)
    return Texts(np.full(table.rows, -1, dtype=np.int32), ())


def _sources(table: Table, campaigns: Mapping[str, str]) -> Texts:
    named, recommended = _texts(table, "EVENT_ATTRIBUTION_SOURCE"), _texts(table, "RECOMMENDATION_ID")
    pairs, rows = np.unique(np.stack([named.codes, recommended.codes]), axis=1, return_inverse=True)
    sources = [
        source_of(_at(named, int(name)), _at(recommended, int(by)), campaigns)
        for name, by in pairs.T.tolist()
    ]
    values = tuple(dict.fromkeys(sources))
    codes = np.array([values.index(source) for source in sources], dtype=np.int32)
    return Texts(codes[rows.ravel()], values)


def _at(column: Texts, code: int) -> str | None:
    return column.values[code] if code >= 0 else None
