import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

from encore.mailer.domain.copy.fields import CopySource
from encore.mailer.domain.copy.house_copy import house_text
from encore.mailer.domain.copy.prompt import Style
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.ports import ModelReply
from encore.mailer.use_cases.ask_once import AskOnce
from encore.mailer.use_cases.write_copy import Copywriter, PartCopy, WrittenCopy
from services.mailer.tests.fakes import InMemoryModel
from tests.support.kept_answers import InMemoryKeptAnswers

MakeAnswer = Callable[..., dict[str, object]]
LIE = "Only today, with free delivery."


def reply(answer: dict[str, object]) -> ModelReply:
    """A reply of 100 tokens in and 10 out."""
    return ModelReply(text=json.dumps(answer), input_tokens=100, output_tokens=10)


def copywriter(model: InMemoryModel) -> Copywriter:
    """A copywriter who has asked nothing yet."""
    ask_once = AskOnce(model=model, model_id="claude", kept=InMemoryKeptAnswers())
    return Copywriter(ask_once=ask_once, style=Style(brand="Encore Shop", locale="en_IN"))


async def written(model: InMemoryModel, facts: EmailFacts) -> WrittenCopy:
    """The copy of one email."""
    return await copywriter(model).write(facts, PartCopy("part-1"), seed="s")


async def test_wordings_that_pass_are_used(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """One call; every field has one of the model's wordings."""
    model = InMemoryModel(reply(make_answer()))
    copy = await written(model, facts)
    assert copy.source is CopySource.AI
    assert (model.calls, copy.house_fields) == (1, ())
    assert dict(copy.copy.fields())["lines.3"] == "A lamp for late reading."


async def test_one_refused_wording_costs_no_further_call(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """The other wordings of the field are enough; why it was refused is kept."""
    model = InMemoryModel(reply(make_answer(closing=[LIE, "See you soon!"])))
    copy = await written(model, facts)
    assert model.calls == 1
    assert copy.copy.closing == "See you soon!"
    assert {verdict.field for verdict in copy.wordings.judged.verdicts} == {"closing"}


async def test_only_the_refused_field_is_asked_for_again(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """The request names the field and what was wrong; the other fields keep their wordings."""
    model = InMemoryModel(
        reply(make_answer(closing=[LIE])), reply({"closing": ["Until next time!"], "intro": [LIE]})
    )
    copy = await written(model, facts)
    assert (model.calls, copy.source) == (2, CopySource.AI)
    assert copy.copy.closing == "Until next time!"
    assert copy.copy.intro.startswith("You liked")
    (request,) = model.conversations[1]
    asked = json.loads(request.text.split("<facts>\n")[1].split("\n</facts>")[0])
    assert asked["fields"] == ["closing"]
    assert {each["text"] for each in asked["refused"]} == {LIE}
    assert json.loads(model.schema)["required"] == ["closing"]


async def test_a_field_that_fails_twice_gets_house_text(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """Only that field."""
    model = InMemoryModel(reply(make_answer(lines={"2": [LIE]})), reply({"lines": {"2": [LIE]}}))
    copy = await written(model, facts)
    assert (copy.source, copy.house_fields) == (CopySource.MIXED, ("lines.2",))
    assert copy.copy.lines["2"] == house_text("lines.2", facts)
    assert copy.copy.lines["3"] == "A lamp for late reading."


async def test_house_text_replaces_answers_that_cannot_be_used(facts: EmailFacts) -> None:
    """Every field has house text, and the verdicts say what was wrong with the answers."""
    model = InMemoryModel(ModelReply(text="Sure!"), ModelReply(refusal="the model stopped early: max_tokens"))
    copy = await written(model, facts)
    assert copy.source is CopySource.TEMPLATE
    assert [str(verdict) for verdict in copy.wordings.judged.verdicts] == [
        "answer: not JSON",
        "answer: the model stopped early: max_tokens",
    ]


async def test_equal_facts_are_asked_once_and_read_differently(
    facts: EmailFacts, make_answer: MakeAnswer
) -> None:
    """However many customers have them, and at the same moment; one email carries the cost."""
    model = InMemoryModel(reply(make_answer()))
    writer, part = copywriter(model), PartCopy("part-1")
    everybody = [replace(facts, customer_id=f"C{number}", first_name=None) for number in range(40)]
    copies = await asyncio.gather(*(writer.write(each, part, seed=each.customer_id) for each in everybody))
    assert model.calls == 1
    assert sum(copy.is_first for copy in copies) == 1
    assert len({tuple(copy.copy.lines.values()) for copy in copies}) == 4
    assert all("{customer.first_name}" not in text for copy in copies for _, text in copy.copy.fields())


async def test_a_customer_reads_the_same_words_again(facts: EmailFacts, make_answer: MakeAnswer) -> None:
    """A part that is delivered again makes the same email."""
    first = await written(InMemoryModel(reply(make_answer())), facts)
    again = await written(InMemoryModel(reply(make_answer())), facts)
    assert first.copy == again.copy
