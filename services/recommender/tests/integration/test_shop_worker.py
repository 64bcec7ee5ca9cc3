"""A process that is asked over a pipe: answers come to whoever asked, whatever fails or ends meanwhile."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import psutil
import pytest

from encore.recommender.adapters.shop_worker import ShopWorker
from encore.recommender.ports import ShopClosedError

PATIENCE_S = 60.0
CONTEXT = multiprocessing.get_context("forkserver")


class UnreadableError(Exception):
    """An error that can be written, but not read again."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


def make(word: str) -> Callable[[Any], object]:
    """Answer with a word and the question, after some time or not at all."""

    def answer(question: Any) -> object:  # noqa: ANN401 - any question
        if question == "fail":
            raise UnreadableError("one", "other")
        if question == "refuse":
            raise ValueError(word)
        if question == "unpicklable":
            return lambda: word
        if isinstance(question, float):
            time.sleep(question)
        return f"{word} {question}"

    return answer


def fail(word: str) -> Callable[[Any], object]:
    """Make nothing."""
    raise LookupError(word)


@pytest.fixture
async def worker() -> AsyncIterator[ShopWorker]:
    """A process that answers."""
    started = await ShopWorker.start(CONTEXT, make, ("yes",))
    await started.opened()
    yield started
    await started.kill()


async def test_many_ask_at_once_and_each_gets_their_answer(worker: ShopWorker) -> None:
    """Also where an answer, or a question, is larger than the pipe."""
    large = "x" * 3_000_000
    answers = await asyncio.gather(*(worker.ask(number) for number in range(100)), worker.ask(large))
    assert answers == [*(f"yes {number}" for number in range(100)), f"yes {large}"]


async def test_who_does_not_wait_any_more_leaves_the_others_their_answers(worker: ShopWorker) -> None:
    """The answer to a question that was given up is thrown away."""
    given_up = asyncio.create_task(worker.ask(0.2))
    others = [asyncio.create_task(worker.ask(number)) for number in range(3)]
    await asyncio.sleep(0)
    given_up.cancel()
    assert await asyncio.gather(*others) == ["yes 0", "yes 1", "yes 2"]
    assert given_up.cancelled()


async def test_errors_arrive_and_end_nothing(worker: ShopWorker) -> None:
    """One that cannot be read again arrives by its name."""
    with pytest.raises(ValueError, match=r"^yes$"):
        await worker.ask("refuse")
    with pytest.raises(RuntimeError, match="UnreadableError"):
        await worker.ask("fail")
    with pytest.raises(Exception, match=r"lambda|local object"):
        await worker.ask("unpicklable")
    assert await worker.ask("again") == "yes again"


async def test_closing_waits_for_what_was_asked(worker: ShopWorker) -> None:
    """Nothing more is taken, and the process ends."""
    asked = asyncio.create_task(worker.ask(0.2))
    await asyncio.sleep(0)
    await worker.close()
    assert await asked == "yes 0.2"
    with pytest.raises(ShopClosedError):
        await worker.ask("more")
    assert worker.process.exitcode == 0


async def test_who_waits_for_a_process_that_dies_is_told(worker: ShopWorker) -> None:
    """So is everybody behind them, and who comes later."""
    asked = [asyncio.create_task(worker.ask(600.0)) for _ in range(3)]
    await asyncio.sleep(0)
    os.kill(worker.process.pid or 0, signal.SIGKILL)
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in found] == [ShopClosedError] * 3
    with pytest.raises(ShopClosedError):
        await worker.ask("more")


async def test_what_goes_wrong_while_it_opens_is_raised() -> None:
    """The process has ended then."""
    started = await ShopWorker.start(CONTEXT, fail, ("nothing",))
    with pytest.raises(LookupError, match="nothing"):
        await started.opened()
    await started.close()
    assert not started.process.is_alive()


PARENT = """
import asyncio, multiprocessing, os, sys
from encore.recommender.adapters.shop_worker import ShopWorker
from services.recommender.tests.integration.test_shop_worker import make

async def main():
    context = multiprocessing.get_context("forkserver")
    worker = await ShopWorker.start(context, make, ("yes",))
    await worker.opened()
    print(worker.process.pid, flush=True)
    if sys.argv[1] == "die":
        os.kill(os.getpid(), 9)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.parametrize("end", ["die", "forget"])
def test_it_ends_with_the_process_that_started_it(end: str) -> None:
    """Whether that is killed, or ends without closing it."""
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", PARENT, end], capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    pid = int(done.stdout)
    try:
        psutil.Process(pid).wait(PATIENCE_S)
    except psutil.NoSuchProcess:
        return
    assert not psutil.pid_exists(pid)
