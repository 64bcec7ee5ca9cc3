"""What `fondly cost realtime` answers: what real time has used in some days, as CloudWatch has counted it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from fondly.operations.cost.hours import SECONDS_PER_HOUR
from fondly.operations.cost.lines import CostLine, line, total
from fondly.operations.environment import Environment, open_client
from fondly.operations.queues import metric_query
from fondly.runtime.metrics import Metric
from fondly.runtime.settings import NAMESPACE

TPS_HOURS, REQUESTS = "personalize.campaign_tps_hours", "personalize.realtime_requests"
WINDOW_S = 300
"""Personalize compares requests with a campaign's provision in windows of so many seconds."""
READS_PER_REQUEST = 5
"""A customer's history, and four items of recommendations."""
STAGE = "v1"
Series = Mapping[datetime, float]


class RealtimeCost(BaseModel):
    """What was used, at list prices; what the endpoint costs without requests is not in it."""

    model_config = ConfigDict(frozen=True)
    days: int
    requests: int
    """Requests to the gateway, whatever became of them."""
    lines: list[CostLine]
    total_usd: Decimal


async def realtime_cost(environment: Environment, *, days: int, now: datetime) -> RealtimeCost:
    """Read the metrics of the last days, and which campaign there is; a missing metric counts nothing."""
    start = now - timedelta(days=days)
    campaign = await _campaign(environment)
    found = await _series(environment, campaign.get("campaignArn", ""), start, now)
    requests = sum(found["gateway"].values())
    units = {
        "apigateway.requests": requests,
        "waf.requests": requests,
        "dynamodb.reads": READS_PER_REQUEST * sum(found["web"].values()),
        TPS_HOURS: tps_hours(campaign, start, now),
        REQUESTS: beyond(found.get("asked", {}), campaign.get("minProvisionedTPS", 1)),
    }
    lines = [line(unit, amount) for unit, amount in units.items() if amount]
    return RealtimeCost(days=days, requests=round(requests), lines=lines, total_usd=total(lines))


def tps_hours(campaign: Mapping[str, Any], start: datetime, now: datetime) -> float:
    """Return for how long the campaign has existed since `start`, times the requests a second that it has."""
    if not campaign:
        return 0.0
    existed = now - max(start, campaign["creationDateTime"])
    return float(campaign["minProvisionedTPS"] * max(0.0, existed.total_seconds()) / SECONDS_PER_HOUR)


def beyond(asked: Series, tps: int) -> float:
    """Return the requests that are charged beside a campaign's hours: in each window what it does not cover.

    Source: Personalize developer guide, "Minimum provisioned transactions per second and auto-scaling".
    """
    return sum(max(0.0, requests - WINDOW_S * tps) for requests in asked.values())


async def _campaign(environment: Environment) -> Mapping[str, Any]:
    """Return what is described of the environment's campaign, empty if there is none."""
    async with open_client("personalize", environment.region) as personalize:
        async for page in personalize.get_paginator("list_campaigns").paginate():
            for each in page["campaigns"]:
                if each["name"] == environment.name:
                    reply = await personalize.describe_campaign(campaignArn=each["campaignArn"])
                    return dict(reply["campaign"])
    return {}


async def _series(
    environment: Environment, campaign_arn: str, start: datetime, end: datetime
) -> dict[str, Series]:
    """Read each metric's sums by windows, by the name that it has here."""
    wanted = _wanted(environment, campaign_arn)
    queries: Any = [metric_query(name, *metric, period_s=WINDOW_S) for name, metric in wanted.items()]
    series: dict[str, Series] = {name: {} for name in wanted}
    pages = environment.cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=end
    )
    async for page in pages:
        for each in page["MetricDataResults"]:
            found = dict(zip(each["Timestamps"], each["Values"], strict=True))
            series[each["Id"]] = {**series[each["Id"]], **found}
    return series


def _wanted(environment: Environment, campaign_arn: str) -> Mapping[str, tuple[str, str, Mapping[str, str]]]:
    own, web = f"{NAMESPACE}/{environment.name}", environment.named("web")
    wanted = {
        "gateway": ("AWS/ApiGateway", "Count", {"ApiName": web, "Stage": STAGE}),
        "web": (own, Metric.WEB_REQUESTS, {"service": "recommender-web"}),
    }
    if campaign_arn:
        wanted["asked"] = ("AWS/Personalize", "GetRecommendations", {"CampaignArn": campaign_arn})
    return wanted
