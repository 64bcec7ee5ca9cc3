"""`fondly cost realtime` reads what CloudWatch has counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from fondly.operations.cost.realtime import beyond, tps_hours
from fondly.operations.verification import Account
from fondly.runtime.metrics import Metric
from tools.cli.tests.campaigns import campaign
from tools.cli.tests.conftest import Fondly

pytestmark = pytest.mark.usefixtures("personalize")
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


def test_without_real_time_nothing_was_used(fondly: Fondly) -> None:
    """An environment that never had any; the first test, as moto tells no namespaces apart."""
    answer = fondly("cost", "realtime", "--json")
    assert (answer.code, answer.json["lines"], answer.json["requests"]) == (0, [], 0)


def test_what_was_counted_has_its_price(
    fondly: Fondly,
    count: Any,  # noqa: ANN401 - a function
    personalize: Account,
) -> None:
    """Requests, what they read, a campaign's hours, and the requests that these do not cover."""
    campaign(personalize, name=personalize.environment, tps=2)
    count("Fondly/{}", Metric.WEB_REQUESTS, 800, 20, service="recommender-web")
    count("AWS/ApiGateway", "Count", 1_000, 20, ApiName="{}-web", Stage="v1")
    arn = "arn:aws:personalize:eu-west-1:000000000000:campaign/{}"
    count("AWS/Personalize", "GetRecommendations", 700, 20, CampaignArn=arn)
    count("AWS/Personalize", "GetRecommendations", 200, 50, CampaignArn=arn)
    answer = fondly("cost", "realtime", "--days", "2", "--json")
    assert answer.code == 0, answer.err
    amounts = {each["unit"]: float(each["amount"]) for each in answer.json["lines"]}
    assert 0 < amounts.pop("personalize.campaign_tps_hours") < 1
    assert amounts == {
        "apigateway.requests": 1_000,
        "waf.requests": 1_000,
        "dynamodb.reads": 4_000,
        "personalize.realtime_requests": 100,
    }
    assert answer.json["requests"] == 1_000
    shown = fondly("cost", "realtime")
    assert "campaign tps hours" in shown.out
    assert all(len(row) <= 80 for row in shown.out.splitlines())


def test_a_campaign_with_more_throughput_costs_and_covers_more() -> None:
    """It is paid for while it exists; of what it is asked, only what is beyond its throughput."""
    asked = {NOW: 1_000.0, NOW + timedelta(minutes=5): 100.0}
    assert (beyond(asked, 1), beyond(asked, 2)) == (700, 400)
    campaign = {"creationDateTime": NOW - timedelta(hours=3), "minProvisionedTPS": 2}
    assert tps_hours(campaign, NOW - timedelta(days=1), NOW) == 6
    assert tps_hours(campaign, NOW - timedelta(hours=1), NOW) == 2
    assert tps_hours({}, NOW - timedelta(days=1), NOW) == 0
