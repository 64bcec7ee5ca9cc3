"""News of jobs reaches the queue of the service that knows it, and nothing else does by that way."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from encore.recommender.handler import JOB_EVENTS
from encore.runtime.eventbridge import read_aws_event

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule
    from tests.support.terraform import Module

SAMPLES = Path(__file__).parents[2] / "shared/runtime/tests/samples/eventbridge"
SOURCES = {"recommender": JOB_EVENTS, "mailer": "aws.bedrock"}


@pytest.mark.parametrize("service", SOURCES)
def test_a_rule_lets_through_what_its_service_reads(pipeline: "Module", service: str) -> None:
    """The stored event of the service's AI service matches the rule; the other's does not."""
    for path in SAMPLES.iterdir():
        event = json.loads(path.read_text())
        meant = path.stem == SOURCES[service]
        assert _matches(pipeline.locals["job_events"][service], event) is meant
        if meant:
            assert read_aws_event(path.read_text(), source=SOURCES[service]) is not None


def test_calls_recorded_by_cloudtrail_wake_nobody(pipeline: "Module") -> None:
    """They share the source, and the recommender would be told of every call of its own."""
    call = {"source": JOB_EVENTS, "detail-type": "AWS API Call via CloudTrail"}
    assert not _matches(pipeline.locals["job_events"]["recommender"], call)


def test_personalizes_news_is_on_and_bedrocks_off_unless_asked_for(
    pipeline: "Module", read_module: "ReadModule"
) -> None:
    """The recommender may wait for a job, the mailer never does; both environments keep to that."""
    assert pipeline.variables["job_events"]["default"] == ["recommender"]
    for stage in ("dev", "prod"):
        assert "job_events" not in read_module(f"environments/{stage}").calls["pipeline"]
    rule = pipeline.resources["aws_cloudwatch_event_rule", "jobs"]
    assert rule["state"] == '${contains(local.job_event_consumers, each.key) ? "ENABLED" : "DISABLED"}'
    assert (
        pipeline.locals["job_event_consumers"]
        == "${[for service in var.job_events : service if !var.understudy]}"
    )


def test_a_rule_sends_to_the_queue_of_its_service(pipeline: "Module") -> None:
    """A rule and its target are of one service, and that service consumes the queue of the same name."""
    target = pipeline.resources["aws_cloudwatch_event_target", "jobs"]
    assert target["rule"] == "${aws_cloudwatch_event_rule.jobs[each.key].name}"
    assert target["arn"] == "${module.topology.queue_arns[each.key]}"
    assert all(pipeline.locals["queues"][service] == service for service in pipeline.locals["job_events"])


def test_a_queue_takes_messages_of_its_rule_alone(pipeline: "Module", read_module: "ReadModule") -> None:
    """The queue's policy names EventBridge and the very rule, by the name that the rule has."""
    name = pipeline.resources["aws_cloudwatch_event_rule", "jobs"]["name"].replace("each.key", "queue")
    assert f":rule/{name}" in str(pipeline.locals["event_rule_arns"])
    statement = _statement(read_module("modules/topology"), "FromEventRules")
    assert 'actions   = ["sqs:SendMessage"]' in statement
    assert "resources = [aws_sqs_queue.this[each.key].arn]" in statement
    assert 'identifiers = ["events.amazonaws.com"]' in statement
    assert re.search(r'"ArnEquals"\s+variable = "aws:SourceArn"\s+values\s+= statement\.value', statement)


def test_eventbridge_may_use_the_key_of_the_queues(read_module: "ReadModule") -> None:
    """A message that cannot be encrypted is dropped without a word."""
    queue = read_module("modules/topology").resources["aws_sqs_queue", "this"]
    assert queue["kms_master_key_id"] == "${var.keys.messages}"
    keys = read_module("modules/keys")
    assert "events.amazonaws.com" in keys.variables["keys"]["default"]["messages"]["services"]
    statement = _statement(keys, "ServicesForThisAccount")
    assert 'actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]' in statement
    assert 'variable = "aws:SourceAccount"' in statement


def _matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Match as EventBridge does, as far as our patterns go: one of the values, whole or by its end."""
    return all(
        any(
            event[member].endswith(wanted["suffix"]) if isinstance(wanted, dict) else event[member] == wanted
            for wanted in alternatives
        )
        for member, alternatives in pattern.items()
    )


def _statement(module: "Module", sid: str) -> str:
    """The text of one statement of a policy document."""
    found = re.search(rf'sid +?= "{sid}".*?(?=\n +sid|\nresource|\ndata|\Z)', module.text, re.DOTALL)
    assert found, sid
    return found[0]
