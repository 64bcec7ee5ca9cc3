"""Requests of Bedrock of any shape: read, or refused with an error of AWS, and nothing else."""

import json
from contextlib import suppress
from typing import Any

import pytest
from bedrocks import HAIKU, bedrock_services, body
from hypothesis import example, given
from hypothesis import strategies as st

from understudy.bedrock import converse, messages
from understudy.bedrock.models import Model, ModelFeatures
from understudy.wire.errors import ServiceError
from understudy.wire.operations import request_reader

MODEL = Model(HAIKU, ModelFeatures())
READ_CONVERSE = request_reader("bedrock-runtime", "Converse")

_SCALARS = st.none() | st.booleans() | st.integers(-2, 5) | st.floats(-1, 2) | st.text(max_size=3)
_NAMES = st.sampled_from([
    *("role", "content", "text", "type", "cache_control", "ttl", "cachePoint", "format", "schema", "user"),
    *("maxTokens", "temperature", "stopSequences", "textFormat", "structure", "jsonSchema", "image"),
])  # fmt: skip
_VALUES = st.sampled_from(["user", "assistant", "text", "ephemeral", "default", "json_schema", "Hello", "5m"])
_JSON = st.recursive(
    _SCALARS | _VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)
_CLAUDE = st.dictionaries(
    st.sampled_from(
        [
            *("anthropic_version", "max_tokens", "messages", "system", "temperature", "stop_sequences"),
            *("output_config", "metadata", "prompt"),
        ]
    ),
    _JSON,
)
_CONVERSE = st.dictionaries(
    st.sampled_from(
        ["messages", "system", "inferenceConfig", "outputConfig", "toolConfig", "promptVariables"]
    ),
    _JSON,
)


@given(changes=_CLAUDE, in_batch=st.booleans())
@example(
    changes={"messages": [{"role": "user", "content": [{"type": "text", "text": "\ud800"}]}]}, in_batch=False
)
@example(changes={"output_config": None, "system": None}, in_batch=True)
def test_any_body_of_claude_is_read_or_refused(changes: dict[str, Any], in_batch: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
    """Whatever a client sends, it is the client's fault."""
    with suppress(ServiceError):
        messages.read_body(
            messages.parse_body(json.dumps({**body(), **changes}).encode()), MODEL, in_batch=in_batch
        )


@given(members=_CONVERSE)
def test_any_request_of_converse_is_read_or_refused(members: dict[str, Any]) -> None:
    """The same of the other form."""
    with suppress(ServiceError):
        converse.read_request(READ_CONVERSE({**members, "modelId": HAIKU}), MODEL)


@pytest.mark.parametrize(
    "text", ["\ud800", "\0", "₹ कक 🎧", "a" * 4_097], ids=["half", "nul", "marks", "long"]
)
async def test_any_text_is_answered(text: str) -> None:
    """A character that UTF-8 does not have is a character all the same in JSON."""
    operations = {name: each for service in bedrock_services() for name, each in service.operations.items()}
    system = [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]
    sent = body(system=system, messages=[{"role": "user", "content": f"x{text}"}])
    answer = await operations["InvokeModel"]({"modelId": HAIKU, "body": json.dumps(sent).encode()})
    assert json.loads(answer["body"])["stop_reason"] == "end_turn"
