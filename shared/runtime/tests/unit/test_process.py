"""What surrounds the work of a process."""

import asyncio
import os
import signal

import pytest

from fondly.runtime.heartbeat import UnreachableQueueError
from fondly.runtime.process import run_process
from fondly.runtime.settings import ServiceSettings


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that every service requires."""
    monkeypatch.setenv("FONDLY_DATA_BUCKET", "bucket")
    monkeypatch.setenv("FONDLY_RUNS_TABLE", "runs")
    monkeypatch.setenv("FONDLY_RUN_FINISHED_TOPIC_ARN", "arn:aws:sns:eu-west-1:000000000000:run-finished")


def test_sigterm_sets_the_stop_event_of_a_fast_loop() -> None:
    """The work ends by itself and its result is returned; it runs on uvloop."""

    async def work(_: ServiceSettings, stop: asyncio.Event) -> str:
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(5):
            await stop.wait()
        return type(asyncio.get_running_loop()).__module__

    assert run_process("probe", ServiceSettings, work) == "uvloop"


def test_a_queue_that_is_unreachable_for_good_ends_the_process_with_one() -> None:
    """Whatever supervises it starts another: only an exit code other than zero says so everywhere."""

    async def work(_: ServiceSettings, __: asyncio.Event) -> None:
        raise UnreachableQueueError

    with pytest.raises(SystemExit) as ended:
        run_process("probe", ServiceSettings, work)
    assert ended.value.code == 1
