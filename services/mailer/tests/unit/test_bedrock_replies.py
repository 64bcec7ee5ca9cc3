"""How answers are read: by the type of their blocks, and whatever stands around their JSON."""

import json

import pytest

from fondly.mailer.adapters.bedrock_capabilities import listed_models
from fondly.mailer.domain.copy.answers import read_answer
from fondly.mailer.domain.copy.wording import Wording
from services.mailer.tests.stub_bedrock import StubBedrock, model, prompt

THOUGHTS = {"reasoningContent": {"reasoningText": {"text": 'Perhaps {"a": 0}?', "signature": "x"}}}
FRAME = '{"greeting": ["Hello {customer.first_name},"], "intro": ["Some ideas."], "closing": ["See you!"]}'
PRODUCT = '{"products": {"1": {"line": ["It has {1.f1}."], "subject": ["{1.name} for you"]}}}'
AROUND = (
    "%s",
    "```json\n%s\n```",
    "```\n%s\n```\n",
    "Here is the JSON object:\n\n%s",
    "%s\n\nI kept every text within its limits, and used {1.name} once.",
    "The slots are {1.name} and {customer.first_name}.\n```json\n%s\n```\nShall I change {1.f1}?",
    'An example is {"a": 1}.\n%s',
    "\ufeff  %s  ",
)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('Sure:\n```json\n{"a": "}"}\n``` Enjoy {this}!', '{"a": "}"}'),
        ("no object", "no object"),
        ('{"a": ', '{"a": '),
        ('{"a":' * 3_000, '{"a":' * 3_000),
    ],
)
async def test_the_json_object_is_extracted_from_the_answer(answer: str, text: str) -> None:
    """Words around it are dropped; an answer without an object stays as it is."""
    reply = await model(StubBedrock(answer)).ask(prompt())
    assert reply.text == text


@pytest.mark.parametrize("around", AROUND)
async def test_an_answer_is_read_whatever_stands_around_it(around: str) -> None:
    """Code fences and prose, before and after, with slots in it: as good as structured output."""
    texts = [(await model(StubBedrock(around % each)).ask(prompt())).text for each in (FRAME, PRODUCT)]
    assert read_answer(texts[0], ["intro"]) == {"intro": [Wording("Some ideas.")]}
    lines = read_answer(texts[1], ["line"], member="products")
    assert lines == {"line": [Wording("It has {1.f1}.")]}


async def test_a_line_break_within_a_text_is_no_fault() -> None:
    """JSON has it escaped, and a model that is bound by nothing may forget that."""
    reply = await model(StubBedrock('```json\n{"intro": ["Some\nideas."]}\n```')).ask(prompt())
    assert read_answer(reply.text, ["intro"]) == {"intro": [Wording("Some ideas.")]}


async def test_thoughts_are_not_the_answer() -> None:
    """Blocks are chosen by type, not by place; their tokens are billed all the same."""
    reply = await model(StubBedrock(content=[THOUGHTS, {"text": FRAME}])).ask(prompt())
    assert (reply.text, reply.refusal, reply.output_tokens) == (FRAME, None, 34)


async def test_a_tool_that_is_filled_in_is_the_answer() -> None:
    """Whatever the model says beside it."""
    tool = {"toolUse": {"toolUseId": "1", "name": "email_copy", "input": {"a": ["ä"]}}}
    stub = StubBedrock(content=[THOUGHTS, {"text": "Here {it} is."}, tool], stop="tool_use")
    reply = await model(stub).ask(prompt())
    assert (json.loads(reply.text), reply.refusal) == ({"a": ["ä"]}, None)


@pytest.mark.parametrize("stop", sorted({each.refuses_with for each in listed_models().values()}))
async def test_a_refusal_is_told_apart_from_an_answer_cut_short(stop: str) -> None:
    """The one is the model's decision; the other, after thoughts alone, a limit of ours."""
    refused = await model(StubBedrock("I can't help with that.", stop=stop)).ask(prompt())
    assert refused.refusal == "the model refused to answer"
    cut = await model(StubBedrock(content=[THOUGHTS], stop="max_tokens")).ask(prompt())
    assert (cut.text, cut.refusal) == ("", "the model stopped early: max_tokens")
