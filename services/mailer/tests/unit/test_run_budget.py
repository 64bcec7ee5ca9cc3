"""What a run's budget does to its copy: a prompt is asked only if the most that it may cost is allowed."""

from decimal import Decimal

import pytest

from fondly.mailer.adapters.within_budget import ModelWithinBudget, most_tokens
from fondly.mailer.ports import ModelMessage, ModelReply
from fondly.runtime.runs.budget import RunStoppedError
from services.mailer.tests.fakes import MODEL, InMemoryModel
from tests.support.runs import RUN, Runs

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
