"""Redriving where SQS moves messages itself, which no emulator at hand does."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from encore.cli import redrive as redriving
from encore.cli.domain.letters import Filter
from encore.cli.errors import OpsError
from encore.cli.place import Place
from encore.cli.redrive import Redriven, redrive
from encore.stack.topology import load_topology


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
        """Note what is to be moved, or refuse."""
        if self._refusal:
            raise ClientError({"Error": {"Code": self._refusal, "Message": "no"}}, "StartMessageMoveTask")
        self.moved.append((SourceArn, DestinationArn))

    async def list_message_move_tasks(self, **_: object) -> dict[str, Any]:
        """Tell the next state."""
        return {"Results": [next(self._states)]}


def at_place(sqs: MovingSqs) -> Place:
    """Return a stage `s` with this SQS and nothing else."""
    nothing = cast("Any", None)
    return Place("s", load_topology(), cast("Any", sqs), nothing, nothing, nothing, nothing)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow tasks without waiting."""
    monkeypatch.setattr(redriving, "FOLLOW_S", 0.0)


async def test_sqs_moves_all_and_is_followed_to_the_end() -> None:
    """To the queue by name: letters that a consumer sent have no source that SQS knows."""
    moved = "ApproximateNumberOfMessagesMoved"
    sqs = MovingSqs([{"Status": "RUNNING", moved: 3}, {"Status": "COMPLETED", moved: 7}])
    told: list[int] = []
    assert await redrive(at_place(sqs), "mailer", Filter(), told.append) == Redriven(
        queue="mailer", moved=7, by="sqs"
    )
    assert sqs.moved == [("arn:s-mailer-dlq", "arn:s-mailer")]
    assert told == [3, 7]


async def test_a_move_that_fails_is_an_error_with_its_reason() -> None:
    """Not a quiet end in the middle."""
    sqs = MovingSqs([{"Status": "FAILED", "FailureReason": "AccessDenied"}])
    with pytest.raises(OpsError, match="FAILED after 0 messages: AccessDenied"):
        await redrive(at_place(sqs), "mailer", Filter(), lambda _: None)


async def test_a_refusal_is_no_lack() -> None:
    """Who may not move messages is told so; moving them by hand would go round the refusal."""
    with pytest.raises(ClientError, match="AccessDenied"):
        await redrive(at_place(MovingSqs([], refusal="AccessDenied")), "mailer", Filter(), lambda _: None)
