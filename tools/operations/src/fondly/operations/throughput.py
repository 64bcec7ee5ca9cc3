"""What was done in each of the last 24 hours: by the ledger's reports, and on AWS by CloudWatch as well."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel

from fondly.contracts.clock import utc_now
from fondly.contracts.counts import Counted
from fondly.operations.cloudwatch import Measure, measured
from fondly.operations.environment import Environment
from fondly.operations.topology import SERVICES
from fondly.runtime.metrics import Metric
from fondly.runtime.parallel import now_s
from fondly.runtime.runs.run import PartReport, Run
from fondly.runtime.settings import NAMESPACE

HOURS, HOUR_S = 24, 3_600
MOST_RUNS = 50
"""The latest runs whose reports are read."""
KEEP_S = 60.0
"""For how long an answer is good: a run of a thousand parts has a megabyte of reports."""
COUNTED = {
    Counted.CUSTOMERS: "customers read",
    Counted.REVIEWS_SCORED: "reviews scored",
    Counted.EMAILS: "emails made",
    Counted.EMAILS_SENT: "emails sent",
}
MEASURED = {Metric.MESSAGES_SUCCEEDED: "messages handled", Metric.QUOTA_CALLS: "calls of AI services"}


class Throughput(BaseModel):
    """How much of what was done by hour, oldest first; the last hour has not ended."""

    hours: list[datetime]
    series: dict[str, list[float]]


@dataclass
class ThroughputWatch:
    """Reads throughput at most once a minute, and the reports of a run only if it has got further."""

    environment: Environment
    _reports: dict[tuple[object, ...], list[PartReport]] = field(default_factory=dict)
    _latest: Throughput | None = None
    _read_at: float = 0.0

    async def look(self) -> Throughput:
        """Return the throughput of the last 24 hours."""
        if self._latest is None or now_s() - self._read_at > KEEP_S:
            self._latest, self._read_at = await self._read(), now_s()
        return self._latest

    async def _read(self) -> Throughput:
        hours = [_hour(utc_now()) - timedelta(hours=back) for back in reversed(range(HOURS))]
        counts = Counter[tuple[str, datetime]]()
        for report in await self._reports_since(hours[0]):
            for name in COUNTED.keys() & report.counts.keys():
                counts[COUNTED[Counted(name)], _hour(report.finished_at)] += report.counts[name]
        if self.environment.on_aws:
            counts.update(await _measured(self.environment, hours[0]))
        kinds = [*COUNTED.values(), *(MEASURED.values() if self.environment.on_aws else ())]
        return Throughput(
            hours=hours, series={kind: [counts[kind, hour] for hour in hours] for kind in kinds}
        )

    async def _reports_since(self, since: datetime) -> list[PartReport]:
        ledger, known = await self.environment.ledger(), self._reports
        self._reports = {}
        for run in (await ledger.recent(limit=MOST_RUNS)).runs:
            if run.finished_at and run.finished_at < since - timedelta(days=7):
                continue  # its delivery is over as well
            found = known.get(_progress(run))
            self._reports[_progress(run)] = await ledger.reports(run.run_id) if found is None else found
        return [report for reports in self._reports.values() for report in reports]


def _progress(run: Run) -> tuple[object, ...]:
    """What changes whenever a run has new reports."""
    return run.run_id, run.status, *(len(each.done) for each in run.stages.values())


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


async def _measured(environment: Environment, since: datetime) -> Counter[tuple[str, datetime]]:
    namespace = f"{NAMESPACE}/{environment.name}"
    wanted = {
        Measure(namespace, metric, "service", service, "Sum"): words
        for metric, words in MEASURED.items()
        for service in SERVICES
    }
    sums = Counter[tuple[str, datetime]]()
    found = await measured(environment, list(wanted), since=since, period_s=HOUR_S)
    for measure, values in found.items():
        for at, value in values:
            sums[wanted[measure], _hour(at)] += int(value)
    return sums
