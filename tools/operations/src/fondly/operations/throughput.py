"""What was done in each of the last 24 hours: by the ledger's reports, and on AWS by CloudWatch as well."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel

from fondly.contracts.clock import utc_now
from fondly.contracts.counts import Counted
from fondly.operations.environment import Environment
from fondly.operations.topology import SERVICES
from fondly.runtime.metrics import Metric
from fondly.runtime.parallel import now_s
from fondly.runtime.runs.run import PartReport, Run
from fondly.runtime.settings import NAMESPACE

HOURS = 24
MOST_RUNS = 50
"""The latest runs whose reports are read."""
KEEP_S = 60.0
"""For how long an answer is good; a run of a thousand parts has megabytes of reports."""
SHOWN: Mapping[str, str] = {
    Counted.CUSTOMERS: "customers read",
    Counted.REVIEWS_SCORED: "reviews scored",
    Counted.EMAILS: "emails made",
    Counted.EMAILS_SENT: "emails sent",
}
ON_AWS = {
    Metric.MESSAGES_SUCCEEDED: "messages handled",
    Metric.QUOTA_CALLS: "calls of AI services",
}
HOUR_S = 3_600


class Throughput(BaseModel):
    """What was done by hour, oldest first; the last hour has not ended."""

    hours: list[datetime]
    """When each hour begins."""
    series: dict[str, list[float]]
    """How much of what, by hour; what nobody knows is missing."""
    left_out: bool = False
    """Whether there are more runs than were read."""


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
        now = utc_now().replace(minute=0, second=0, microsecond=0)
        hours = [now - timedelta(hours=back) for back in reversed(range(HOURS))]
        ledger = await self.environment.ledger()
        found = await ledger.recent(limit=MOST_RUNS)
        known, self._reports = self._reports, {}
        for run in filter(lambda each: _may_have_worked(each, hours[0]), found.runs):
            reports = known.get(_state(run))
            self._reports[_state(run)] = await ledger.reports(run.run_id) if reports is None else reports
        counts = Counter[tuple[str, datetime]]()
        for reports in self._reports.values():
            for name, hour, number in _counts(reports):
                counts[name, hour] += number
        series = {words: [counts[name, hour] for hour in hours] for name, words in SHOWN.items()}
        more = await _of_cloudwatch(self.environment, hours) if self.environment.on_aws else {}
        left_out = found.next is not None and found.runs[-1].created_at > hours[0]
        return Throughput(hours=hours, series=series | more, left_out=left_out)


def _state(run: Run) -> tuple[object, ...]:
    """What changes whenever a run has new reports."""
    return run.run_id, run.status, *(len(each.done) for each in run.stages.values())


def _may_have_worked(run: Run, since: datetime) -> bool:
    """Whether a run can have reports of the time; a delivery goes on for days after its run."""
    return run.finished_at is None or run.finished_at > since - timedelta(days=7)


def _counts(reports: list[PartReport]) -> Iterator[tuple[str, datetime, int]]:
    for report in reports:
        hour = report.finished_at.replace(minute=0, second=0, microsecond=0)
        yield from ((name, hour, report.counts[name]) for name in SHOWN if name in report.counts)


async def _of_cloudwatch(environment: Environment, hours: list[datetime]) -> dict[str, list[float]]:
    """Return the sums over all services; nothing if CloudWatch does not say."""
    queries = {f"{metric}_{service}": (metric, service) for metric in ON_AWS for service in SERVICES}
    try:
        reply = await environment.cloudwatch.get_metric_data(
            MetricDataQueries=[
                _query(environment, name, metric, of) for name, (metric, of) in queries.items()
            ],
            StartTime=hours[0],
            EndTime=hours[-1] + timedelta(hours=1),
        )
    except (ClientError, BotoCoreError):
        return {}
    sums = {words: [0.0] * HOURS for words in ON_AWS.values()}
    for result in reply["MetricDataResults"]:
        for at, value in zip(result["Timestamps"], result["Values"], strict=True):
            hour = int((at - hours[0]).total_seconds()) // HOUR_S
            sums[ON_AWS[queries[result["Id"]][0]]][hour] += value
    return sums


def _query(environment: Environment, name: str, metric: Metric, service: str) -> dict[str, object]:
    of = {
        "Namespace": f"{NAMESPACE}/{environment.name}",
        "MetricName": metric,
        "Dimensions": [{"Name": "service", "Value": service}],
    }
    return {"Id": name, "MetricStat": {"Metric": of, "Period": HOUR_S, "Stat": "Sum"}}
