"""Each service has the permissions it needs, action by action, and can reach AWS."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from encore.runtime.service import CLIENTS

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule
    from tests.support.terraform import Module

SERVICES = ("ingest", "sentiment", "recommender", "mailer")
REPOSITORY = Path(__file__).parents[2]
GATEWAYS = {"s3", "dynamodb"}
STARTING_TASK = {"ecr.api", "ecr.dkr", "logs", "ssm"}
WITHOUT_RESOURCES = re.compile(r"comprehend:(Batch)?DetectSentiment|personalize:List\w+")
"""Actions for which AWS defines no resource (Service Authorization Reference)."""


@pytest.mark.parametrize("service", SERVICES)
def test_statements_name_single_actions(pipeline: "Module", service: str) -> None:
    """No action is a pattern, so permissions can be read and compared with the calls."""
    for statement in pipeline.locals["permissions"][service]:
        assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z]\w+", action) for action in statement["actions"])
        assert statement["actions"] == sorted(set(statement["actions"]))


@pytest.mark.parametrize("service", SERVICES)
def test_statement_ids_are_unique(pipeline: "Module", service: str) -> None:
    """IAM rejects a policy in which two statements share an id."""
    sids = [statement["sid"] for statement in pipeline.locals["permissions"][service]]
    assert len(sids) == len(set(sids))
    assert all(sid.isalnum() for sid in sids)


@pytest.mark.parametrize("service", SERVICES)
def test_a_bare_asterisk_is_used_only_where_aws_defines_no_resource(pipeline: "Module", service: str) -> None:
    """A bare `*` appears only with such actions."""
    for statement in pipeline.locals["permissions"][service]:
        if "*" in _resources(statement["resources"]):
            assert all(WITHOUT_RESOURCES.fullmatch(action) for action in statement["actions"]), statement


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_receives_only_from_its_own_queue(pipeline: "Module", service: str) -> None:
    """No service can receive another's messages, and its failed ones go to its own dead-letter queue."""
    queue = pipeline.locals["queues"][service]
    for statement in pipeline.locals["permissions"][service]:
        if any(action.startswith("sqs:") for action in statement["actions"]):
            consumes = "sqs:ReceiveMessage" in statement["actions"]
            output = "queue_arns" if consumes else "dead_letter_arns"
            assert _resources(statement["resources"]) == [f'${{module.topology.{output}["{queue}"]}}']


def test_tasks_without_internet_access_reach_every_service_that_they_call(read_module: "ReadModule") -> None:
    """Prod has an endpoint for each AWS client that a service opens, and no unused one."""
    opened = set(CLIENTS) | {
        name
        for service in SERVICES
        for name in re.findall(
            r'new_client\(\s*"([\w-]+)"',
            (REPOSITORY / "services" / service / "src/encore" / service / "__main__.py").read_text(),
        )
    }
    endpoints = set(read_module("environments/prod").locals["interface_endpoints"])
    assert endpoints == (opened - GATEWAYS) | STARTING_TASK


def test_understudy_answers_for_every_service_that_has_no_emulator(pipeline: "Module") -> None:
    """With understudy, no call goes to an AI service of AWS."""
    called = {
        action.split(":")[0]
        for statements in pipeline.locals["permissions"].values()
        for statement in statements
        for action in statement["actions"]
    }
    redirected = re.findall(r"AWS_ENDPOINT_URL_(\w+)", str(pipeline.locals["understudy_endpoints"]))
    assert {name.split("_")[0].lower() for name in redirected} == called & {
        "bedrock",
        "comprehend",
        "personalize",
    }


def _resources(resources: "str | list[str]") -> list[str]:
    return [resources] if isinstance(resources, str) else resources
