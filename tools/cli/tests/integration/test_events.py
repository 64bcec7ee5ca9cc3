"""`fondly events tail` against an emulator."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import boto3
import pytest

from fondly.contracts.events import SentimentScored, new_event
from fondly.stack.provision import Resources

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly

Publish = Callable[[str, *tuple[str, ...]], None]


@pytest.fixture
def publish_soon(resources: Resources, environment: str) -> Iterator[Publish]:
    """Publish to a topic, in order, as soon as the tail has subscribed."""
    threads: list[threading.Thread] = []

    def publish(topic: str, *bodies: str) -> None:
        arn, sns = resources.topic_arns[topic], boto3.client("sns")
        while not any(f"{environment}-tail" in one["Endpoint"] for one in subscriptions(arn)):
            time.sleep(0.05)
        for body in bodies:
            sns.publish(TopicArn=arn, Message=body)

    def soon(topic: str, *bodies: str) -> None:
        threads.append(threading.Thread(target=publish, args=(topic, *bodies)))
        threads[-1].start()

    yield soon
    for thread in threads:
        thread.join()


def subscriptions(topic_arn: str) -> list[dict[str, str]]:
    """The subscriptions to a topic."""
    found = boto3.client("sns").list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]
    return [dict(one) for one in found]  # type: ignore[arg-type] # a plain dictionary is enough


def an_event(run: str) -> str:
    """Return an event of a run."""
    data = SentimentScored(parts=1, reviews=2)
    return new_event(data, run_id=run, source="s").model_dump_json(exclude_none=True)


def test_events_are_printed_as_they_come_and_nothing_is_left_behind(
    fondly: "Fondly", publish_soon: Publish, resources: Resources, environment: str
) -> None:
    """One per line; afterwards queue and subscriptions are gone, but not those of the services."""
    publish_soon("sentiment-scored", an_event("run-1"))
    answer = fondly("events", "tail", "--limit", "1", "--json")
    (event,) = answer.lines
    assert (event["subject"], event["data"]) == ("run-1", {"parts": 1, "reviews": 2})
    assert not boto3.client("sqs").list_queues(QueueNamePrefix=f"{environment}-tail").get("QueueUrls")
    left = [one["Endpoint"] for arn in resources.topic_arns.values() for one in subscriptions(arn)]
    assert sorted(
        name.removeprefix(f"{environment}-") for name in (one.rsplit(":", 1)[1] for one in left)
    ) == [
        "mailer",
        "mailer",  # what is recommended, and how large a run is
        "ops",
        "recommender",
        "recommender",
        "recommender",  # what is scored, what customers do, and how large a run is
        "sender",
        "sentiment",
    ]


def test_a_tail_can_be_limited_to_a_topic_and_a_run(fondly: "Fondly", publish_soon: Publish) -> None:
    """Other events are not printed."""
    publish_soon("sentiment-scored", an_event("run-other"), an_event("run-1"))
    answer = fondly("events", "tail", "--topic", "sentiment-scored", "--run", "run-1", "--limit", "1")
    assert "sentiment-scored" in answer.out
    assert "run-1 parts=1 reviews=2" in answer.out
    assert "run-other" not in answer.out


@pytest.mark.parametrize("body", ["no event [red]\x1b[2J", json.dumps({"data": 3}), "[]"])
def test_a_message_that_is_not_an_event_cannot_steer_the_terminal(
    fondly: "Fondly", publish_soon: Publish, body: str
) -> None:
    """It does not end the tail either."""
    publish_soon("run-finished", body)
    shown = fondly("events", "tail", "--limit", "1").out
    assert shown.removesuffix("\n").isprintable()
    assert body.replace("\x1b", r"\x1b") in shown


def test_a_tail_can_end_after_a_time(fondly: "Fondly", environment: str) -> None:
    """Also if no event has come."""
    answer = fondly("events", "tail", "--timeout-s", "0.5", "--json")
    assert (answer.code, answer.out) == (0, "")
    assert not boto3.client("sqs").list_queues(QueueNamePrefix=f"{environment}-tail").get("QueueUrls")


def test_an_error_about_an_unknown_topic_lists_the_known_ones(fondly: "Fondly") -> None:
    """In one line."""
    answer = fondly("events", "tail", "--topic", "weather")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "run-finished" in answer.err
