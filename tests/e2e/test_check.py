"""`python -m fondly.<service> --check`: whether a service could start, without handling a message."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from fondly.ingest.settings import IngestSettings
from fondly.mailer.settings import MailerSettings
from fondly.operations.topology import load_topology
from fondly.recommender.settings import RecommenderSettings
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import check
from fondly.sender.settings import FeedbackSettings, SenderSettings
from fondly.sentiment.settings import SentimentSettings
from fondly.stack.provision import provision

if TYPE_CHECKING:
    from fondly.runtime.settings import ServiceSettings
    from fondly.stack.provision import Resources

SETTINGS: dict[str, type["ServiceSettings"]] = {
    "ingest": IngestSettings,
    "sentiment": SentimentSettings,
    "recommender": RecommenderSettings,
    "mailer": MailerSettings,
    "sender": SenderSettings,
    "sender.feedback": FeedbackSettings,
}
QUEUES = {"ingest": "ingest-uploads", "sender.feedback": "feedback"}
"""The queues that are not named after their process."""


@pytest.fixture(scope="module")
def provisioned(emulator_url: str) -> Iterator["Resources"]:
    """Everything in the topology, created once: the checks change nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", emulator_url)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield provision(load_topology(), environment=f"check{os.getpid()}", region="eu-west-1")


@pytest.fixture(autouse=True)
def environment(provisioned: "Resources", emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that the provisioner prints, and what else is required."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator_url)
    monkeypatch.setenv("FONDLY_PERSONALIZE_ROLE_ARN", "arn:aws:iam::000000000000:role/personalize")
    for name, value in provisioned.settings().items():
        monkeypatch.setenv(name, value)


async def problem_of(service: str) -> str:
    """What a service's check finds."""
    main: Any = import_module(f"fondly.{service}.__main__")
    stage = StageName(service.partition(".")[0])
    return await check(stage, SETTINGS[service](), main.make_handler, stop=asyncio.Event())


@pytest.mark.parametrize("service", SETTINGS)
async def test_a_service_that_could_start_passes(service: str, provisioned: "Resources") -> None:
    """Everything is wired and answers, and the messages that wait stay where they are."""
    queue = provisioned.queue_urls[QUEUES.get(service, service)]
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=queue, MessageBody="not an event")
    assert await problem_of(service) == ""
    [message] = sqs.receive_message(QueueUrl=queue, MessageSystemAttributeNames=["All"])["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


async def test_what_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that was forgotten, typing errors: all on one line."""
    topic = "arn:aws:sns:eu-west-1:123456789012:no-such-topic"
    monkeypatch.setenv("FONDLY_ANSWERS_TABLE", "no-such-table")
    monkeypatch.setenv("FONDLY_DATA_BUCKET", "no-such-bucket")
    monkeypatch.setenv("FONDLY_SENTIMENT_SCORED_TOPIC_ARN", topic)
    problem = await problem_of("sentiment")
    bucket, table, announced = problem.split("; ")
    assert bucket.startswith("bucket no-such-bucket: ClientError: ")
    assert table.startswith("table no-such-table: ResourceNotFoundException: ")
    assert announced.startswith(f"topic {topic}: NotFoundException: ")
    assert len(problem.splitlines()) == 1


async def test_a_queue_that_does_not_exist_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else is looked at then."""
    monkeypatch.setenv("FONDLY_SENTIMENT_QUEUE_URL", "http://127.0.0.1:1/000000000000/none")
    assert "GetQueueAttributes" in await problem_of("sentiment")


def test_the_command_says_so_by_its_exit_code() -> None:
    """A deployment runs it in a task of the new revision, and stops at any code but zero."""
    command = [sys.executable, "-m", "fondly.sentiment", "--check"]
    runs = [
        subprocess.Popen(command, env={**os.environ, **changed}, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own module
        for changed in ({}, {"FONDLY_RUNS_TABLE": "none"})
    ]
    (_, said), (_, complained) = [run.communicate() for run in runs]
    assert [run.returncode for run in runs] == [0, 2]
    assert said == ""
    assert re.fullmatch(r"check failed: table none: ResourceNotFoundException: .+\n", complained)
