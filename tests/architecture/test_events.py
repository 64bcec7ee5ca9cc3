"""Job state changes reach the queue of the service that reads them, and EventBridge sends nothing else."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fondly.runtime.eventbridge import read_aws_event
from fondly.sender.handler import SCHEDULE
from tests.support.configurations import configuration, pipeline_of

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule
    from tests.support.terraform import Module

SAMPLES = Path(__file__).parents[2] / "shared/runtime/tests/samples/eventbridge"
SOURCES = {"mailer": "aws.bedrock"}


@pytest.mark.parametrize("service", SOURCES)
def test_a_rule_matches_what_its_service_reads(pipeline: "Module", service: str) -> None:
    """The stored event of the service's AI service matches the rule, one of another service does not."""
    text = (SAMPLES / f"{SOURCES[service]}.json").read_text()
    rule = pipeline.locals["job_events"][service]
    assert _matches(rule, json.loads(text))
    assert not _matches(rule, {**json.loads(text), "source": "aws.personalize"})
    assert read_aws_event(text, source=SOURCES[service]) is not None


def test_no_rule_for_jobs_is_on_by_default(pipeline: "Module", read_module: "ReadModule") -> None:
    """The mailer's polls see the end of its jobs; both environments use the default."""
    assert pipeline.variables["job_events"]["default"] == []
    for stage in ("dev", "prod"):
        assert "job_events" not in read_module(f"environments/{stage}").calls["pipeline"]
    rule = pipeline.resources["aws_cloudwatch_event_rule", "jobs"]
    assert rule["state"] == '${contains(local.job_event_consumers, each.key) ? "ENABLED" : "DISABLED"}'
    assert (
        pipeline.locals["job_event_consumers"]
        == "${[for service in var.job_events : service if !var.understudy]}"
    )


@pytest.mark.parametrize(("transport", "state"), [("ses", "ENABLED"), ("none", "DISABLED")])
def test_the_sender_looks_for_deliveries_that_wait_if_it_sends(transport: str, state: str) -> None:
    """By a schedule, whose events its handler reads; where nothing is sent nothing waits."""
    made = pipeline_of(configuration("prod", sending={"transport": transport}))
    [rule] = made.instances("aws_cloudwatch_event_rule", "deliveries").values()
    assert rule["state"] == state
    assert rule["schedule_expression"].startswith("rate(")
    [target] = made.instances("aws_cloudwatch_event_target", "deliveries").values()
    assert target["arn"].endswith(":fondly-prod-sender")
    assert ("sender" in made.local("event_rule_arns")) == (state == "ENABLED")
    event = json.dumps({**json.loads((SAMPLES / "aws.bedrock.json").read_text()), "source": SCHEDULE})
    assert read_aws_event(event, source=SCHEDULE) is not None


def test_a_rule_sends_to_the_queue_of_its_service(pipeline: "Module") -> None:
    """Rule and target belong to one service, which consumes the queue of the same name."""
    target = pipeline.resources["aws_cloudwatch_event_target", "jobs"]
    assert target["rule"] == "${aws_cloudwatch_event_rule.jobs[each.key].name}"
    assert target["arn"] == "${module.topology.queue_arns[each.key]}"
    queues = pipeline_of(configuration("prod")).local("queues")
    assert all(queues[service] == service for service in pipeline.locals["job_events"])


def test_a_queue_accepts_messages_only_from_its_rule(pipeline: "Module", read_module: "ReadModule") -> None:
    """The queue's policy names EventBridge and the rule, by the rule's actual name."""
    name = pipeline.resources["aws_cloudwatch_event_rule", "jobs"]["name"].replace("each.key", "queue")
    assert f":rule/{name}" in str(pipeline.locals["event_rule_arns"])
    statement = _statement(read_module("modules/topology"), "FromEventRules")
    assert 'actions   = ["sqs:SendMessage"]' in statement
    assert "resources = [aws_sqs_queue.this[each.key].arn]" in statement
    assert 'identifiers = ["events.amazonaws.com"]' in statement
    assert re.search(r'"ArnEquals"\s+variable = "aws:SourceArn"\s+values\s+= statement\.value', statement)


def test_eventbridge_may_use_the_key_of_the_queues(read_module: "ReadModule") -> None:
    """EventBridge silently drops a message that it cannot encrypt."""
    queue = read_module("modules/topology").resources["aws_sqs_queue", "this"]
    assert queue["kms_master_key_id"] == "${var.keys.messages}"
    keys = read_module("modules/keys")
    assert "events.amazonaws.com" in keys.variables["keys"]["default"]["messages"]["services"]
    statement = _statement(keys, "ServicesForThisAccount")
    assert 'actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]' in statement
    assert 'variable = "aws:SourceAccount"' in statement


def _matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Match as EventBridge does, for what our patterns use: exact values."""
    return all(event[member] in alternatives for member, alternatives in pattern.items())


def _statement(module: "Module", sid: str) -> str:
    """The text of one statement of a policy document."""
    found = re.search(rf'sid +?= "{sid}".*?(?=\n +sid|\nresource|\ndata|\Z)', module.text, re.DOTALL)
    assert found, sid
    return found[0]
