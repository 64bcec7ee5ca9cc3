"""Requests of Bedrock of any shape: read, or refused with an error of AWS, and nothing else."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest
from bedrocks import HAIKU, NEWEST_HAIKU, NOVA, OPUS, request, user
from hypothesis import given
from hypothesis import strategies as st

from understudy.bedrock import create_service
from understudy.wire.http import HttpInput
from understudy.wire.operations import operations_of
from understudy.wire.service import ServiceError

[CONVERSE] = operations_of(create_service())

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
_FIELDS = "additionalModelRequestFields"
_CONVERSE = st.dictionaries(
    st.sampled_from(
        ["messages", "system", "inferenceConfig", "outputConfig", "toolConfig", "promptVariables", _FIELDS]
    ),
    _JSON,
)
_THINKING = st.dictionaries(
    st.sampled_from(["thinking", "output_config", "top_k"]),
    _JSON
    | st.dictionaries(
        st.sampled_from(["type", "effort", "format"]), _JSON | st.sampled_from(["adaptive", "max"])
    ),
)
_TOOL = st.fixed_dictionaries({"name": st.just("t"), "inputSchema": st.fixed_dictionaries({"json": _JSON})})


@given(members=_CONVERSE)
def test_any_request_is_answered_or_refused(members: dict[str, Any]) -> None:
    """Whatever a client sends, it is the client's fault."""
    with suppress(ServiceError):
        asyncio.run(CONVERSE.call(HttpInput(json.dumps(members).encode(), {"modelId": HAIKU}, {}, {})))


@given(fields=_THINKING, tool=_TOOL, model=st.sampled_from([HAIKU, NEWEST_HAIKU, f"us.{OPUS}", NOVA]))
def test_any_field_of_a_model_and_any_tool_is_taken_or_refused(
    fields: object, tool: dict[str, Any], model: str
) -> None:
    """Whatever the values are."""
    params = {"messages": [user()], _FIELDS: fields, "toolConfig": {"tools": [{"toolSpec": tool}]}}
    with suppress(ServiceError):
        asyncio.run(CONVERSE.call(HttpInput(json.dumps(params).encode(), {"modelId": model}, {}, {})))


@pytest.mark.parametrize(
    "text", ["\ud800", "\0", "₹ कक 🎧", "a" * 4_097], ids=["half", "nul", "marks", "long"]
)
async def test_any_text_is_answered(text: str) -> None:
    """A character that UTF-8 does not have is a character all the same in JSON."""
    system = [{"text": text}, {"cachePoint": {"type": "default"}}]
    answer = await create_service().operations["Converse"](
        request(system=system, messages=[user(f"x{text}")])
    )
    assert answer["stopReason"] == "end_turn"
