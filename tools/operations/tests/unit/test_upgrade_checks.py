"""What is looked at before an upgrade on AWS: deployments, and the settings of tasks."""

from types import SimpleNamespace
from typing import Any

import pytest

from fondly.operations.topology import Topology
from fondly.operations.upgrading.checking import before_upgrading
from fondly.operations.verification.account import Account
from fondly.operations.verification.check import Outcome


class Cluster:
    """ECS with a sender alone, which is being deployed, or is not."""

    exceptions = SimpleNamespace(ClusterNotFoundException=KeyError)

    def __init__(self, settings: dict[str, str], deployments: tuple[str, ...]) -> None:
        self._settings = [{"name": name, "value": value} for name, value in settings.items()]
        self._deployments = deployments

    def describe_services(self, *, services: list[str], **_: str) -> dict[str, Any]:
        """Answer as ECS does."""
        own = {
            "status": "ACTIVE",
            "taskDefinition": "sender:7",
            "deployments": [{"status": each} for each in self._deployments],
        }
        return {"services": [own] if services == ["fondly-prod-sender"] else []}

    def describe_task_definition(self, **_: str) -> dict[str, Any]:
        """Answer as ECS does."""
        return {"taskDefinition": {"containerDefinitions": [{"environment": self._settings}]}}


@pytest.mark.parametrize(
    ("settings", "deployments", "problems"),
    [
        ({"FONDLY_SENDER_PER_S": "14"}, ("PRIMARY", "INACTIVE"), {}),
        ({}, ("PRIMARY", "ACTIVE"), {"tasks": "sender: is being deployed"}),
        (
            {"ENCORE_MAILER_LOCALE": "en_IN", "ENCORE_RUNS_TABLE": "runs"},
            ("PRIMARY",),
            {
                "tasks": "sender: the project is named Fondly since 0.2.0:"
                " ENCORE_MAILER_LOCALE is FONDLY_MAILER_LOCALE, and so on"
            },
        ),
    ],
)
def test_an_upgrade_waits_for_tasks_of_one_release_with_settings_of_today(
    settings: dict[str, str], deployments: tuple[str, ...], problems: dict[str, str]
) -> None:
    """Otherwise tasks of the release before would go on to leave what it looks for."""
    clients = dict.fromkeys(
        (
            "sqs",
            "sns",
            "dynamodb",
            "s3",
            "comprehend",
            "personalize",
            "bedrock",
            "iam",
            "ses",
            "ssm",
            "quotas",
        )
    )
    account: Any = Account("fondly-prod", ecs=Cluster(settings, deployments), on_aws=True, **clients)  # type: ignore[arg-type] # none is asked
    found = before_upgrading(Topology(topics={}, queues={}, tables={}, buckets={}), account, None)
    assert {each.check: each.detail for each in found if each.outcome is Outcome.FAILED} == problems
