"""`encore cost realtime` reads what CloudWatch has counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from encore.cli.cost.realtime import beyond
from encore.runtime.metrics import Metric
from tools.cli.tests.conftest import Encore

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def count(environment: str) -> Any:  # noqa: ANN401 - a function
    """Writes a value of a metric, some minutes ago."""
    cloudwatch = boto3.client("cloudwatch")

    def written(namespace: str, metric: str, value: float, minutes: int, **dimensions: str) -> None:
        cloudwatch.put_metric_data(
            Namespace=namespace.format(environment),
            MetricData=[
                {
                    "MetricName": metric,
                    "Timestamp": NOW - timedelta(minutes=minutes),
                    "Value": value,
                    "Dimensions": [
                        {"Name": name, "Value": given.format(environment)}
                        for name, given in dimensions.items()
                    ],
                }
            ],
        )

    return written


def test_without_real_time_nothing_was_used(encore: Encore) -> None:
    """An environment that never had any; the first test, as moto tells no namespaces apart."""
    answer = encore("cost", "realtime", "--json")
    assert (answer.code, answer.json["lines"], answer.json["requests"]) == (0, [], 0)


def test_what_was_counted_has_its_price(encore: Encore, count: Any) -> None:  # noqa: ANN401 - a function
    """Requests, what they read, the hours of a campaign, and the requests that they do not cover."""
    for minutes in (60, 45, 30, 15):
        count("Encore/{}", Metric.CAMPAIGN_TPS_SECONDS, 900, minutes, service="recommender")
    count("Encore/{}", Metric.WEB_REQUESTS, 800, 20, service="recommender-web")
    count("AWS/ApiGateway", "Count", 1_000, 20, ApiName="{}-web", Stage="v1")
    campaign = "arn:aws:personalize:eu-west-1:123456789012:campaign/{}"
    count("AWS/Personalize", "GetRecommendations", 700, 20, CampaignArn=campaign)
    count("AWS/Personalize", "GetRecommendations", 200, 50, CampaignArn=campaign)
    answer = encore("cost", "realtime", "--days", "2", "--json")
    assert answer.code == 0, answer.err
    amounts = {each["unit"]: float(each["amount"]) for each in answer.json["lines"]}
    assert amounts == {
        "apigateway.requests": 1_000,
        "waf.requests": 1_000,
        "dynamodb.reads": 4_000,
        "personalize.campaign_tps_hours": 1,
        "personalize.realtime_requests": 400,
    }
    assert answer.json["requests"] == 1_000
    shown = encore("cost", "realtime")
    assert "campaign tps hours" in shown.out
    assert all(len(row) <= 80 for row in shown.out.splitlines())


def test_a_campaign_with_more_throughput_covers_more() -> None:
    """Each look tells of the quarter of an hour before it."""
    looks = {NOW + timedelta(minutes=15 * number): 2 * 900.0 for number in range(4)}
    assert beyond({NOW: 1_000.0}, looks) == 400
    assert beyond({NOW: 1_000.0}, {}) == 700
