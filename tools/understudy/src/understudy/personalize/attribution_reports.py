"""What metric attributions report: counted as events come in, and published on S3."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING

import structlog

from understudy.personalize.attribution import (
    Figure,
    Metric,
    Occurrences,
    campaign_mark,
    figures,
    report,
)
from understudy.personalize.attribution_operations import METRICS
from understudy.personalize.dataset_records import table_of
from understudy.personalize.errors import JobFailedError, invalid_input
from understudy.personalize.kinds import CAMPAIGN, METRIC_ATTRIBUTION, Status
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.storage import Storage
from understudy.s3 import Location

if TYPE_CHECKING:
    from understudy.personalize.item_records import ItemRecords
    from understudy.personalize.records import Records
    from understudy.personalize.registry import Registry
    from understudy.personalize.resource import Resource
    from understudy.personalize.store import Streamed
    from understudy.personalize.tables import Table
    from understudy.s3 import S3ClientFactory
    from understudy.workers import Workers

_log = structlog.get_logger(__name__)

PREFIX = "AggregatedAttributionMetrics"
_OF_EVENTS = f"{PREFIX} - PutEvents.csv"
_SOURCES = ("EVENT_TYPE", "EVENT_ATTRIBUTION_SOURCE", "RECOMMENDATION_ID")


Count = Callable[[Sequence[bool]], None]
"""Counts events, by whether each is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionReports:
    """Counts what attributions report. Used on one event loop.

    AWS sends the figures of single events to CloudWatch. Here, they are in a file beside those of imports,
    which is written anew after events have come in.
    """

    registry: Registry
    workers: Workers
    items: ItemRecords
    s3: S3ClientFactory
    _stale: set[str] = field(default_factory=set)

    def require_destination(self, group_arn: str) -> None:
        """Raise InvalidInputException unless the group has an attribution that can publish on S3."""
        attribution = self._active(group_arn)
        if attribution is None or _destination(attribution) is None:
            raise invalid_input("The dataset group has no metric attribution with an Amazon S3 destination.")

    async def counting(self, group_arn: str, schema: Schema, events: Sequence[Streamed]) -> Count:
        """Return what counts those of some events that are new, to be done together with their being kept."""
        attribution = self._active(group_arn)
        if attribution is None:
            return _nothing
        wide = _with_sources(schema)
        tables = [table_of([each], wide) for each in events]
        found = await self._figures(attribution, group_arn, tables)

        def count(new: Sequence[bool]) -> None:
            counted = [each for each, is_new in zip(found, new, strict=True) if is_new]
            self.registry.store.add_figures(attribution.arn, chain.from_iterable(counted))
            self._publish_soon(attribution)

        return count

    async def publish_import(self, group_arn: str, table: Table, mode: str) -> None:
        """Publish what attributions say of imported interactions; raise JobFailedError if S3 refuses."""
        attribution = self._active(group_arn)
        destination = None if attribution is None else _destination(attribution)
        if attribution is None or destination is None:
            return
        [found] = await self._figures(attribution, group_arn, [table])
        name = f"{PREFIX} - {mode} - {int(datetime.now(UTC).timestamp())}.csv"
        async with Storage.open(self.s3) as storage:
            await storage.write(destination.child(name), report(found))

    def resume(self) -> None:
        """Publish what was counted, but maybe not published, when the process was killed."""
        for attribution in self.registry.find(METRIC_ATTRIBUTION):
            if attribution.status is Status.ACTIVE and self.registry.store.figures(attribution.arn):
                self._publish_soon(attribution)

    async def _figures(
        self, attribution: Resource, group_arn: str, tables: Sequence[Table]
    ) -> list[list[Figure]]:
        """Return the figures of each table."""
        metrics = [Metric.of(each) for each in attribution.detail[METRICS]]
        campaigns = {
            campaign_mark(each.arn): each.arn for each in self.registry.find(CAMPAIGN, links=(group_arn,))
        }
        records = await self.items.of(group_arn)
        return await self.workers.run(
            lambda: [_counted(metrics, table, campaigns, records) for table in tables]
        )

    def _publish_soon(self, attribution: Resource) -> None:
        self._stale.add(attribution.arn)
        if _destination(attribution) is not None and not self.registry.is_busy(attribution):
            self.registry.start(attribution, self._publish(attribution))

    async def _publish(self, attribution: Resource) -> None:
        while attribution.arn in self._stale:
            await self.registry.pause()
            self._stale.discard(attribution.arn)
            destination = _destination(attribution)
            if destination is None:
                return
            body = report(self.registry.store.figures(attribution.arn))
            try:
                async with Storage.open(self.s3) as storage:
                    await storage.write(destination.child(_OF_EVENTS), body)
            except JobFailedError as error:
                _log.warning("attribution_not_published", arn=attribution.arn, reason=str(error))

    def _active(self, group_arn: str) -> Resource | None:
        found = self.registry.find(METRIC_ATTRIBUTION, links=(group_arn,))
        return next((each for each in found if each.status is Status.ACTIVE), None)


def _counted(
    metrics: Sequence[Metric], table: Table, campaigns: Mapping[str, str], records: Records | None
) -> list[Figure]:
    def item_value(item: str, column: str) -> float:
        value = None if records is None else records.value(item, column)
        return value if isinstance(value, float) else 0.0

    return figures(metrics, Occurrences.of(table, campaigns), item_value)


def _with_sources(schema: Schema) -> Schema:
    """Return a schema with the columns that say where an event came from, whether or not they are kept."""
    names = {each.name for each in schema.fields}
    more = (Field(name, "string", nullable=True) for name in _SOURCES if name not in names)
    return replace(schema, fields=(*schema.fields, *more))


def _destination(attribution: Resource) -> Location | None:
    config = attribution.detail["metricsOutputConfig"]
    return Location.parse(config["s3DataDestination"]["path"]) if "s3DataDestination" in config else None


def _nothing(_new: Sequence[bool]) -> None:
    """Count nothing."""
