"""The embedded stack that all end-to-end tests share."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from fondly.evaluation.sample import SampleFacts, write_sample
from fondly.stack.embedded import PAGES_PORT, PROCESSES, WEB_PORT, Stack, embedded_stack
from fondly.stack.observer import observe
from fondly.stack.processes import free_port
from tests.chaos.background import like_aws
from tests.support.imap import ImapServer
from tests.support.pipeline import Pipeline

EMULATOR, UNDERSTUDY, UPLOADS = "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL_S3"
RECORDING, CALLS = Path(__file__).parent / "recording", "FONDLY_TEST_CALLS"
DELIVERY = {
    "FONDLY_SENDER_TRANSPORT": "smtp",
    "FONDLY_SENDER_PER_S": "1000",
    "FONDLY_MAILER_UNSUBSCRIBE_URL": "https://shop.example.com/unsubscribe",
    "FONDLY_MAILER_UNSUBSCRIBE_KEY": "a key of the tests alone",
    "FONDLY_SENDER_WEB_CLICKS": "true",
    "FONDLY_SENDER_MAILBOX_INTERVAL_S": "0.5",
}
"""Every run that finishes is held, as in production; what a test approves arrives in the stack's mailbox."""


@pytest.fixture(scope="session")
def calls_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which each service's AWS calls are recorded."""
    return tmp_path_factory.mktemp("calls")


@pytest.fixture(scope="session")
def replies() -> Iterator[ImapServer]:
    """The mailbox where replies and reports arrive; the feedback process looks into it all the time."""
    with ImapServer() as server:
        yield server


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, calls_dir: Path, replies: ImapServer) -> Iterator[Stack]:
    """The emulator, understudy and our processes, started once, with their AWS calls recorded.

    The services, and the uploads of tests, reach the emulator through what makes it behave like AWS. Their
    environment is that of the tests only while they start: the session has other tests.
    """
    delivery = {
        **DELIVERY,
        "FONDLY_SENDER_MAILBOX": replies.url,
        "FONDLY_SENDER_MAILBOX_PASSWORD": replies.password,
    }
    with ExitStack() as running, pytest.MonkeyPatch.context() as patch:
        for name, value in {"PYTHONPATH": str(RECORDING), CALLS: str(calls_dir), **delivery}.items():
            patch.setenv(name, value)
        started = running.enter_context(embedded_stack(tmp_path_factory.mktemp("logs"), services=()))
        emulator, understudy = (started.variables[name] for name in (EMULATOR, UNDERSTUDY))
        address = running.enter_context(like_aws(started.resources, emulator=emulator, understudy=understudy))
        ports = {WEB_PORT: str(free_port()), PAGES_PORT: str(free_port())}
        variables = {**started.variables, **delivery, **ports}
        for service in dict.fromkeys(PROCESSES):
            environment = {**variables, EMULATOR: address, "FONDLY_TEST_PROCESS": f"fondly.{service}"}
            started.processes.start(service, ["-m", f"fondly.{service}"], environment)
        patch.undo()
        yield replace(started, variables={**variables, UPLOADS: address, CALLS: str(calls_dir)})


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleFacts]:
    """A file with enough interactions for Personalize to train on."""
    path = tmp_path_factory.mktemp("data") / "trained.csv"
    return path, write_sample(path, seed=11, customers=520, products=110)


@pytest.fixture
async def pipeline(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pipeline]:
    """The stack, with this test's environment pointing at it."""
    for name, value in stack.variables.items():
        monkeypatch.setenv(name, value)
    async with observe(stack.resources) as observer:
        pipeline = Pipeline(stack, observer)
        pipeline.forget()
        yield pipeline
