"""Parts of Bedrock by themselves: models, guardrails, quotas, and one invocation from check to count."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bedrocks import HAIKU, LLAMA, NEWEST_HAIKU, NOVA, OPUS, SCHEMA, SONNET, thinking

from understudy.bedrock.guardrails import BLOCKED_MESSAGE, Guardrail, find_guardrail
from understudy.bedrock.invocation import Copywriter, Invoker, check
from understudy.bedrock.models import CURRENT_MODEL_IDS, MODEL_FEATURES, Model, ModelFeatures, Models
from understudy.bedrock.quotas import Quotas
from understudy.bedrock.replay import Replay, key_of
from understudy.bedrock.request import Answer, Block, ModelRequest, Turn, Usage
from understudy.wire.service import ServiceError

MODELS = Models(CURRENT_MODEL_IDS, MODEL_FEATURES)


def model(identifier: str = HAIKU) -> Model:
    """Return one of the models."""
    return MODELS.find(identifier)


def request(*texts: str, identifier: str = HAIKU, **changes: Any) -> ModelRequest:  # noqa: ANN401 - any field
    """Return a request with these texts of a user."""
    turn = Turn("user", tuple(Block(text) for text in texts or ("Hello",)))
    return replace(ModelRequest(model=model(identifier), turns=(turn,), max_tokens=100), **changes)


def refused(call: Any, *arguments: Any) -> ServiceError:  # noqa: ANN401 - any call
    """Return the error of a call."""
    with pytest.raises(ServiceError) as raised:
        call(*arguments)
    return raised.value


@pytest.mark.parametrize(
    "identifier",
    [
        f"us.{SONNET}",
        f"global.{SONNET}",
        f"arn:aws:bedrock:us-east-1:000000000000:inference-profile/eu.{SONNET}",
    ],
)
def test_every_way_to_name_a_model_leads_to_the_same(identifier: str) -> None:
    """So that they share quotas and caches."""
    assert model(identifier) == Model(SONNET, MODEL_FEATURES[SONNET])


@pytest.mark.parametrize("identifier", [HAIKU, f"arn:aws:bedrock:us-east-1::foundation-model/{HAIKU}"])
def test_a_model_with_an_endpoint_in_its_region_has_an_id_of_its_own(identifier: str) -> None:
    """Haiku 4.5 has endpoints in some regions."""
    assert model(identifier) == Model(HAIKU, MODEL_FEATURES[HAIKU])


@pytest.mark.parametrize("identifier", ["anthropic.claude-haiku-5-5", SONNET, OPUS])
def test_the_others_are_called_by_profiles(identifier: str) -> None:
    """No endpoint in a region is known."""
    assert "on-demand throughput" in refused(model, identifier).message


@pytest.mark.parametrize("identifier", ["", "claude", f"xx.{SONNET}", f"{SONNET}-v9"])
def test_other_names_are_of_no_model(identifier: str) -> None:
    """Whether a model was withdrawn or never there."""
    assert refused(model, identifier).message == "The provided model identifier is invalid."


def test_a_model_without_features_has_those_of_a_current_claude() -> None:
    """A new model's id is all that is needed."""
    models = Models({"anthropic.claude-next"}, {})
    assert models.find("anthropic.claude-next").features == ModelFeatures()


def test_a_model_may_be_for_profiles_only() -> None:
    """The message has the part that clients look for."""
    models = Models({"m", "us.m"}, {"m": ModelFeatures(on_demand=False)})
    assert models.find("us.m").id == "m"
    assert "on-demand throughput" in refused(models.find, "m").message


@pytest.mark.parametrize(
    ("access", "code"),
    [
        ("not_granted", "AccessDeniedException"),
        ("no_subscription", "AccessDeniedException"),
        ("no_use_case", "ResourceNotFoundException"),
        ("legacy", "ResourceNotFoundException"),
        ("ended", "ResourceNotFoundException"),
    ],
)
def test_an_account_may_lack_access_for_a_reason(access: Any, code: str) -> None:  # noqa: ANN401 - one of a literal
    """Each with the code that AWS gives it, by any name of the model."""
    models = Models({"m", "eu.m"}, {"m": ModelFeatures(access=access)})
    for name in ("m", "eu.m"):
        error = refused(models.find, name)
        assert error.code == code
        assert len(error.message) > 40


@pytest.mark.parametrize(
    ("text", "blocked"),
    [
        ("a secret plan", True),
        ("SECRET", True),
        ("secretary", False),
        ("topsecret", False),
        ("C++!", True),
        ("", False),
    ],
)
def test_a_guardrail_finds_whole_words_in_any_case(text: str, blocked: bool) -> None:  # noqa: FBT001 - a column
    """Signs in a word are only signs."""
    assert Guardrail("g", ("secret", "C++")).blocks([text]) == blocked


@pytest.mark.parametrize("identifier", ["g", "arn:aws:bedrock:us-east-1:000000000000:guardrail/g"])
def test_a_guardrail_is_found_by_id_or_arn(identifier: str) -> None:
    """In any version."""
    found = find_guardrail({"g": ("secret",)}, identifier, "7")
    assert found == Guardrail("g", ("secret",))


def test_no_guardrail_is_named_by_nothing_and_half_a_name_is_a_mistake() -> None:
    """So is one that there is not."""
    assert find_guardrail({"g": ()}, None, None) is None
    for identifier, version in (("g", None), (None, "1"), ("other", "1")):
        assert refused(find_guardrail, {"g": ()}, identifier, version).code == "ValidationException"


class Now:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def test_requests_a_minute_are_counted_for_each_model() -> None:
    """And come back in time."""
    now = Now()
    quotas = Quotas(requests_per_min=2, clock=now)
    for _ in range(2):
        quotas.reserve(request())
    assert "Too many requests" in refused(quotas.reserve, request()).message
    quotas.reserve(request(identifier=f"us.{SONNET}"))
    now.seconds = 30
    quotas.reserve(request())


def test_a_request_reserves_what_it_may_write_and_gets_the_rest_back() -> None:
    """Tokens that were read from a cache are not counted."""
    quotas = Quotas(tokens_per_min=1_000, clock=Now())
    large = request("x" * 325, max_tokens=800)
    quotas.reserve(large)
    assert "Too many tokens" in refused(quotas.reserve, request("x" * 325, max_tokens=100)).message
    quotas.correct(large, Usage(input=100, output=40, cache_read=500))
    quotas.reserve(request("x" * 325, max_tokens=600))


@pytest.mark.parametrize(("identifier", "burn"), [(HAIKU, 5), (NEWEST_HAIKU, 10), (NOVA, 1)])
def test_a_token_of_output_takes_several_of_the_quota(identifier: str, burn: int) -> None:
    """More than was reserved, if need be."""
    quotas = Quotas(tokens_per_min=10_000, clock=Now())
    asked = request("x", identifier=identifier, max_tokens=1_000)
    quotas.reserve(asked)
    quotas.correct(asked, Usage(input=1, output=900))
    left = 10_000 - 1 - 900 * burn
    refused(quotas.reserve, request("x", identifier=identifier, max_tokens=left))
    quotas.reserve(request("x", identifier=identifier, max_tokens=left - 1))


def test_a_request_that_gets_no_tokens_gets_its_request_back() -> None:
    """It was not answered."""
    quotas = Quotas(requests_per_min=1, tokens_per_min=200, clock=Now())
    assert "tokens" in refused(quotas.reserve, request(max_tokens=500)).message
    quotas.reserve(request(max_tokens=50))


def test_without_quotas_everything_is_granted() -> None:
    """As long as nobody sets one."""
    quotas = Quotas()
    for _ in range(1_000):
        quotas.reserve(request(max_tokens=64_000))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"max_tokens": 64_001}, "exceeds the model limit of 64000"),
        ({"identifier": f"us.{OPUS}", "temperature": 0.5}, "`temperature` is deprecated"),
        ({"identifier": NEWEST_HAIKU, "temperature": 0.7}, "`temperature` is deprecated for this model."),
        ({"identifier": NEWEST_HAIKU, "top_p": 1.0}, "`top_p` is deprecated for this model."),
        ({"identifier": NEWEST_HAIKU, "fields": {"top_k": 5}}, "`top_k` is deprecated for this model."),
        ({"temperature": 0.5, "top_p": 0.5}, "`temperature` and `top_p` cannot both be specified"),
        (
            {"identifier": NEWEST_HAIKU, "fields": thinking("enabled")},
            '"thinking.type.enabled" is not supported',
        ),
        ({"identifier": f"us.{SONNET}", "fields": thinking()}, '"thinking.type.disabled" is not supported'),
        (
            {"identifier": "us.anthropic.claude-opus-5-5", "fields": thinking("between_tools")},
            "between_tools",
        ),
        ({"identifier": NEWEST_HAIKU, "fields": thinking(), "effort": "max"}, "thinking.type.disabled"),
        ({"fields": thinking("adaptive")}, '"thinking.type.adaptive" is not supported'),
        ({"fields": {"thinking": "no"}}, '"thinking.type.no" is not supported'),
        ({"fields": {"thoughts": 1}}, "thoughts: Extra inputs are not permitted"),
        ({"effort": "low"}, "This model does not support the effort parameter."),
        ({"identifier": NEWEST_HAIKU, "effort": "least"}, "output_config.effort: Input should be one of low"),
        ({"identifier": NOVA, "fields": thinking(), "max_tokens": 5}, "extraneous key [thinking]"),
        (
            {"identifier": f"us.{SONNET}", "tool": "t", "forced": True},
            'type "tool" and "any" are not supported',
        ),
        (
            {"identifier": NEWEST_HAIKU, "tool": "t", "forced": True},
            "Thinking may not be enabled when tool_choice",
        ),
        (
            {"identifier": LLAMA, "turns": (Turn("user", (Block("x", "5m"),)),)},
            "did not allow prompt caching",
        ),
        ({"turns": (Turn("user", (Block("x", "5m"),) * 5),)}, "A maximum of 4 blocks"),
        ({"schema": "{"}, "not valid JSON"),
        ({"turns": (Turn("user", (Block("x" * 800_004),)),)}, "Input is too long"),
    ],
)
def test_what_a_model_cannot_do_is_refused(changes: dict[str, Any], text: str) -> None:
    """Before anything is counted."""
    identifier = changes.pop("identifier", HAIKU)
    assert text in refused(check, request(identifier=identifier, **changes)).message


class Parrot:
    """An engine that answers with a text."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[ModelRequest] = []

    async def answer(self, asked: ModelRequest) -> Answer:
        """Return the text."""
        self.asked.append(asked)
        return self._answer

    async def close(self) -> None:
        """Do nothing."""


def invoker(answer: Answer = Answer("Four words of answer", "end_turn"), **changes: Any) -> Invoker:  # noqa: ANN401, B008 - frozen
    """Return what asks the engine."""
    return Invoker(engine=Parrot(answer), **{"quotas": Quotas(), **changes})


def test_an_answer_is_counted() -> None:
    """As many characters are a token as the model makes of them."""
    asked = invoker()
    reply = asyncio.run(asked.invoke(request("x" * 32)))
    assert (reply.usage.input, reply.usage.output) == (10, 7)
    assert asked.counts["outputTokens"] == 7


def test_a_model_that_counts_itself_is_believed() -> None:
    """Also of what was read from the cache, in proportion."""
    answer = Answer("x", "end_turn", input_tokens=20, output_tokens=7)
    reply = asyncio.run(invoker(answer).invoke(request("x" * 40)))
    assert (reply.usage.input, reply.usage.output) == (20, 7)


def test_a_guardrail_stops_a_prompt_before_the_model_sees_it() -> None:
    """Nothing is counted."""
    asked = invoker()
    guardrail = Guardrail("g", ("secret",))
    reply = asyncio.run(asked.invoke(request("a secret"), guardrail))
    assert (reply.text, reply.stop_reason) == (BLOCKED_MESSAGE, "guardrail_intervened")
    assert reply.usage == Usage()
    assert asked.engine.asked == []  # type: ignore[attr-defined] # the double's


def test_a_guardrail_replaces_an_answer() -> None:
    """Which was paid for."""
    guardrail = Guardrail("g", ("words",))
    reply = asyncio.run(invoker().invoke(request(), guardrail))
    assert reply.text == BLOCKED_MESSAGE
    assert reply.usage.output == 7


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature": 1.0},
        {"fields": thinking()},
        {"fields": thinking(), "effort": "high"},
        {"fields": thinking("adaptive"), "effort": "max"},
        {"fields": {**thinking(), "anthropic_beta": []}, "tool": "t", "forced": True},
        {"tool": "t", "schema": '{"type": "string", "maxLength": 5}'},
    ],
)
def test_haiku_5_5_takes_what_its_pages_say(changes: dict[str, Any]) -> None:
    """The default temperature, and no thinking; the schema of a tool may have bounds."""
    check(request(identifier=NEWEST_HAIKU, **changes))


@pytest.mark.parametrize(
    ("identifier", "changes", "thought"),
    [
        (NEWEST_HAIKU, {}, 500),
        (NEWEST_HAIKU, {"effort": "low"}, 100),
        (NEWEST_HAIKU, {"fields": thinking()}, 0),
        (f"us.{SONNET}", {}, 2_000),
        (f"us.{SONNET}", {"fields": thinking("between_tools")}, 0),
        (f"us.{OPUS}", {}, 0),
        (f"us.{OPUS}", {"fields": thinking("adaptive")}, 2_000),
        (HAIKU, {}, 0),
        (HAIKU, {"fields": thinking("enabled")}, 500),
        (NOVA, {}, 0),
    ],
)
def test_thinking_counts_as_output(identifier: str, changes: dict[str, Any], thought: int) -> None:
    """By default, by the effort, or not at all."""
    asked = request(identifier=identifier, max_tokens=9_000, **changes)
    reply = asyncio.run(invoker().invoke(asked))
    assert reply.usage.output == thought + asked.model.tokens(len(reply.text))
    assert reply.thought == bool(thought)


def test_thinking_leaves_the_answer_fewer_tokens_and_perhaps_none() -> None:
    """So a small limit ends before any text."""
    asked = invoker()
    asyncio.run(asked.invoke(request(identifier=NEWEST_HAIKU, max_tokens=600)))
    reply = asyncio.run(asked.invoke(request(identifier=NEWEST_HAIKU, max_tokens=300)))
    assert [each.max_tokens for each in asked.engine.asked] == [100]  # type: ignore[attr-defined] # the double's
    assert (reply.text, reply.stop_reason, reply.usage.output) == ("", "max_tokens", 300)


def test_a_model_may_refuse_to_answer() -> None:
    """What it read is charged."""
    asked = invoker(refusals=Guardrail("refusals", ("secret",)))
    reply = asyncio.run(asked.invoke(request("a secret")))
    assert (reply.text, reply.stop_reason, reply.usage) == ("", "content_filtered", Usage(input=3))


def test_a_tool_is_called_when_its_input_is_whole() -> None:
    """A cut one is no call."""
    asked = request(tool="write", schema=json.dumps(SCHEMA))
    assert asyncio.run(invoker(Answer("{}", "end_turn")).invoke(asked)).stop_reason == "tool_use"
    assert asyncio.run(invoker(Answer("{", "max_tokens")).invoke(asked)).stop_reason == "max_tokens"


@pytest.mark.parametrize(("chars", "count"), [(0, 0), (1, 1), (2, 1), (3, 2), (2_500, 1_000)])
def test_tokens_are_rounded_up(chars: int, count: int) -> None:
    """The newer tokenizer makes 30 % more of them."""
    assert model(NEWEST_HAIKU).tokens(chars) == count
    assert model().tokens(chars) == -(-chars * 100 // 325)
    assert model(NEWEST_HAIKU).tokens(model(NEWEST_HAIKU).chars(count)) <= count


def test_a_prompt_is_read_in_order() -> None:
    """System first, then the turns; the schema counts as input."""
    asked = request("b", "c", system=(Block("a"),), schema="x" * 8)
    assert [(role, block.text) for role, block in asked.blocks] == [
        ("system", "a"),
        ("user", "b"),
        ("user", "c"),
    ]
    assert asked.input_tokens == model().tokens(3 + 8)
    assert asked.turns[0].text == "b\nc"


def test_a_request_without_a_limit_may_be_answered_at_length() -> None:
    """As long as the model writes."""
    assert request(max_tokens=None).max_output_tokens == 64_000
    assert request(identifier=LLAMA, max_tokens=None).max_output_tokens == 8_192


async def test_recorded_answers_are_replayed_by_content(tmp_path: Path) -> None:
    """A call whose texts are recorded gets that answer; others are answered as usual."""
    recorded, other = request("Hello"), request("Good day")
    file = tmp_path / "recorded.jsonl"
    file.write_text(json.dumps({"key": key_of(recorded), "answer": {"line": "Tea"}}) + "\n")
    engine = Replay.read(file, Copywriter())
    assert (await engine.answer(recorded)).text == '{"line": "Tea"}'
    assert (await engine.answer(other)).text == (await Copywriter().answer(other)).text
