"""`encore-ops queues` against an emulator."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3

from encore.stack.provision import Resources

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Ops


def test_queues_tell_what_waits_and_what_died(
    ops: "Ops", resources: Resources, dead_letter: Callable[..., str]
) -> None:
    """Every queue has a row; dead letters make the command end with 1 and one line that says where."""
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=resources.queue_urls["mailer"], MessageBody="x")
    sqs.send_message(QueueUrl=resources.queue_urls["mailer"], MessageBody="y")
    sqs.receive_message(QueueUrl=resources.queue_urls["mailer"], MaxNumberOfMessages=1)
    dead_letter("sentiment", "z")
    answer = ops("queues", "--json")
    found = {state["name"]: state for state in answer.json}
    assert list(found) == list(resources.queue_urls)
    assert found["mailer"] == {
        "name": "mailer",
        "visible": 1,
        "in_flight": 1,
        "delayed": 0,
        "oldest_age_s": None,
        "dead_letters": 0,
    }
    assert found["sentiment"]["dead_letters"] == 1
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "sentiment" in answer.err


def test_looking_at_queues_receives_nothing(ops: "Ops", resources: Resources) -> None:
    """A look must not count as a receipt, which would bring a message nearer to the dead letters."""
    sqs, url = boto3.client("sqs"), resources.queue_urls["mailer"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    assert ops("queues").code == 0
    (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["ApproximateReceiveCount"])["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_queues_are_a_table_for_people(ops: "Ops", resources: Resources) -> None:
    """A line a queue under a headline, none wider than the terminal."""
    lines = ops("queues").out.splitlines()
    assert len(lines) == 1 + len(resources.queue_urls)
    assert all(len(line) <= 100 for line in lines)


def test_the_oldest_age_is_cloudwatchs(ops: "Ops", resources: Resources, stage: str) -> None:
    """SQS does not tell it; where CloudWatch does, it is shown."""
    boto3.client("sqs").send_message(QueueUrl=resources.queue_urls["mailer"], MessageBody="x")
    boto3.client("cloudwatch").put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": f"{stage}-mailer"}],
                "Timestamp": datetime.now(UTC) - timedelta(minutes=1),
                "Value": 200.0,
            }
        ],
    )
    ages = {state["name"]: state["oldest_age_s"] for state in ops("queues", "--json").json}
    assert ages["mailer"] == 200
    assert ages["sentiment"] is None
    assert "3 min" in ops("queues").out


def test_a_missing_resource_is_named_in_one_line(ops: "Ops", resources: Resources, stage: str) -> None:
    """Not a traceback, nor a code of AWS."""
    boto3.client("sqs").delete_queue(QueueUrl=resources.queue_urls["mailer"])
    answer = ops("queues")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(f"there is no queue {stage}-mailer")
    assert answer.err.count("\n") == 1


def test_an_unreachable_account_is_said_so_in_one_line(ops: "Ops") -> None:
    """Whatever the SDK raises."""
    answer = ops("queues", "--region", "nowhere at all")
    assert (answer.code, answer.err.count("\n")) == (1, 1)


def test_wrong_usage_ends_with_2(ops: "Ops") -> None:
    """So that scripts can tell it from something found wrong."""
    assert ops("queues", "--colour").code == 2
    assert ops("run", "show").code == 2
