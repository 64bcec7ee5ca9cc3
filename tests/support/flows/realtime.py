"""The web process answers with a customer's picks, and takes what customers do."""

from collections.abc import Iterator
from itertools import chain

from tests.support.flows.steps import BUCKET, KEYS, RUN, Flow, role, steps, via
from tests.support.flows.tasks import start_of
from tests.support.hcl.aws import arn

CAMPAIGN = arn("personalize", "campaign/fondly-prod")
FILTER = arn("personalize", "filter/fondly-prod-x")
TRACKER = arn("personalize", "event-tracker/0a1b2c3d")
CONTACTS = arn("dynamodb", "table/fondly-prod-contacts")
SUPPRESSIONS = arn("dynamodb", "table/fondly-prod-suppressions")
HISTORIES = arn("dynamodb", "table/fondly-prod-histories")
RUNS = arn("dynamodb", "table/fondly-prod-runs")
LEADING_KEYS = "dynamodb:LeadingKeys"
READ = ("contacts", "histories", "recommendations", "runs")
WEB = role("web-task")
ACTIONS_PAGE = "Actions, resources, and condition keys for Amazon Personalize"


def flows() -> Iterator[Flow]:
    """Yield what the web process needs to start, to answer, and to take events."""
    yield start_of("web", image="recommender")
    yield Flow(
        "ECS reads the key that callers send",
        ("Pass Systems Manager parameters through Amazon ECS environment variables",),
        tuple(
            chain(
                steps(
                    role("web-execution"),
                    "ssm:GetParameters",
                    arn("ssm", "parameter/fondly/fondly-prod/web-key"),
                ),
                steps(role("web-execution"), "kms:Decrypt", KEYS["data"], context=via("ssm")),
            )
        ),
    )
    yield Flow(
        "a new revision of web is checked",
        ("Actions, resources, and condition keys for Amazon DynamoDB",),
        tuple(
            chain(
                steps(WEB, "s3:ListBucket", BUCKET),
                steps(
                    WEB,
                    "dynamodb:DescribeTable",
                    *(arn("dynamodb", f"table/fondly-prod-{table}") for table in READ),
                ),
            )
        ),
    )
    yield Flow(
        "web answers with a customer's picks",
        (
            "Using server-side encryption with AWS KMS keys (SSE-KMS)",
            "How Amazon DynamoDB uses AWS KMS",
            ACTIONS_PAGE,
        ),
        tuple(
            chain(
                steps(
                    WEB,
                    "s3:GetObject",
                    f"{BUCKET}/shop/merchandising.yaml",
                    f"{BUCKET}/runs/{RUN}/learned/shop.json",
                ),
                steps(
                    WEB,
                    "dynamodb:BatchGetItem",
                    CONTACTS,
                    HISTORIES,
                    SUPPRESSIONS,
                    arn("dynamodb", "table/fondly-prod-recommendations"),
                ),
                steps(WEB, "dynamodb:GetItem", RUNS),
                *(steps(WEB, "kms:Decrypt", KEYS["data"], context=via(each)) for each in ("s3", "dynamodb")),
                steps(WEB, "personalize:GetRecommendations", CAMPAIGN, FILTER),
                steps(WEB, "personalize:ListCampaigns", "*"),
            )
        ),
    )
    yield Flow(
        "recommender reads what customers want nothing of, and who has been forgotten",
        ("How Amazon DynamoDB uses AWS KMS",),
        tuple(steps(role("recommender-task"), "dynamodb:BatchGetItem", CONTACTS, SUPPRESSIONS)),
    )
    yield Flow(
        "web takes what a customer does",
        (ACTIONS_PAGE,),
        tuple(
            chain(
                steps(WEB, "dynamodb:UpdateItem", arn("dynamodb", "table/fondly-prod-recommendations")),
                steps(WEB, "dynamodb:BatchWriteItem", RUNS, context={LEADING_KEYS: f"attribution#{RUN}"}),
                steps(WEB, ["personalize:DescribeEventTracker", "personalize:PutEvents"], TRACKER),
                steps(WEB, "personalize:ListEventTrackers", "*"),
            )
        ),
    )
