"""A member of requests that the model turns out not to take is left out, and nobody notices but the log."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from structlog.testing import capture_logs

from fondly.contracts.errors import PermanentError
from fondly.mailer.adapters.bedrock_capabilities import Capabilities, StructuredOutput, Thinking
from fondly.mailer.adapters.bedrock_requests import OBEY_SCHEMA, THINKING_TOKENS, Member
from fondly.mailer.use_cases.ask_once import AskOnce
from services.mailer.tests.stub_bedrock import EVERYTHING, LONG, StubBedrock, model, prompt
from tests.support.kept_answers import InMemoryKeptAnswers

FAILED = "The model returned the following errors: "
MESSAGES = {
    Member.TEMPERATURE: f"{FAILED}`temperature` is deprecated for this model",
    Member.SCHEMA: f"{FAILED}output_config: Extra inputs are not permitted",
    Member.EFFORT: f"{FAILED}output_config.effort: Extra inputs are not permitted",
    Member.THINKING: f"{FAILED}thinking: Input tag 'disabled' found using 'type' does not match",
    Member.CACHE: "This model doesn't support the cachePoint field. Remove cachePoint and try again.",
    Member.TOOL: f"{FAILED}Thinking may not be enabled when tool_choice forces tool use.",
    Member.ROOM: "The maximum tokens you requested exceeds the model limit of 4096.",
}
OTHER_MESSAGES = {
    Member.SCHEMA: (
        "This model doesn't support the outputConfig field. Remove outputConfig and try again.",
        f"{FAILED}output_config.format.schema: For 'object' type, property x is not supported",
    ),
    Member.TOOL: ("This model doesn't support tool use.", f"{FAILED}toolChoice: not permitted"),
    Member.ROOM: (f"{FAILED}max_tokens: 4500 > 4096, the maximum allowed number of output tokens",),
    Member.CACHE: ("You invoked an unsupported model or your request did not allow prompt caching.",),
    Member.THINKING: ("extraneous key [additionalModelRequestFields] is not permitted",),
}
ONE = replace(EVERYTHING, thinking=Thinking.OFF)
OTHER = replace(EVERYTHING, thinking=Thinking.LOW, structured_output=StructuredOutput.TOOL)
BOTH = replace(ONE, structured_output=StructuredOutput.NATIVE, thinking=Thinking.LOW)
SENT = {
    ONE: (Member.SCHEMA, Member.THINKING, Member.TEMPERATURE, Member.CACHE),
    OTHER: (Member.TOOL, Member.EFFORT, Member.TEMPERATURE, Member.CACHE, Member.ROOM),
    BOTH: (Member.SCHEMA, Member.EFFORT, Member.TEMPERATURE, Member.CACHE, Member.ROOM),
}
CASES = [
    (capabilities, refused)
    for capabilities, sent in SENT.items()
    for number in (1, 2, len(sent))
    for refused in combinations(sent, number)
]


def members(request: Mapping[str, Any]) -> set[Member]:
    """What a request has, as Bedrock sees it."""
    output, inference = request.get("outputConfig", {}), request["inferenceConfig"]
    there = {
        Member.TOOL: "toolConfig" in request,
        Member.SCHEMA: "textFormat" in output,
        Member.EFFORT: "effort" in output,
        Member.THINKING: "thinking" in request.get("additionalModelRequestFields", {}),
        Member.TEMPERATURE: "temperature" in inference,
        Member.CACHE: any("cachePoint" in block for block in request["system"]),
        Member.ROOM: inference["maxTokens"] > THINKING_TOKENS,
    }
    return {member for member, is_there in there.items() if is_there}


class Refusing(StubBedrock):
    """Refuses requests with some members, naming one of them at a time, as Bedrock does."""

    def __init__(self, messages: Mapping[Member, str]) -> None:
        super().__init__('{"a": 1}')
        self.messages = messages

    def error_to(self, request: Mapping[str, Any]) -> tuple[str, str, int] | None:
        """Name the first of the members that are not taken."""
        there = members(request)
        named = next((text for member, text in self.messages.items() if member in there), None)
        return ("ValidationException", named, 400) if named else None


@pytest.mark.parametrize(("capabilities", "refused"), CASES)
async def test_what_is_refused_is_left_out_once_for_all(
    capabilities: Capabilities, refused: tuple[Member, ...]
) -> None:
    """Alone, in pairs and all of it: the call is repeated without it, and later ones never have it."""
    stub = Refusing({member: MESSAGES[member] for member in refused})
    adapter = model(stub, capabilities=capabilities)
    with capture_logs() as lines:
        assert (await adapter.ask(prompt(LONG))).text == '{"a": 1}'
        assert stub.calls == 1 + len(refused)
        assert members(stub.request).isdisjoint(refused)
        await adapter.ask(prompt(LONG))
    assert stub.calls == 2 + len(refused)
    assert {each["member"] for each in lines if each["event"] == "model_member_refused"} == set(refused)
    assert sum(each.get("model_members_refused", 0) for each in lines) == len(refused)


@pytest.mark.parametrize(
    ("member", "message"), [(member, text) for member, texts in OTHER_MESSAGES.items() for text in texts]
)
async def test_members_have_several_names(member: Member, message: str) -> None:
    """Those of Converse, of the model behind it, and of a schema that a request breaks."""
    capabilities = next(each for each, sent in SENT.items() if member in sent)
    stub = Refusing({member: message})
    await model(stub, capabilities=capabilities).ask(prompt(LONG))
    assert stub.calls == 2
    assert member not in members(stub.request)


async def test_without_structured_output_the_prompt_has_the_schema() -> None:
    """Instruction is the last resort."""
    for capabilities, member in ((ONE, Member.SCHEMA), (OTHER, Member.TOOL)):
        stub = Refusing({member: MESSAGES[member]})
        await model(stub, capabilities=capabilities).ask(prompt(LONG, '{"a": 1}'))
        assert OBEY_SCHEMA in stub.request["messages"][0]["content"][0]["text"]


async def test_a_model_that_cannot_be_kept_from_thinking_gets_room() -> None:
    """Its thoughts count against `maxTokens`, and would leave none for the answer."""
    stub = Refusing({Member.THINKING: MESSAGES[Member.THINKING]})
    await model(stub, capabilities=ONE).ask(prompt())
    assert stub.request["inferenceConfig"]["maxTokens"] == 500 + THINKING_TOKENS


async def test_calls_under_way_tell_it_once() -> None:
    """All of them are refused, and all are repeated."""
    stub = Refusing({Member.TEMPERATURE: MESSAGES[Member.TEMPERATURE]})
    adapter = model(stub)
    with capture_logs() as lines:
        replies = await asyncio.gather(*(adapter.ask(prompt()) for _ in range(5)))
    assert {each.text for each in replies} == {'{"a": 1}'}
    assert [each["log_level"] for each in lines if each["event"] == "model_member_refused"] == ["warning"]


class Ending(StubBedrock):
    """Answers some calls, and from then on refuses even a bare request."""

    def __init__(self, *, answers: float) -> None:
        super().__init__()
        self.answers = answers

    def error_to(self, request: Mapping[str, Any]) -> tuple[str, str, int] | None:
        """Refuse what comes too late."""
        assert request
        message = MESSAGES[Member.TEMPERATURE]
        return None if self.calls <= self.answers else ("ValidationException", message, 400)


async def test_a_run_that_ended_is_resumed_without_paying_again() -> None:
    """What was answered before a bare request was refused is kept: only the others are asked."""
    kept, ending, mended = InMemoryKeptAnswers(), Ending(answers=3), StubBedrock()
    prompts = [replace(prompt(), text=f"Write {number}.") for number in range(8)]

    def asks(stub: StubBedrock) -> AskOnce:
        return AskOnce(model=model(stub), model_id="some.model", kept=kept, parallel=1)

    with pytest.raises(PermanentError, match=r"some\.model cannot be used"):
        await asks(ending).run(prompts, payer="part-1")
    assert "temperature" not in ending.request["inferenceConfig"]
    replies = await asks(mended).run(prompts, payer="part-1")
    assert (len(replies), mended.calls) == (8, 5)
