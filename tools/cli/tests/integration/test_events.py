"""`encore-ops events tail` against an emulator."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import boto3
import pytest

from encore.contracts.events import SentimentScored, new_event
from encore.stack.provision import Resources

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Ops

Publish = Callable[[str, str], None]


@pytest.fixture
def publish_soon(resources: Resources, stage: str) -> Iterator[Publish]:
    """Publish to a topic as soon as somebody listens."""
    threads: list[threading.Thread] = []

    def publish(topic: str, body: str) -> None:
        arn, sns = resources.topic_arns[topic], boto3.client("sns")
        while not any(f"{stage}-tail" in one["Endpoint"] for one in subscriptions(arn)):
            time.sleep(0.05)
        sns.publish(TopicArn=arn, Message=body)

    def soon(topic: str, body: str) -> None:
        threads.append(threading.Thread(target=publish, args=(topic, body)))
        threads[-1].start()

    yield soon
    for thread in threads:
        thread.join()


def subscriptions(topic_arn: str) -> list[dict[str, str]]:
    """Who listens to a topic."""
    found = boto3.client("sns").list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]
    return [dict(one) for one in found]  # type: ignore[arg-type] # a plain dictionary is enough


def an_event(run: str) -> str:
    """Return an event of a run."""
    data = SentimentScored(parts=1, reviews=2)
    return new_event(data, run_id=run, source="s").model_dump_json(exclude_none=True)


def test_events_are_told_as_they_come_and_nothing_is_left_behind(
    ops: "Ops", publish_soon: Publish, resources: Resources, stage: str
) -> None:
    """One a line; queue and subscriptions are gone afterwards, those of the services are not."""
    publish_soon("sentiment-scored", an_event("run-1"))
    answer = ops("events", "tail", "--limit", "1", "--json")
    (heard,) = answer.lines
    assert (heard["subject"], heard["data"]) == ("run-1", {"parts": 1, "reviews": 2})
    assert not boto3.client("sqs").list_queues(QueueNamePrefix=f"{stage}-tail").get("QueueUrls")
    left = [one["Endpoint"] for arn in resources.topic_arns.values() for one in subscriptions(arn)]
    assert sorted(name.removeprefix(f"{stage}-") for name in (one.rsplit(":", 1)[1] for one in left)) == [
        "mailer",
        "ops",
        "recommender",
        "sentiment",
    ]


def test_a_tail_may_be_of_one_topic_and_one_run(ops: "Ops", publish_soon: Publish) -> None:
    """Everything else passes unseen."""
    publish_soon("sentiment-scored", an_event("run-other"))
    publish_soon("sentiment-scored", an_event("run-1"))
    answer = ops("events", "tail", "--topic", "sentiment-scored", "--run", "run-1", "--limit", "1")
    assert "sentiment-scored" in answer.out
    assert "run-1 parts=1 reviews=2" in answer.out
    assert "run-other" not in answer.out


@pytest.mark.parametrize("body", ["no event [red]\x1b[2J", json.dumps({"data": 3}), "[]"])
def test_what_is_no_event_is_shown_without_harm(ops: "Ops", publish_soon: Publish, body: str) -> None:
    """A stranger's message neither ends the tail nor steers the terminal."""
    publish_soon("run-finished", body)
    shown = ops("events", "tail", "--limit", "1").out
    assert shown.removesuffix("\n").isprintable()
    assert body.replace("\x1b", r"\x1b") in shown


def test_a_tail_may_end_by_itself(ops: "Ops", stage: str) -> None:
    """After a time, also when nothing was said."""
    answer = ops("events", "tail", "--timeout-s", "0.5", "--json")
    assert (answer.code, answer.out) == (0, "")
    assert not boto3.client("sqs").list_queues(QueueNamePrefix=f"{stage}-tail").get("QueueUrls")


def test_an_unknown_topic_is_answered_with_those_there_are(ops: "Ops") -> None:
    """In one line."""
    answer = ops("events", "tail", "--topic", "weather")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "run-finished" in answer.err
