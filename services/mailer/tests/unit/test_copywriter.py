from collections.abc import Callable, Sequence

from encore.mailer.domain.copy.copy import Copy, CopySource
from encore.mailer.domain.copy.prompt import SYSTEM, answer_schema
from encore.mailer.domain.copy.template_copy import plain_copy
from encore.mailer.domain.facts.facts import EmailFacts
from encore.mailer.use_cases.write_copy import Copywriter, Reply, Turn

MakeCopy = Callable[..., Copy]


class ScriptedModel:
    """Gives prepared replies and keeps what it was asked."""

    def __init__(self, *replies: Reply, takes_schema: bool = True) -> None:
        self.takes_schema = takes_schema
        self.asked: list[Sequence[Turn]] = []
        self._replies = list(replies)

    async def converse(self, system: str, turns: Sequence[Turn], *, schema: str) -> Reply:
        """Give the next reply."""
        assert system == SYSTEM
        assert schema == answer_schema(5)
        self.asked.append(turns)
        return self._replies.pop(0)


def reply(copy: Copy) -> Reply:
    """A reply of 100 tokens in and 10 out."""
    return Reply(text=copy.model_dump_json(), input_tokens=100, output_tokens=10)


async def test_good_copy_is_taken_as_it_is(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """One call, no problem."""
    model = ScriptedModel(reply(make_copy()))
    written = await Copywriter(model).write(facts)
    assert written.copy == make_copy()
    assert written.source is CopySource.AI
    assert (written.calls, written.problems) == (1, ())
    assert (written.input_tokens, written.output_tokens) == (100, 10)


async def test_bad_copy_is_repaired_once(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """The model sees its answer and what was wrong with it; both calls are billed."""
    bad, good = make_copy(subject="Only 9 left"), make_copy()
    model = ScriptedModel(reply(bad), reply(good))
    written = await Copywriter(model).write(facts)
    assert written.copy == good
    assert written.source is CopySource.AI
    assert written.calls == 2
    assert written.problems == ("subject: digit ('9')",)
    assert (written.input_tokens, written.output_tokens) == (200, 20)
    request, answer, repair = model.asked[1]
    assert [turn.role for turn in (request, answer, repair)] == ["user", "assistant", "user"]
    assert answer.text == bad.model_dump_json()
    assert "subject: digit ('9')" in repair.text


async def test_copy_that_stays_bad_is_replaced(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """After two bad answers the plain template is sent, and the problems of both are kept."""
    bad = reply(make_copy(closing="Buy at shop.example"))
    written = await Copywriter(ScriptedModel(bad, bad)).write(facts)
    assert written.copy == plain_copy(facts)
    assert written.source is CopySource.TEMPLATE
    assert written.calls == 2
    assert len(written.problems) == 2


async def test_a_refusal_is_asked_again_from_the_start(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """There is nothing to show the model of an answer that it did not give."""
    model = ScriptedModel(Reply(refusal="stopped by max_tokens"), reply(make_copy()))
    written = await Copywriter(model).write(facts)
    assert written.source is CopySource.AI
    assert written.problems == ("answer: stopped by max_tokens",)
    assert model.asked[0] == model.asked[1]


async def test_words_that_are_no_json_are_shown_to_the_model_again(
    facts: EmailFacts, make_copy: MakeCopy
) -> None:
    """Malformed JSON is a problem like any other."""
    model = ScriptedModel(Reply(text="Sure! Here it comes."), reply(make_copy()))
    written = await Copywriter(model).write(facts)
    assert written.source is CopySource.AI
    assert written.problems[0].startswith("answer: answer: Invalid JSON")
    assert len(model.asked[1]) == 3


async def test_an_empty_answer_is_asked_again(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """A blank turn is never sent back: Bedrock refuses those."""
    model = ScriptedModel(Reply(text="  "), reply(make_copy()))
    assert (await Copywriter(model).write(facts)).source is CopySource.AI
    assert len(model.asked[1]) == 1


async def test_a_model_without_schemas_is_told_the_schema(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """The request then spells it out."""
    model = ScriptedModel(reply(make_copy()), takes_schema=False)
    await Copywriter(model).write(facts)
    assert answer_schema(5) in model.asked[0][0].text
