"""What Bedrock's models answer and refuse by `InvokeModel`, in the form of Claude."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from understudy.conform.case import Answered
from understudy.conform.check import Origin
from understudy.conform.suites.cases import Cases, unless
from understudy.conform.suites.converse import ABSENT_MODEL, ANSWER_USD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.conform.case import Asked, Case
    from understudy.conform.check import Check

_CASES = Cases("bedrock-runtime")


def invoke_model_checks() -> Iterator[Check]:
    """Yield the checks of InvokeModel."""
    yield _refused(
        "InvokeModel knows the same models",
        lambda _world: {"modelId": ABSENT_MODEL, "body": json.dumps(_body()).encode()},
        "model identifier is invalid",
    )
    yield from _bodies()
    yield _CASES.answered(
        "InvokeModel answers in Claude's form",
        "InvokeModel",
        _invoke(_body()),
        Answered(_wrong_body),
        origin=Origin.DOCUMENTED,
        cost_usd=ANSWER_USD,
    )


def _refused(name: str, asked: Asked, text: str) -> Case:
    return _CASES.refused(name, "InvokeModel", asked, "ValidationException", text, origin=Origin.QUOTED)


def _invoke(body: Mapping[str, Any] | bytes) -> Asked:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda world: {"modelId": world.target.model_id, "body": sent}


def _body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    """Return a body of Claude's; a change to None takes a member away."""
    members = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "Name a city."}],
        **changes,
    }
    return {name: each for name, each in members.items() if each is not None}


def _bodies() -> Iterator[Check]:
    blank = [{"role": "user", "content": [{"type": "text", "text": " "}]}]
    table: tuple[tuple[str, dict[str, Any] | bytes, str], ...] = (
        ("that is not JSON", b"{", "Malformed input request"),
        ("with a key that Claude's have not", _body(model="x"), "extraneous key [model] is not permitted"),
        ("without max_tokens", _body(max_tokens=None), "required key [max_tokens] not found"),
        (
            "with a member of another type",
            _body(stop_sequences="x"),
            "expected type: JSONArray, found: String",
        ),
        ("without messages", _body(messages=None), "messages"),
        ("without its version", _body(anthropic_version=None), "anthropic_version: Field required"),
        ("with a blank text", _body(messages=blank), "text content blocks must contain non-whitespace text"),
    )
    for what, body, text in table:
        yield _refused(f"InvokeModel refuses a body {what}", _invoke(body), text)


def _wrong_body(answer: Mapping[str, Any]) -> str | None:
    body = json.loads(answer["body"].read())
    is_message = body.get("type") == "message" and body.get("role") == "assistant"
    return unless(
        is_message and bool(body["content"][0]["text"]) and body["usage"]["output_tokens"] > 0, body
    )
