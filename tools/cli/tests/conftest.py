"""A stage in a moto server, the command line to look after it, and hands to put things there."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from aiobotocore.session import get_session
from typer.testing import CliRunner

from encore.cli.__main__ import app
from encore.runtime.aws import CONFIG
from encore.runtime.runs.ledger import Ledger
from encore.stack.provision import Resources


@dataclass(frozen=True)
class Answer:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command answers
        """The answer for machines; fails when anything else is on standard output."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The answer for machines where it is one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Ops = Callable[..., Answer]
"""Runs `encore-ops` with these words; `answer` is typed in when it asks."""


@pytest.fixture
def stage(resources: Resources) -> str:
    """What the names in the emulator begin with."""
    return resources.tables["runs"].removesuffix("-runs")


@pytest.fixture
def run_ops(monkeypatch: pytest.MonkeyPatch) -> Ops:
    """The command line, 100 columns wide, at the stage of the environment."""
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words: str, answer: str | None = None) -> Answer:
        result = CliRunner().invoke(app, list(words), input=answer)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def ops(stage: str, run_ops: Ops, monkeypatch: pytest.MonkeyPatch) -> Ops:
    """The command line, at this test's stage in the emulator."""
    monkeypatch.setenv("ENCORE_STAGE", stage)
    return run_ops


@pytest.fixture
def in_ledger(resources: Resources) -> Callable[[Callable[[Ledger], Awaitable[Any]]], Any]:
    """Have something done with the ledger."""

    async def at_ledger(work: Callable[[Ledger], Awaitable[Any]]) -> Any:  # noqa: ANN401 - the work's result
        async with get_session().create_client("dynamodb", config=CONFIG) as dynamodb:
            return await work(Ledger(dynamodb, resources.tables["runs"]))

    return lambda work: asyncio.run(at_ledger(work))


@pytest.fixture
def dead_letter(resources: Resources) -> Callable[..., str]:
    """Put a message into a queue's dead letters, as a consumer does; return its id."""

    def put(queue: str, body: str, **facts: str) -> str:
        reply = boto3.client("sqs").send_message(
            QueueUrl=resources.dead_letter_urls[queue],
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in facts.items()
            },
        )
        return reply["MessageId"]

    return put


@pytest.fixture
def bodies(resources: Resources) -> Callable[[str], list[str]]:
    """Take everything that lies in a queue of the topology."""

    def take(queue: str) -> list[str]:
        sqs, found = boto3.client("sqs"), []
        while messages := sqs.receive_message(
            QueueUrl=resources.queue_urls[queue], MaxNumberOfMessages=10
        ).get("Messages"):
            found += [message["Body"] for message in messages]
        return found

    return take
