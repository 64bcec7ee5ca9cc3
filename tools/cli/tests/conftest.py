"""An environment in a moto server, the command line on it, and fixtures that fill it."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
import structlog
import typer.main
from aiobotocore.session import get_session
from pydantic import BaseModel
from typer.testing import CliRunner

from fondly.cli.app import app
from fondly.operations.verification import Account
from fondly.runtime.aws import CONFIG
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import CLEARING, StageName
from fondly.stack.provision import Resources
from tests.support.runs import RUN, a_report, finish_part
from understudy.testing import UnderstudyServer

InLedger = Callable[[Callable[[Ledger], Awaitable[Any]]], Any]
Bodies = Callable[[str], list[str]]


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command answers
        """The JSON on standard output; fails if there is anything else."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON on standard output, one value per line."""
        return [json.loads(line) for line in self.out.splitlines()]


Fondly = Callable[..., Answer]
"""Runs `fondly` with these words; `answer` is on its standard input."""


@pytest.fixture(autouse=True)
def no_local_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own local stack out of every test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def environment(resources: Resources) -> str:
    """The prefix of the names in the emulator."""
    return resources.tables["runs"].removesuffix("-runs")


_command = cache(typer.main.get_command)
"""Made once: it takes longer than many a command."""


@pytest.fixture
def run_fondly(monkeypatch: pytest.MonkeyPatch) -> Fondly:
    """The command line, on the environment that the variables name."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr("typer.testing._get_command", _command)

    def run(*words: str, answer: str | None = None) -> Answer:
        result = CliRunner().invoke(app, list(words), input=answer)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def fondly(environment: str, run_fondly: Fondly, monkeypatch: pytest.MonkeyPatch) -> Fondly:
    """The command line, on this test's environment in the emulator."""
    monkeypatch.setenv("FONDLY_ENVIRONMENT", environment)
    return run_fondly


@pytest.fixture
def personalize(environment: str, emulator_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """The environment, with a Personalize of its own, which logs nothing."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with UnderstudyServer(region="eu-west-1", s3_endpoint_url=emulator_url) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE", server.url)
        yield Account.open(environment, region="eu-west-1")
    structlog.reset_defaults()


@pytest.fixture
def in_ledger(resources: Resources) -> Callable[[Callable[[Ledger], Awaitable[Any]]], Any]:
    """Run a coroutine function on the ledger."""

    async def at_ledger(work: Callable[[Ledger], Awaitable[Any]]) -> Any:  # noqa: ANN401 - the work's result
        async with get_session().create_client("dynamodb", config=CONFIG) as dynamodb:
            return await work(Ledger(dynamodb, resources.tables["runs"]))

    return lambda work: asyncio.run(at_ledger(work))


@pytest.fixture
def advance(in_ledger: InLedger) -> Callable[..., None]:
    """Open a run of two parts and finish these parts in these stages."""

    def to(*finished: tuple[StageName, int], name: str = RUN, source: str = "s3://b/uploads/a.csv") -> None:
        async def record(ledger: Ledger) -> None:
            await ledger.open_run(name, source=source)
            await ledger.set_parts(name, 2)
            for later in CLEARING:
                await ledger.clear(name, later)
            for stage, part in finished:
                await finish_part(ledger, name, part, a_report(stage, part, reviews_scored=2))

        in_ledger(record)

    return to


@pytest.fixture
def dead_letter(resources: Resources) -> Callable[..., str]:
    """Send a message to a dead-letter queue, as a consumer does; return its id."""

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
    """Receive all messages of a queue; return their bodies."""

    def take(queue: str) -> list[str]:
        sqs, found = boto3.client("sqs"), []
        while messages := sqs.receive_message(
            QueueUrl=resources.queue_urls[queue], MaxNumberOfMessages=10
        ).get("Messages"):
            found += [message["Body"] for message in messages]
        return found

    return take


@pytest.fixture
def put_lines(resources: Resources) -> Callable[..., None]:
    """Store records in the data bucket."""

    def put(key: str, *records: BaseModel) -> None:
        body = "".join(record.model_dump_json() + "\n" for record in records)
        boto3.client("s3").put_object(Bucket=resources.buckets["data"], Key=key, Body=body)

    return put
