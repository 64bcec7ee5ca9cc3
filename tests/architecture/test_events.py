"""The sender's schedule reaches its queue, and EventBridge sends nothing else."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fondly.runtime.eventbridge import read_aws_event
from fondly.sender.handler import SCHEDULE
from tests.support.configurations import configuration, pipeline_of
from tests.support.policies import statements

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule
    from tests.support.terraform import Module

SAMPLES = Path(__file__).parents[2] / "shared/runtime/tests/samples/eventbridge"


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
    assert read_aws_event((SAMPLES / f"{SCHEDULE}.json").read_text(), source=SCHEDULE) is not None


def test_a_queue_accepts_messages_only_from_its_rule() -> None:
    """The queue's policy names EventBridge and the rule, by the rule's actual name."""
    made = pipeline_of(configuration("prod"))
    topology = made.modules("topology")[None]
    policy = topology.instances("data", "aws_iam_policy_document", "queue")["sender"]
    [found] = [each for each in statements(policy) if each.principals == ("events.amazonaws.com",)]
    assert (found.effect, found.actions) == ("Allow", ("sqs:SendMessage",))
    assert found.resources == (topology.instances("aws_sqs_queue", "this")["sender"]["arn"],)
    [(test, key, [rule])] = [(each.test, each.key, each.values) for each in found.conditions]
    assert (test, key) == ("ArnEquals", "aws:SourceArn")
    assert rule.endswith(f":rule/{made.instances('aws_cloudwatch_event_rule', 'deliveries')[None]['name']}")


def test_eventbridge_may_use_the_key_of_the_queues(read_module: "ReadModule") -> None:
    """EventBridge silently drops a message that it cannot encrypt."""
    queue = read_module("modules/topology").resources["aws_sqs_queue", "this"]
    assert queue["kms_master_key_id"] == "${var.keys.messages}"
    keys = read_module("modules/keys")
    assert "events.amazonaws.com" in keys.variables["keys"]["default"]["messages"]["services"]
    statement = _statement(keys, "ServicesForThisAccount")
    assert 'actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]' in statement
    assert 'variable = "aws:SourceAccount"' in statement


def _statement(module: "Module", sid: str) -> str:
    """The text of one statement of a policy document."""
    found = re.search(rf'sid +?= "{sid}".*?(?=\n +sid|\nresource|\ndata|\Z)', module.text, re.DOTALL)
    assert found, sid
    return found[0]
