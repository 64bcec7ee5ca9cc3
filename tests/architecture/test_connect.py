"""A connector is off unless a shop wants it, and may do what forgetting and uploading take."""

from typing import Any

import pytest

from tests.support.configurations import configuration
from tests.support.hcl.configuration import Configuration
from tests.support.policies import statements

TOKEN, HOOK = (f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}" for name in ("token", "hook"))
SHOP = {"platform": "shopify", "shop": "https://a.myshopify.com", "secret_arn": TOKEN}


def connector(**more: Any) -> Configuration:  # noqa: ANN401 - of any type
    """The module in prod, with a route to the internet."""
    return configuration("prod", nat=True, connect={**SHOP, **more}).modules("connect")[0]


def test_there_is_none_unless_a_shop_asks_for_one() -> None:
    """Nor is there a function for webhooks without a secret that signs them."""
    assert configuration("prod").modules("connect") == {}
    assert connector().instances("aws_lambda_function", "webhook") == {}


def test_the_task_reads_one_secret_and_writes_below_its_folders() -> None:
    """Besides, it searches and forgets: in the bucket, in the tables, in Personalize."""
    made = connector().instances("aws_iam_role_policy", "task")[None]
    granted = {action: each.resources for each in statements(made["policy"]) for action in each.actions}
    assert granted["secretsmanager:GetSecretValue"] == (TOKEN,)
    folders = {each.partition("/")[2] for each in granted["s3:PutObject"]}
    assert folders == {"connect/*", "runs/*", "uploads/*"}
    bare = {action for action, resources in granted.items() if "*" in resources}
    assert all(action.startswith("personalize:List") for action in bare)


def test_the_schedule_starts_this_task_alone() -> None:
    """In this cluster, with these two roles."""
    made = connector().instances("aws_iam_role_policy", "schedule")[None]
    granted = {action: each for each in statements(made["policy"]) for action in each.actions}
    assert granted.keys() == {"ecs:RunTask", "ecs:TagResource", "iam:PassRole"}
    assert [each.rpartition(":")[2] for each in granted["ecs:RunTask"].resources] == ["*"]
    assert len(granted["iam:PassRole"].resources) == 2


def test_the_function_keeps_requests_and_nothing_else() -> None:
    """It reads the secret that signs, and writes below `connect/requests/`."""
    made = connector(webhook_secret_arn=HOOK).instances("aws_iam_role_policy", "webhook")[0]
    granted = {action: each.resources for each in statements(made["policy"]) for action in each.actions}
    assert granted["secretsmanager:GetSecretValue"] == (HOOK,)
    assert [each.partition("/")[2] for each in granted["s3:PutObject"]] == ["connect/requests/*"]


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"connect": SHOP, "nat": False}, "A connector needs a route to the internet"),
        ({"connect": {**SHOP, "platform": "etsy"}, "nat": True}, "platform must be"),
        (
            {"connect": {**SHOP, "platform": "magento", "webhook_secret_arn": HOOK}, "nat": True},
            "Magento has",
        ),
    ],
)
def test_what_cannot_work_is_refused_before_it_is_made(inputs: dict[str, Any], says: str) -> None:
    """A network without a way out, a platform that there is not, webhooks that nobody sends."""
    with pytest.raises(Exception, match=says):
        configuration("prod", **inputs).modules("connect")[0].validate()
