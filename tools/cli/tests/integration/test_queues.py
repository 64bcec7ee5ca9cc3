"""`fondly queues` against an emulator."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3

from fondly.stack.provision import Resources

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly


def test_queues_show_messages_and_dead_letters(
    fondly: "Fondly", resources: Resources, dead_letter: Callable[..., str]
) -> None:
    """Every queue has a row; dead letters make the exit code 1, and one line names their queues."""
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=resources.queue_urls["mailer"], MessageBody="x")
    sqs.send_message(QueueUrl=resources.queue_urls["mailer"], MessageBody="y")
    sqs.receive_message(QueueUrl=resources.queue_urls["mailer"], MaxNumberOfMessages=1)
    dead_letter("sentiment", "z")
    answer = fondly("queues", "--json")
    found = {state["name"]: state for state in answer.json}
    assert list(found) == list(resources.queue_urls)
    assert found["mailer"] == {
        "name": "mailer",
        "visible": 1,
        "in_flight": 1,
        "delayed": 0,
        "oldest_age_s": None,
        "dead_letters": 0,
        "came_per_min": None,
        "went_per_min": None,
    }
    assert found["sentiment"]["dead_letters"] == 1
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "sentiment" in answer.err


def test_showing_queues_receives_nothing(fondly: "Fondly", resources: Resources) -> None:
    """It must not count as a receive, which would bring a message closer to being dead-lettered."""
    sqs, url = boto3.client("sqs"), resources.queue_urls["mailer"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    assert fondly("queues").code == 0
    (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["ApproximateReceiveCount"])["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_queues_are_a_table_for_people(fondly: "Fondly", resources: Resources) -> None:
    """A line per queue under a header, none wider than 80 columns."""
    lines = fondly("queues").out.splitlines()
    assert len(lines) == 1 + len(resources.queue_urls)
    assert all(len(line) <= 80 for line in lines)


def test_the_oldest_age_comes_from_cloudwatch(
    fondly: "Fondly", resources: Resources, environment: str
) -> None:
    """SQS does not report it; if CloudWatch does, it is shown."""
    boto3.client("sqs").send_message(QueueUrl=resources.queue_urls["mailer"], MessageBody="x")
    boto3.client("cloudwatch").put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": f"{environment}-mailer"}],
                "Timestamp": datetime.now(UTC) - timedelta(minutes=1),
                "Value": 200.0,
            }
        ],
    )
    ages = {state["name"]: state["oldest_age_s"] for state in fondly("queues", "--json").json}
    assert ages["mailer"] == 200
    assert ages["sentiment"] is None
    assert "3 min" in fondly("queues").out


def test_a_missing_resource_is_named_in_one_line(
    fondly: "Fondly", resources: Resources, environment: str
) -> None:
    """Not with a traceback or an AWS error code."""
    boto3.client("sqs").delete_queue(QueueUrl=resources.queue_urls["mailer"])
    answer = fondly("queues")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(f"there is no queue {environment}-mailer")
    assert answer.err.count("\n") == 1


def test_an_error_of_the_sdk_is_one_line(fondly: "Fondly") -> None:
    """Whatever the SDK raises."""
    answer = fondly("queues", "--region", "nowhere at all")
    assert (answer.code, answer.err.count("\n")) == (1, 1)


def test_wrong_usage_ends_with_2(fondly: "Fondly") -> None:
    """Scripts can distinguish it from something found wrong."""
    assert fondly("queues", "--colour").code == 2
    assert fondly("run", "show").code == 2
