from collections.abc import Callable

from encore.mailer.domain.copy.fields import Copy, CopySource
from encore.mailer.domain.copy.prompt import SYSTEM, answer_schema
from encore.mailer.domain.copy.template_copy import template_copy
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.ports import ModelReply
from encore.mailer.use_cases.write_copy import Copywriter
from services.mailer.tests.fakes import InMemoryModel

MakeCopy = Callable[..., Copy]


def reply(copy: Copy) -> ModelReply:
    """A reply of 100 tokens in and 10 out."""
    return ModelReply(text=copy.model_dump_json(), input_tokens=100, output_tokens=10)


async def test_copy_that_keeps_the_rules_is_used_unchanged(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """One call, no problems."""
    model = InMemoryModel(reply(make_copy()))
    written = await Copywriter(model, max_tokens=500).write(facts)
    assert written.copy == make_copy()
    assert written.source is CopySource.AI
    assert (written.calls, written.problems) == (1, ())
    assert (model.system, model.schema) == (SYSTEM, answer_schema(5))
    assert (written.input_tokens, written.output_tokens) == (100, 10)


async def test_copy_that_breaks_a_rule_is_repaired_once(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """The model sees its answer and what was wrong with it; both calls are billed."""
    bad, good = make_copy(subject="Only 9 left"), make_copy()
    model = InMemoryModel(reply(bad), reply(good))
    written = await Copywriter(model, max_tokens=500).write(facts)
    assert written.copy == good
    assert written.source is CopySource.AI
    assert written.calls == 2
    assert written.problems == ("subject: digit outside a slot ('9')",)
    assert (written.input_tokens, written.output_tokens) == (200, 20)
    request, answer, repair = model.conversations[1]
    assert [message.role for message in (request, answer, repair)] == ["user", "assistant", "user"]
    assert answer.text == bad.model_dump_json()
    assert "subject: digit outside a slot ('9')" in repair.text


async def test_template_copy_replaces_copy_that_breaks_rules_twice(
    facts: EmailFacts, make_copy: MakeCopy
) -> None:
    """The problems of both answers are kept."""
    bad = reply(make_copy(closing="Buy at shop.example"))
    written = await Copywriter(InMemoryModel(bad, bad), max_tokens=500).write(facts)
    assert written.copy == template_copy(facts)
    assert written.source is CopySource.TEMPLATE
    assert written.calls == 2
    assert len(written.problems) == 2


async def test_a_refused_request_is_repeated_unchanged(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """Without an answer, there is nothing for the model to repair."""
    model = InMemoryModel(ModelReply(refusal="the model stopped early: max_tokens"), reply(make_copy()))
    written = await Copywriter(model, max_tokens=500).write(facts)
    assert written.source is CopySource.AI
    assert written.problems == ("answer: the model stopped early: max_tokens",)
    assert model.conversations[0] == model.conversations[1]


async def test_an_answer_that_is_not_json_is_repaired(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """It is a problem like any other: the model sees its answer again."""
    model = InMemoryModel(ModelReply(text="Sure! Here it comes."), reply(make_copy()))
    written = await Copywriter(model, max_tokens=500).write(facts)
    assert written.source is CopySource.AI
    assert written.problems[0].startswith("answer: not the expected JSON: Invalid JSON")
    assert len(model.conversations[1]) == 3


async def test_an_empty_answer_is_not_sent_back(facts: EmailFacts, make_copy: MakeCopy) -> None:
    """Bedrock refuses blank messages, so the request is repeated unchanged."""
    model = InMemoryModel(ModelReply(text="  "), reply(make_copy()))
    assert (await Copywriter(model, max_tokens=500).write(facts)).source is CopySource.AI
    assert len(model.conversations[1]) == 1
