"""What the parts of a run report of their work: an item each in the ledger's table."""

from datetime import datetime

from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.runs.hourly_reports import REPORT_PREFIX, hourly_reports, replace_report
from fondly.runtime.runs.items import get_item, items_with, key
from fondly.runtime.runs.run import PartReport, StageName
from fondly.runtime.runs.totals import Span, packed_times, span, sums_of, unpacked_times
from fondly.runtime.storage import expires_at, to_item

SUMS, TIMES = "sums", "times"


class Reports:
    """The reports of a table's runs. Every method is idempotent."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, keep_days: int | None) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._keep_days = keep_days

    async def record(self, run_id: str, report: PartReport) -> None:
        """Store a report, replacing one of the same stage and name."""
        item = {"run_id": run_id, "item": f"{REPORT_PREFIX}{report.stage}#{report.name}"}
        values = {
            **report.model_dump(),
            "started_at": report.started_at.isoformat(),
            "finished_at": report.finished_at.isoformat(),
            **expires_at(self._keep_days),
        }
        if report.stage is StageName.SENDER:
            await replace_report(self._dynamodb, self._table, item | values, self._keep_days)
        else:
            await self._dynamodb.put_item(TableName=self._table, Item=to_item(item | values))

    async def report(self, run_id: str, stage: StageName, name: str) -> PartReport | None:
        """Return one report of the run, if it is there."""
        item = key(run_id, f"{REPORT_PREFIX}{stage}#{name}")
        found = await get_item(self._dynamodb, self._table, item)
        return PartReport.model_validate(found) if found else None

    async def reports(self, run_id: str) -> list[PartReport]:
        """Return every report of the run."""
        items = items_with(self._dynamodb, self._table, run_id, REPORT_PREFIX)
        return [PartReport.model_validate(item) async for item in items]

    async def keep_sums(self, run_id: str) -> list[PartReport]:
        """Keep what the stages that make emails come to, once all are made; return every report.

        Whoever changes a report later calls this again.
        """
        found, kept = await self.reports(run_id), expires_at(self._keep_days)
        sums = {"reports": [each.model_dump(mode="json") for each in sums_of(found)]}
        for name, values in ((SUMS, sums), (TIMES, {"packed": packed_times(found)})):
            item = key(run_id, name) | to_item(values | kept)
            await self._dynamodb.put_item(TableName=self._table, Item=item)
        return found

    async def summed(self, run_id: str, *, delivery: bool = True) -> list[PartReport]:
        """Return reports that come to the same, or without delivery: few once `keep_sums` was called."""
        kept = (await get_item(self._dynamodb, self._table, key(run_id, SUMS))).get("reports", [])
        sums = [PartReport.model_validate(each) for each in kept]
        if not sums:
            sums = [each for each in await self.reports(run_id) if each.stage is not StageName.SENDER]
        return sums + (await hourly_reports(self._dynamodb, self._table, run_id) if delivery else [])

    async def timed(self, run_id: str) -> list[Span]:
        """Return when each piece of work was done; once `keep_sums` was called, without units."""
        kept = (await get_item(self._dynamodb, self._table, key(run_id, TIMES))).get("packed")
        if kept is None:
            return [span(each) for each in await self.reports(run_id)]
        prefix, only = f"{REPORT_PREFIX}{StageName.SENDER}#", ("started_at", "finished_at")
        times = items_with(self._dynamodb, self._table, run_id, prefix, consistent=False, only=only)
        moments = [[_unix_s(each[name]) for name in only] async for each in times]
        sending = [Span(StageName.SENDER, began, ended) for began, ended in moments]
        return [*unpacked_times(bytes(kept)), *sending]


def _unix_s(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
