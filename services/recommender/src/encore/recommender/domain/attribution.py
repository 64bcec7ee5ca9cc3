"""What Personalize reports of what emails led to: clicks, purchases, and what the products bought cost."""

from encore.contracts.object_keys import ATTRIBUTION
from encore.recommender.domain.plan import Plan
from encore.recommender.domain.preferences import EventType
from encore.recommender.domain.resources import Kind, ResourceSpec

COUNT = "SAMPLECOUNT()"
PRICES = "SUM(Items.PRICE)"
"""Of the catalogue. What orders came to is in the run's own figures: an event that told it would not equal
its row in an import, and the purchase would count twice."""
METRICS = (
    ("clicks", EventType.CLICKED, COUNT),
    ("views", EventType.VIEWED, COUNT),
    ("purchases", EventType.PURCHASED, COUNT),
    ("purchased-prices", EventType.PURCHASED, PRICES),
)


def attribution_spec(plan: Plan, group_arn: str) -> ResourceSpec:
    """Return the metric attribution of a dataset group; AWS allows one, without tags."""
    return ResourceSpec(
        "metric_attribution",
        Kind.METRIC_ATTRIBUTION,
        f"{plan.dataset_group}-emails",
        {
            "datasetGroupArn": group_arn,
            "metrics": [
                {"metricName": name, "eventType": kind.value, "expression": expression}
                for name, kind, expression in METRICS
            ],
            "metricsOutputConfig": {
                "roleArn": plan.role_arn,
                "s3DataDestination": {"path": f"s3://{plan.bucket}/{ATTRIBUTION}"},
            },
        },
    )
