import json

import pytest

from fondly.operations.topology import Notification, Queue, Table
from fondly.operations.verification.expectations import (
    dead_letter_problems,
    expiry_problems,
    notification_problems,
    public_access_problems,
    queue_problems,
    service_problems,
    table_problems,
)

QUEUE = Queue(visibility_s=60, max_receives=8, retention_s=345600, subscribes="data-ingested")
DEAD_LETTERS = "fondly-dev-sentiment-dlq"
REDRIVE = {"deadLetterTargetArn": f"arn:aws:sqs:eu-west-1:123456789012:{DEAD_LETTERS}", "maxReceiveCount": 8}
ATTRIBUTES = {
    "VisibilityTimeout": "60",
    "MessageRetentionPeriod": "345600",
    "RedrivePolicy": json.dumps(REDRIVE),
}
UPLOADS = Notification(queue="ingest-uploads", events=["s3:ObjectCreated:*"], prefix="uploads/")
NOTIFIED = {
    "QueueArn": "arn:aws:sqs:eu-west-1:123456789012:fondly-dev-ingest-uploads",
    "Events": ["s3:ObjectCreated:*"],
    "Filter": {"Key": {"FilterRules": [{"Name": "Prefix", "Value": "uploads/"}]}},
}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, None),
        ({"VisibilityTimeout": "30"}, "visibility is 30 s, not 60 s"),
        ({"MessageRetentionPeriod": "60"}, "retention is 60 s, not 345600 s"),
        ({"RedrivePolicy": json.dumps(REDRIVE | {"maxReceiveCount": "3"})}, "max receives is 3, not 8"),
        (
            {"RedrivePolicy": json.dumps(REDRIVE | {"deadLetterTargetArn": "a:other"})},
            "redrives to a:other, not to",
        ),
    ],
)
def test_every_attribute_of_a_queue_is_compared(changed: dict[str, str], problem: str | None) -> None:
    """Each difference is named with the actual and the expected value."""
    problems = queue_problems(QUEUE, ATTRIBUTES | changed, dead_letters=DEAD_LETTERS)
    assert len(problems) == (problem is not None)
    assert problem is None or problems[0].startswith(problem)


def test_dead_letters_count_also_in_flight_and_delayed() -> None:
    """A dead letter may be hidden because it is being looked at."""
    attributes = {
        "MessageRetentionPeriod": "1209600",
        "ApproximateNumberOfMessages": "1",
        "ApproximateNumberOfMessagesNotVisible": "2",
        "ApproximateNumberOfMessagesDelayed": "0",
    }
    assert dead_letter_problems(attributes) == ["3 dead letters"]


def test_a_table_with_other_keys_is_named() -> None:
    """Keys are compared by their type, not their order."""
    table = Table(partition_key="run_id", sort_key="item")
    right = [{"KeyType": "RANGE", "AttributeName": "item"}, {"KeyType": "HASH", "AttributeName": "run_id"}]
    assert table_problems(table, right) == []
    assert table_problems(table, right[1:]) == ["sort key is None, not item"]


def test_expiry_counts_only_when_it_is_on() -> None:
    """A disabled TTL expires nothing."""
    table = Table(partition_key="run_id", ttl="expires_at")
    described = {"AttributeName": "expires_at"}
    assert expiry_problems(table, described | {"TimeToLiveStatus": "ENABLED"}) == []
    assert expiry_problems(table, described | {"TimeToLiveStatus": "DISABLED"}) == [
        "TTL attribute is None, not expires_at"
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"QueueArn": "arn:aws:sqs:eu-west-1:123456789012:fondly-prod-ingest-uploads"},
        {"Events": ["s3:ObjectRemoved:*"]},
        {"Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}}},
        {"Filter": {}},
    ],
)
def test_a_notification_must_match_in_full(changed: dict[str, object]) -> None:
    """In queue, events and prefix; the case of the rule's name does not matter."""
    queue = "fondly-dev-ingest-uploads"
    assert notification_problems(UPLOADS, [NOTIFIED], queue=queue) == []
    assert notification_problems(UPLOADS, [NOTIFIED | changed], queue=queue) == [
        f"no notification of s3:ObjectCreated:* under uploads/ to {queue}"
    ]


def test_a_bucket_is_private_only_with_all_four_blocks() -> None:
    """A block that is off or missing is named."""
    block = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": False}
    assert public_access_problems(block) == ["IgnorePublicAcls is off", "RestrictPublicBuckets is off"]


@pytest.mark.parametrize(
    ("changed", "problems"),
    [
        ({}, []),
        ({"runningCount": 0, "desiredCount": 0}, []),
        ({"runningCount": 1}, ["1 of 2 tasks run"]),
        ({"deployments": [{"rolloutState": "FAILED"}]}, ["the last deployment failed"]),
    ],
)
def test_a_service_runs_as_many_tasks_as_it_should(changed: dict[str, object], problems: list[str]) -> None:
    """None is right if none is wanted; a deployment that was rolled back is not."""
    service = {"runningCount": 2, "desiredCount": 2, "deployments": [{"rolloutState": "COMPLETED"}]}
    assert service_problems(service | changed) == problems
