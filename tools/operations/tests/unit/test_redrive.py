"""Redriving with SQS's own move tasks, which the emulators lack."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from fondly.operations.dead_letters import redrive as redriving
from fondly.operations.dead_letters.dead_letter import Selection
from fondly.operations.dead_letters.redrive import Redriven, redrive
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.topology import load_topology


class MovingSqs:
    """An SQS with a move task that goes through these states."""

    def __init__(self, states: Sequence[dict[str, Any]], *, refusal: str = "") -> None:
        self._states = iter(states)
        self._refusal = refusal
        self.moved: list[tuple[str, str]] = []

    async def get_queue_url(self, *, QueueName: str) -> dict[str, str]:  # noqa: N803 - as AWS spells it
        """Make the URL of a name."""
        return {"QueueUrl": f"https://sqs/{QueueName}"}

    async def get_queue_attributes(self, *, QueueUrl: str, **_: object) -> dict[str, Any]:  # noqa: N803
        """Make the ARN of a URL."""
        return {"Attributes": {"QueueArn": QueueUrl.replace("https://sqs/", "arn:")}}

    async def start_message_move_task(self, *, SourceArn: str, DestinationArn: str) -> None:  # noqa: N803
        """Record the move, or refuse it."""
        if self._refusal:
            raise ClientError({"Error": {"Code": self._refusal, "Message": "no"}}, "StartMessageMoveTask")
        self.moved.append((SourceArn, DestinationArn))

    async def list_message_move_tasks(self, **_: object) -> dict[str, Any]:
        """Return the next state."""
        return {"Results": [next(self._states)]}


def environment_of(sqs: MovingSqs) -> Environment:
    """Return an environment `s` with this SQS and no other client."""
    nothing = cast("Any", None)
    return Environment("s", load_topology(), cast("Any", sqs), nothing, nothing, nothing, nothing)


@asynccontextmanager
async def noted(_: Environment, **_of: object) -> AsyncIterator[dict[str, str]]:
    """Note nothing: there is no table."""
    yield {}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow tasks without waiting."""
    monkeypatch.setattr(redriving, "POLL_S", 0.0)
    monkeypatch.setattr(redriving, "noted", noted)


async def test_sqs_moves_all_and_is_followed_to_the_end() -> None:
    """The task names the queue: SQS knows no source for dead letters that a consumer sent."""
    moved = "ApproximateNumberOfMessagesMoved"
    sqs = MovingSqs([{"Status": "RUNNING", moved: 3}, {"Status": "COMPLETED", moved: 7}])
    reported: list[int] = []
    done = await redrive(environment_of(sqs), "mailer", Selection(), reported.append, by="jo")
    assert done == Redriven(queue="mailer", moved=7, by="sqs")
    assert sqs.moved == [("arn:s-mailer-dlq", "arn:s-mailer")]
    assert reported == [3, 7]


async def test_a_move_that_fails_is_an_error_with_its_reason() -> None:
    """A task that fails does not look like a success."""
    sqs = MovingSqs([{"Status": "FAILED", "FailureReason": "AccessDenied"}])
    with pytest.raises(OperationError, match="FAILED after 0 messages: AccessDenied"):
        await redrive(environment_of(sqs), "mailer", Selection(), lambda _: None, by="jo")


async def test_a_refusal_is_no_lack() -> None:
    """Who may not move messages is reported so; moving them by received would go round the refusal."""
    with pytest.raises(ClientError, match="AccessDenied"):
        await redrive(
            environment_of(MovingSqs([], refusal="AccessDenied")),
            "mailer",
            Selection(),
            lambda _: None,
            by="jo",
        )
