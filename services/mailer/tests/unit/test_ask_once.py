import asyncio
import gc
import json
from dataclasses import replace
from typing import Any

import pytest

from fondly.contracts.errors import TransientError
from fondly.mailer.domain.copy.answers import read_answer
from fondly.mailer.domain.copy.product_prompt import product_question
from fondly.mailer.domain.copy.prompt import Prompt, Style, Task
from fondly.mailer.domain.copy.wording import Wording
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.ports import ModelReply
from fondly.mailer.use_cases import ask_once
from fondly.mailer.use_cases.ask_once import AskOnce, PaidReply
from fondly.mailer.use_cases.joint_calls import TOGETHER, calls
from fondly.runtime.retry import PostponedError
from services.mailer.tests.fakes import InMemoryModel, asked
from tests.support.kept_answers import InMemoryKeptAnswers

PROMPT = Prompt(Task.FRAME, "frame-1-en", "system", "facts", "{}", max_chars=10)
STYLE = Style(brand="Fondly Shop", locale="en_IN")
PARALLEL = 4


async def ask(asks: AskOnce, *, payer: str) -> PaidReply:
    """The reply to one prompt."""
    [reply] = (await asks.run([PROMPT], payer=payer)).values()
    return reply


def about(facts: EmailFacts, number: int) -> Prompt:
    """One of any number of questions about products."""
    kind = "".join("abcdefghij"[int(digit)] for digit in str(number))
    entry = facts.products[0].entry.model_copy(update={"category": (f"{kind} Cables",)})
    pick = facts.products[0].pick.model_copy(update={"product": entry})
    return product_question(replace(facts.products[0], pick=pick), STYLE).prompt


class Numbering(InMemoryModel):
    """Writes each product's kind as its line, after the product's own slot; calls wait for `turn`."""

    def __init__(self, turn: asyncio.Event | None = None) -> None:
        super().__init__()
        self.turn = turn

    async def ask(self, *arguments: Any, **options: Any) -> ModelReply:  # noqa: ANN401 - as the model
        """Answer when it is one's turn."""
        if self.turn:
            await self.turn.wait()
        return await super().ask(*arguments, **options)

    def reply_to(self, text: str) -> ModelReply:
        """Answer about every product."""
        told = asked(text)["products"]
        lines = {str(each["n"]): {"line": [f"{{{each['n']}.name}} {each['kind']}"]} for each in told}
        return ModelReply(text=json.dumps({"products": lines}), input_tokens=100, output_tokens=17)


async def test_a_question_is_paid_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By whoever comes first: others wait for the answer, and later ones find it."""
    monkeypatch.setattr(ask_once, "PATIENCE_S", 0)
    model = InMemoryModel(ModelReply(text="{}", input_tokens=7, cache_read_tokens=3))
    asks = AskOnce(model=model, model_id="claude", kept=InMemoryKeptAnswers(), parallel=PARALLEL)
    replies = await asyncio.gather(*(ask(asks, payer=f"part-{n}") for n in range(5)))
    assert model.calls == 1
    assert len({each.payer for each in replies}) == 1
    assert {(each.reply.input_tokens, each.reply.cache_read_tokens) for each in replies} == {(7, 3)}


async def test_another_model_is_asked_anew() -> None:
    """Its answers are others."""
    kept, model = InMemoryKeptAnswers(), InMemoryModel(ModelReply(text="{}"))
    for model_id in ("one", "other"):
        await AskOnce(model=model, model_id=model_id, kept=kept, parallel=PARALLEL).run(
            [PROMPT], payer="part-1"
        )
    assert model.calls == 2


async def test_nothing_is_kept_of_a_failed_call() -> None:
    """The next delivery of the part asks again."""
    model = InMemoryModel(ModelReply(text="{}"))
    model.throttled_from = 1
    asks = AskOnce(model=model, model_id="claude", kept=InMemoryKeptAnswers(), parallel=PARALLEL)
    with pytest.raises(TransientError):
        await ask(asks, payer="part-1")
    model.throttled_from = None
    assert (await ask(asks, payer="part-1")).reply.text == "{}"


async def test_a_question_that_a_part_has_twice_is_locked_once() -> None:
    """DynamoDB refuses a transaction with two writes of one item, and both get the answer of one call."""
    model = InMemoryModel(ModelReply(text="{}"))
    asks = AskOnce(model=model, model_id="claude", kept=InMemoryKeptAnswers(), parallel=PARALLEL)
    replies = await asyncio.gather(*(ask(asks, payer="part-1") for _ in range(3)))
    assert [each.reply.text for each in replies] == ["{}"] * 3
    assert model.calls == 1


async def test_a_question_is_locked_when_its_call_goes_out() -> None:
    """Until then, for hours if need be, whoever comes to its turn first asks; the others find the answer."""
    turns: dict[str, asyncio.Event] = {payer: asyncio.Event() for payer in ("late", "early")}
    kept, order = InMemoryKeptAnswers(), list[str]()

    class Queueing(InMemoryModel):
        """A model whose calls wait for their turns."""

        def __init__(self, payer: str) -> None:
            super().__init__(ModelReply(text="{}"))
            self.payer = payer

        async def ask(self, *arguments: Any, **options: Any) -> ModelReply:  # noqa: ANN401 - as the model
            """Answer when it is one's turn."""
            await turns[self.payer].wait()
            reply = await super().ask(*arguments, **options)
            order.append(self.payer)
            return reply

    working = {
        payer: asyncio.create_task(
            ask(AskOnce(model=Queueing(payer), model_id="claude", kept=kept, parallel=PARALLEL), payer=payer)
        )
        for payer in turns
    }
    await asyncio.sleep(0.01)
    assert kept.locks == {}
    turns["early"].set()
    await working["early"]
    turns["late"].set()
    assert (await working["late"]).payer == "early"
    assert order == ["early"]


async def leave(model: Numbering, turn: asyncio.Event) -> None:
    """Ask, stop waiting while the call is under way, and let it end."""
    asks = AskOnce(model=model, model_id="claude", kept=InMemoryKeptAnswers(), parallel=PARALLEL)
    asking = asyncio.create_task(ask(asks, payer="part-1"))
    await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.wait({asking})
    turn.set()
    await asyncio.sleep(0.01)


async def test_a_call_that_was_left_ends() -> None:
    """Nobody waits for an answer, so it looks for none."""
    turn = asyncio.Event()
    await leave(Numbering(turn), turn)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("error", [TransientError("busy"), asyncio.CancelledError()])
async def test_nobody_is_told_how_a_call_that_was_left_failed(error: BaseException) -> None:
    """Asyncio would log an error that nobody has looked at."""
    told: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    turn, model = asyncio.Event(), Numbering()

    async def fail(*_: Any, **__: Any) -> ModelReply:  # noqa: ANN401 - as the model
        await turn.wait()
        raise error

    model.ask = fail  # type: ignore[method-assign] # as a provider that fails
    await leave(model, turn)
    gc.collect()
    assert told == []


async def test_products_are_asked_about_together_and_kept_alone(facts: EmailFacts) -> None:
    """Each answer reads as if its product had been asked about alone, and the tokens add up to the bill."""
    model, kept = Numbering(), InMemoryKeptAnswers()
    asks = AskOnce(model=model, model_id="claude", kept=kept, parallel=PARALLEL)
    prompts = [about(facts, number) for number in range(TOGETHER + 3)]
    replies = await asks.run([*prompts, prompts[0]], payer="part-1")
    assert model.calls == 2
    for prompt in prompts:
        found = read_answer(replies[prompt.key("claude")].reply.text, ["line"], member="products")
        [told] = asked(prompt.text)["products"]
        assert found == {"line": [Wording(f"{{1.name}} {told['kind']}")]}
    assert kept.answers.keys() == replies.keys()
    paid = [each.reply for each in replies.values()]
    assert sum(reply.calls for reply in paid) == 2
    assert sum(reply.input_tokens for reply in paid) == 200
    assert sum(reply.output_tokens for reply in paid) == 34


async def test_what_another_worker_has_locked_is_left_out_of_a_joint_call(
    facts: EmailFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are asked at once, and nothing is paid for twice."""
    monkeypatch.setattr(ask_once, "PATIENCE_S", 0)
    kept, turn = InMemoryKeptAnswers(), asyncio.Event()
    prompts = [about(facts, number) for number in range(5)]
    slow, quick = Numbering(turn), Numbering()
    waiting = asyncio.create_task(
        AskOnce(model=slow, model_id="claude", kept=kept, parallel=PARALLEL).run(prompts, payer="part-1")
    )
    await asyncio.sleep(0.01)
    some = AskOnce(model=quick, model_id="claude", kept=kept, parallel=PARALLEL)
    await some.run(prompts[:2], payer="part-2")
    turn.set()
    replies = await waiting
    assert [replies[each.key("claude")].payer for each in prompts] == ["part-2"] * 2 + ["part-1"] * 3
    [told] = [asked(each.text)["products"] for each in slow.prompts]
    wanted = [asked(each.text)["products"][0]["kind"] for each in prompts[2:]]
    assert sorted(each["kind"] for each in told) == sorted(wanted)


async def test_a_message_makes_room_for_that_of_a_worker_that_has_died(
    facts: EmailFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else messages that wait for its answers would keep it out until its locks lapse."""
    monkeypatch.setattr(ask_once, "PATIENCE_S", 0)
    kept, prompt = InMemoryKeptAnswers(), about(facts, 1)
    asks = AskOnce(model=Numbering(), model_id="claude", kept=kept, parallel=PARALLEL)
    await kept.lock([prompt.key("claude")], payer="part-1")
    with pytest.raises(PostponedError, match="has not answered 1 questions"):
        async with asyncio.timeout(30):
            await asks.run([prompt, about(facts, 2)], payer="part-2")
    assert [each.payer for each in (await asks.run([prompt], payer="part-1")).values()] == ["part-1"]
    assert (await asks.run([prompt], payer="part-2")).keys() == {prompt.key("claude")}


async def test_calls_under_way_are_bounded_over_all_parts(facts: EmailFacts) -> None:
    """A crash pays again for no more than these, however many parts are handled at once."""
    turn = asyncio.Event()

    class Counting(Numbering):
        """Counts the calls that wait for an answer."""

        under_way = most = 0

        async def ask(self, *arguments: Any, **options: Any) -> ModelReply:  # noqa: ANN401 - as the model
            """Count, and answer."""
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            reply = await super().ask(*arguments, **options)
            self.under_way -= 1
            return reply

    model = Counting(turn)
    asks = AskOnce(model=model, model_id="claude", kept=InMemoryKeptAnswers(), parallel=2)
    parts = [
        asyncio.create_task(
            asks.run([about(facts, 100 * part + n) for n in range(3 * TOGETHER)], payer=f"part-{part}")
        )
        for part in range(3)
    ]
    await asyncio.sleep(0.01)
    turn.set()
    await asyncio.gather(*parts)
    assert (model.calls, model.most) == (9, 2)


def test_calls_are_cut_by_what_is_asked_so_that_a_new_question_changes_few(
    facts: EmailFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever order the questions come in; a call that is the same finds its system text in the cache."""
    monkeypatch.setattr("fondly.mailer.use_cases.joint_calls.CUT", "0")
    prompts = {(each := about(facts, number)).key("claude"): each for number in range(400)}
    before = {tuple(call) for call in calls(prompts)}
    assert before == {tuple(call) for call in calls(dict(reversed(prompts.items())))}
    assert max(map(len, before)) == TOGETHER
    assert len(before) < 400 / TOGETHER * 1.6
    more = about(facts, 1_000)
    after = {tuple(call) for call in calls(prompts | {more.key("claude"): more})}
    assert len(after - before) < len(before) / 3
