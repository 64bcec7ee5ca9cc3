"""What CloudWatch has measured; nothing where it does not say, as with an emulator."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from fondly.contracts.clock import utc_now
from fondly.operations.environment import Environment


class Measure(NamedTuple):
    """A statistic of a metric with one dimension."""

    namespace: str
    metric: str
    dimension: str
    of: str
    stat: str


async def measured(
    environment: Environment, wanted: Sequence[Measure], *, since: datetime, period_s: int
) -> dict[Measure, list[tuple[datetime, float]]]:
    """Return the values of each period, latest first; what has none is missing. At most 500 are asked."""
    queries = [
        {
            "Id": f"q{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": each.namespace,
                    "MetricName": each.metric,
                    "Dimensions": [{"Name": each.dimension, "Value": each.of}],
                },
                "Period": period_s,
                "Stat": each.stat,
            },
        }
        for number, each in enumerate(wanted)
    ]
    times = {"StartTime": since, "EndTime": utc_now(), "ScanBy": "TimestampDescending"}
    try:
        reply = await environment.cloudwatch.get_metric_data(MetricDataQueries=queries, **times)
    except (ClientError, BotoCoreError):
        return {}
    found = {
        each["Id"]: list(zip(each["Timestamps"], each["Values"], strict=True))
        for each in reply["MetricDataResults"]
    }
    return {each: found[f"q{number}"] for number, each in enumerate(wanted) if found.get(f"q{number}")}
