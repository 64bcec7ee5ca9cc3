"""What a run's budget does to its copy: a prompt is asked only if the most that it may cost is allowed."""

from decimal import Decimal

import pytest

from fondly.mailer.adapters.within_budget import ModelWithinBudget, most_tokens
from fondly.mailer.domain.copy.job import JobInput, JobTask
from fondly.mailer.ports import ModelMessage, ModelReply
from fondly.runtime.runs.budget import RunStoppedError
from fondly.runtime.runs.run import RunStatus
from services.mailer.tests.batch_world import FROM_PROMPTS, RUN, World, poll, ready
from services.mailer.tests.fakes import MODEL, InMemoryModel
from tests.support.runs import Runs

ASKED = [ModelMessage("user", "x" * 1_000)]
REPLY = ModelReply(text="{}", input_tokens=300, output_tokens=200, cache_read_tokens=1_000)
PRICE = Decimal("0.1") * 300 / 10**6 + Decimal("0.5") * 200 / 10**6 + Decimal("0.01") * 1_000 / 10**6


async def ask(model: ModelWithinBudget) -> None:
    """Ask one prompt."""
    await model.converse("y" * 4_000, ASKED, schema="{}", max_tokens=1_000)


async def test_a_call_is_allowed_at_its_most_and_charged_at_what_it_was() -> None:
    """The budget is less than the most of two calls, but two cost far less; it does not allow a third."""
    runs, stub = Runs(budget_usd=Decimal("0.0010")), InMemoryModel(REPLY)
    await runs.ledger.open_run(RUN, source="test")
    model = ModelWithinBudget(stub, MODEL)
    async with runs.budget.tab(RUN, "mailer part-00001"):
        for _ in range(2):
            await ask(model)
    assert (await runs.budget.account(RUN)).spent == 2 * PRICE
    with pytest.raises(RunStoppedError):
        async with runs.budget.tab(RUN, "mailer part-00002"):
            for _ in range(10):
                await ask(model)
    assert stub.calls == 2
    await runs.budget.resume(RUN, Decimal("0.01"))
    async with runs.budget.tab(RUN, "mailer part-00002"):
        await ask(model)
    assert stub.calls == 3


def test_the_most_assumes_nothing_cached_and_the_longest_answer() -> None:
    """Two characters a token are fewer than any text of ours has."""
    assert most_tokens("y" * 4_000, ASKED, schema="{}", max_tokens=700) == {
        "cache_write_tokens": 2_000,
        "input_tokens": 501,
        "output_tokens": 700,
    }


async def test_a_job_starts_only_if_the_budget_allows_what_it_is_expected_to_cost() -> None:
    """Afterwards what it was charged for counts."""
    world = World(budget_usd=Decimal("0.0001"))
    await world.open()
    await world.recommend()
    await world.handle(ready())
    assert (world.jobs.started, world.mailed.keys) == ({}, [])
    assert "Bedrock's job on features" in ((await world.ledger.run(RUN)).reason or "")
    await world.budget.resume(RUN, Decimal(1))
    await world.handle(poll(0))
    assert world.jobs.started == {"run-1-features": FROM_PROMPTS}
    world.answer(JobTask.FEATURES)
    world.end(JobTask.FEATURES)
    await world.handle(poll(1))
    reserved = (await world.budget.account(RUN)).reserved
    assert reserved["Bedrock's job on features"] == Decimal("0.00003")
    assert reserved["Bedrock's job on copy"] > Decimal("0.0001")


async def test_the_jobs_of_a_stopped_run_go_on() -> None:
    """They are paid for: their answers are kept when the run is resumed."""
    world = World(budget_usd=Decimal(1))
    await world.open()
    await world.recommend()
    await world.handle(ready())
    await world.budget.stop(RUN, "another piece", Decimal(2))
    await world.handle(poll(1))
    assert world.jobs.stopped == []
    assert (await world.ledger.run(RUN)).status is RunStatus.STOPPED


def test_what_a_job_is_expected_to_cost_comes_from_its_prompts() -> None:
    """A quarter of its bytes are tokens, and answers have thirty per cent of the most that they may."""
    expected = JobInput(prompts=2, files=1, bytes=8_000, max_tokens=1_000).expected_units(MODEL)
    assert expected == {
        f"bedrock.batch_input_tokens.{MODEL}": 2_000,
        f"bedrock.batch_output_tokens.{MODEL}": 300,
    }
