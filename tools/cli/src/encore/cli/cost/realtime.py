"""What `encore cost realtime` answers: what real time has used in some days, as CloudWatch has counted it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict
from rich.console import Console

from encore.cli.cost.lines import CostLine, line, total
from encore.cli.cost.tables import lines_table, source_line
from encore.cli.environment import Environment
from encore.cli.tables import cell
from encore.runtime.metrics import Metric
from encore.runtime.runs.campaigns import REQUESTS, SECONDS_PER_HOUR, TPS_HOURS
from encore.runtime.settings import NAMESPACE

WINDOW_S = 300
"""In windows of so many seconds Personalize compares requests with what a campaign is provisioned for."""
READS_PER_REQUEST = 5
"""A customer's history, and four items of recommendations."""
STAGE = "v1"
Series = Mapping[datetime, float]


class RealtimeCost(BaseModel):
    """What was used, at list prices; what the endpoint costs without requests is not in it."""

    model_config = ConfigDict(frozen=True)
    days: int
    requests: int
    """To the gateway, whatever became of them."""
    lines: list[CostLine]
    total_usd: Decimal


async def realtime_cost(environment: Environment, *, days: int, now: datetime) -> RealtimeCost:
    """Read the metrics of the last days; a metric that nobody has written counts nothing."""
    found = await _series(environment, now - timedelta(days=days), now)
    requests, provisioned = _sum(found["gateway"]), found["provisioned"]
    units = {
        "apigateway.requests": requests,
        "waf.requests": requests,
        "dynamodb.reads": READS_PER_REQUEST * _sum(found["web"]),
        TPS_HOURS: _sum(provisioned) / SECONDS_PER_HOUR,
        REQUESTS: beyond(found["asked"], provisioned),
    }
    lines = [line(unit, amount) for unit, amount in units.items() if amount]
    return RealtimeCost(days=days, requests=round(requests), lines=lines, total_usd=total(lines))


def beyond(asked: Series, provisioned: Series) -> float:
    """Return the requests that are charged beside a campaign's hours: in each window those beyond its least.

    `provisioned` is written by looks a quarter of an hour apart: each tells of the time before it. Where none
    tells of a window, one request a second is taken to be paid for, which is the least there is.
    """
    return sum(max(0.0, requests - WINDOW_S * _tps(provisioned, start)) for start, requests in asked.items())


def _tps(provisioned: Series, start: datetime) -> float:
    looks = sorted(provisioned)
    later = [(at, provisioned[at]) for at in looks if at >= start]
    if not later or len(looks) < 2:  # noqa: PLR2004 - without two looks nothing tells how far they are apart
        return 1.0
    apart_s = min((after - before).total_seconds() for before, after in pairwise(looks))
    return max(1.0, round(later[0][1] / apart_s))


async def _series(environment: Environment, start: datetime, end: datetime) -> dict[str, Series]:
    """Read each metric's sums by windows, by the name that it has here."""
    wanted = await _wanted(environment)
    queries: Any = [
        {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": namespace,
                    "MetricName": metric,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
                },
                "Period": WINDOW_S,
                "Stat": "Sum",
            },
        }
        for name, (namespace, metric, dimensions) in wanted.items()
    ]
    series: dict[str, dict[datetime, float]] = {name: {} for name in wanted}
    pages = environment.cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=end
    )
    async for page in pages:
        for each in page["MetricDataResults"]:
            series[each["Id"]] |= dict(zip(each["Timestamps"], each["Values"], strict=True))
    return dict(series)


async def _wanted(environment: Environment) -> Mapping[str, tuple[str, str, Mapping[str, str]]]:
    arn = await environment.queue_arn(await environment.queue_url("recommender"))
    partition, region, account = (arn.split(":")[place] for place in (1, 3, 4))
    campaign = f"arn:{partition}:personalize:{region}:{account}:campaign/{environment.name}"
    own, web = f"{NAMESPACE}/{environment.name}", environment.named("web")
    return {
        "gateway": ("AWS/ApiGateway", "Count", {"ApiName": web, "Stage": STAGE}),
        "web": (own, Metric.WEB_REQUESTS, {"service": "recommender-web"}),
        "provisioned": (own, Metric.CAMPAIGN_TPS_SECONDS, {"service": "recommender"}),
        "asked": ("AWS/Personalize", "GetRecommendations", {"CampaignArn": campaign}),
    }


def _sum(series: Series) -> float:
    return sum(series.values())


def show_realtime(found: RealtimeCost, console: Console) -> None:
    """Print the lines, and what a million requests came to."""
    lines: Sequence[CostLine] = found.lines
    console.print(lines_table(lines, f"{found.days} days"))
    console.print()
    console.print(cell("without the endpoint itself: `encore cost estimate` has what a month of it costs"))
    console.print(cell(source_line(), "dim"))
