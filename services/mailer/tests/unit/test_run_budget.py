"""What a run's budget does to its copy: a prompt is asked only if the most that it may cost is allowed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from fondly.mailer.adapters.bedrock import BedrockModel
from fondly.mailer.adapters.bedrock_capabilities import capabilities_of
from fondly.mailer.adapters.bedrock_requests import ModelChoice, most_tokens
from fondly.mailer.domain.copy.prompt import Prompt, Task
from fondly.runtime.runs.budget import RunStoppedError
from services.mailer.tests.fakes import MODEL
from services.mailer.tests.stub_bedrock import StubBedrock, model
from tests.support.runs import RUN, Runs

ASKED = Prompt(Task.FRAME, "1", "y" * 4_000, "x" * 1_000, "{}", max_chars=2_500)
USAGE = {"inputTokens": 300, "outputTokens": 200, "cacheReadInputTokens": 1_000}
PRICE = Decimal("0.1") * 300 / 10**6 + Decimal("0.5") * 200 / 10**6 + Decimal("0.01") * 1_000 / 10**6


async def ask(adapter: BedrockModel) -> None:
    """Ask one prompt."""
    await adapter.ask(ASKED)


async def test_a_call_is_allowed_at_its_most_and_charged_at_what_it_was() -> None:
    """The budget is less than the most of two calls, but two cost far less; it does not allow a third."""
    runs, stub = Runs(budget_usd=Decimal("0.0012")), StubBedrock(usage=USAGE)
    await runs.ledger.open_run(RUN, source="test")
    adapter = model(stub, model_id=MODEL, capabilities=capabilities_of(MODEL))
    async with runs.budget.tab(RUN, "mailer part-00001"):
        for _ in range(2):
            await ask(adapter)
    assert (await runs.budget.account(RUN)).spent == 2 * PRICE
    with pytest.raises(RunStoppedError):
        async with runs.budget.tab(RUN, "mailer part-00002"):
            for _ in range(10):
                await ask(adapter)
    assert stub.calls == 2
    await runs.budget.resume(RUN, Decimal("0.01"))
    async with runs.budget.tab(RUN, "mailer part-00002"):
        await ask(adapter)
    assert stub.calls == 3


def test_the_most_assumes_nothing_cached_and_the_longest_answer() -> None:
    """Half the characters a token that the model has on average are fewer than any text of ours has."""
    choice = ModelChoice(model_id=MODEL, capabilities=capabilities_of(MODEL))
    assert most_tokens(choice, replace(ASKED, max_chars=1_750)) == {
        "cache_write_tokens": 3_202,
        "input_tokens": 800,
        "output_tokens": 700,
    }
