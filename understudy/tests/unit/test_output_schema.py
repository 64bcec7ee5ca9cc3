"""Structured output: which schemas are accepted, and that answers are valid against them."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from understudy.bedrock.output_schema import read_output_schema
from understudy.engines.copywriter.schema import fill
from understudy.wire.service import ServiceError


def _object(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 - any schema
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_LEAVES = st.one_of(
    st.sampled_from(["string", "integer", "number", "boolean", "null"]).map(lambda t: {"type": t}),
    st.lists(st.text(max_size=5), min_size=1, max_size=3).map(lambda v: {"enum": v}),
    st.sampled_from(["date", "date-time", "email", "uuid", "ipv4"]).map(
        lambda form: {"type": "string", "format": form}
    ),
    st.integers().map(lambda value: {"const": value}),
    st.just({"type": ["string", "null"]}),
    st.just({"$ref": "#/$defs/shared"}),
)
_SCHEMAS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda items: {"type": "array", "items": items, "minItems": 1}),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": options}),
        st.dictionaries(st.text("abc", min_size=1), inner, max_size=3).map(lambda p: _object(**p)),
    ),
    max_leaves=8,
)
_HINTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=5,
)


@given(_SCHEMAS, _HINTS)
@example({"type": "integer"}, False)  # noqa: FBT003 - the hint
@example({"enum": [1, "x"]}, True)  # noqa: FBT003 - the hint
def test_answer_is_valid_against_any_accepted_schema(part: dict[str, Any], hint: object) -> None:
    """The answer fits the requested schema, whatever the composed values are."""
    schema = {**_object(answer=part), "$defs": {"shared": {"type": "string"}}}
    accepted = read_output_schema(json.dumps(schema))
    answer = fill(accepted, {"answer": hint})
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(answer)


def test_composed_values_are_used_where_they_fit() -> None:
    """A property takes the composed value of its name, or else a plausible one."""
    schema = _object(subject={"type": "string"}, call_to_action={"type": "string"})
    assert fill(schema, {"subject": "Hello", "intro": "unasked"}) == {
        "subject": "Hello",
        "call_to_action": "Call to action",
    }


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "object", "properties": {}}, "'additionalProperties' must be explicitly set"),
        (_object(a={"type": "object"}), "'additionalProperties' must be explicitly set to false"),
        (_object(a={"type": "number", "minimum": 0, "maximum": 9}), "maximum, minimum are not"),
        (_object(a={"type": "string", "maxLength": 60}), "maxLength are not supported"),
        (_object(a={"type": "array", "items": {}, "minItems": 2}), "minItems are not supported"),
        (_object(a={"$ref": "#/$defs/none"}), "cannot be resolved"),
        (_object(a={"$ref": "https://example.com/x.json"}), "cannot be resolved"),
        ({**_object(a={"$ref": "#"})}, "recursive"),
        ({"type": "sentence"}, "is not valid under any of the given schemas"),
        ({**_object(), "required": ["b"]}, "'required' names a property"),
        (_object(a=True), "true and false"),
        (True, "must be an object"),
    ],
)
def test_unsupported_schema_is_refused(schema: object, reason: str) -> None:
    """Understudy is as strict as Bedrock, so a schema that works here works there."""
    with pytest.raises(ServiceError, match=reason) as raised:
        read_output_schema(json.dumps(schema))
    assert raised.value.code == "ValidationException"


def test_schema_that_is_not_json_is_refused() -> None:
    """The schema is sent as a string, which may be any text."""
    with pytest.raises(ServiceError, match="not valid JSON"):
        read_output_schema("{")
