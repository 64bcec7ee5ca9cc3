import asyncio
from typing import Any

import pytest

from encore.contracts.errors import TransientError
from encore.mailer.domain.copy.prompt import Prompt, Task
from encore.mailer.ports import ModelReply
from encore.mailer.use_cases import ask_once
from encore.mailer.use_cases.ask_once import AskOnce
from services.mailer.tests.fakes import InMemoryModel
from tests.support.kept_answers import InMemoryKeptAnswers

PROMPT = Prompt(Task.COPY, "copy-1-en", "system", "facts", "{}", max_tokens=10)


async def test_a_question_is_paid_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By whoever comes first: others wait for the answer, and later ones find it."""
    monkeypatch.setattr(ask_once, "PATIENCE_S", 0)
    model = InMemoryModel(ModelReply(text="{}", input_tokens=7, cache_read_tokens=3))
    asks = AskOnce(model=model, model_id="claude", kept=InMemoryKeptAnswers())
    replies = await asyncio.gather(*(asks.run(PROMPT, payer=f"part-{n}") for n in range(5)))
    assert model.calls == 1
    assert len({each.payer for each in replies}) == 1
    assert {(each.reply.input_tokens, each.reply.cache_read_tokens) for each in replies} == {(7, 3)}


async def test_another_model_is_asked_anew() -> None:
    """Its answers are others."""
    kept, model = InMemoryKeptAnswers(), InMemoryModel(ModelReply(text="{}"))
    for model_id in ("one", "other"):
        await AskOnce(model=model, model_id=model_id, kept=kept).run(PROMPT, payer="part-1")
    assert model.calls == 2


async def test_nothing_is_kept_of_a_failed_call() -> None:
    """The next delivery of the part asks again."""
    model = InMemoryModel(ModelReply(text="{}"))
    model.throttled_from = 1
    asks = AskOnce(model=model, model_id="claude", kept=InMemoryKeptAnswers())
    with pytest.raises(TransientError):
        await asks.run(PROMPT, payer="part-1")
    model.throttled_from = None
    assert (await asks.run(PROMPT, payer="part-1")).reply.text == "{}"


async def test_a_question_that_a_part_has_twice_is_claimed_once() -> None:
    """DynamoDB refuses a transaction with two writes of one item, and both get the answer of one call."""
    model = InMemoryModel(ModelReply(text="{}"))
    asks = AskOnce(model=model, model_id="claude", kept=InMemoryKeptAnswers())
    replies = await asyncio.gather(*(asks.run(PROMPT, payer="part-1") for _ in range(3)))
    assert [each.reply.text for each in replies] == ["{}"] * 3
    assert model.calls == 1


async def test_a_question_is_claimed_when_its_call_goes_out() -> None:
    """Until then, for hours if need be, whoever comes to its turn first asks; the others find the answer."""
    turns: dict[str, asyncio.Event] = {payer: asyncio.Event() for payer in ("late", "early")}
    kept, asked = InMemoryKeptAnswers(), list[str]()

    class Queueing(InMemoryModel):
        """A model whose calls wait for their turns."""

        def __init__(self, payer: str) -> None:
            super().__init__(ModelReply(text="{}"))
            self.payer = payer

        async def converse(self, *arguments: Any, **options: Any) -> ModelReply:  # noqa: ANN401 - as the model
            """Answer when it is one's turn."""
            await turns[self.payer].wait()
            reply = await super().converse(*arguments, **options)
            asked.append(self.payer)
            return reply

    working = {
        payer: asyncio.create_task(
            AskOnce(model=Queueing(payer), model_id="claude", kept=kept).run(PROMPT, payer=payer)
        )
        for payer in turns
    }
    await asyncio.sleep(0.01)
    assert kept.claims == {}
    turns["early"].set()
    await working["early"]
    turns["late"].set()
    assert (await working["late"]).payer == "early"
    assert asked == ["early"]
