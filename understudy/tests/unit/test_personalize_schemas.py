import json
from typing import Any

import pytest

from understudy.personalize.schemas import SchemaError, parse_schema

IDS = [{"name": "USER_ID", "type": "string"}, {"name": "ITEM_ID", "type": "string"}]
INTERACTIONS = [*IDS, {"name": "TIMESTAMP", "type": "long"}]
ITEM = {"name": "ITEM_ID", "type": "string"}
COLOUR = {"name": "COLOUR", "type": ["null", "string"], "categorical": True}
TEXT = {"name": "TEXT", "type": "string", "textual": True}


def avro(name: str, fields: object, **changes: Any) -> str:  # noqa: ANN401 - any JSON
    """Return a schema's text."""
    namespace = "com.amazonaws.personalize.schema"
    document = {"type": "record", "name": name, "namespace": namespace, "fields": fields}
    return json.dumps({**document, "version": "1.0", **changes})


def field(name: str, kind: Any = "string", **more: bool) -> dict[str, Any]:  # noqa: ANN401
    """Return a field."""
    return {"name": name, "type": kind, **more}


def test_a_field_keeps_its_type_and_how_its_text_is_used() -> None:
    """A union with null makes a field nullable; `categorical` and `textual` are kept."""
    schema = parse_schema(avro("Items", [ITEM, COLOUR, TEXT]))

    assert schema.id_field == "ITEM_ID"
    item, colour, text = schema.fields
    assert (item.nullable, colour.nullable, text.nullable) == (False, True, False)
    assert (colour.categorical, text.textual) == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        avro("Purchases", INTERACTIONS),
        avro("Interactions", INTERACTIONS, namespace="com.example"),
        avro("Interactions", INTERACTIONS, type="enum"),
        avro("Interactions", None),
        avro("Interactions", [None]),
    ],
)
def test_a_schema_that_is_not_a_personalize_record_is_refused(text: str) -> None:
    """Anything but a record with a known name in Personalize's namespace."""
    with pytest.raises(SchemaError):
        parse_schema(text)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        (IDS, "TIMESTAMP"),
        ([*IDS, field("TIMESTAMP", "string")], "TIMESTAMP"),
        ([*IDS, field("TIMESTAMP", ["null", "long"])], "TIMESTAMP"),
        ([*INTERACTIONS, field("EVENT_VALUE", "string")], "EVENT_VALUE"),
        ([*INTERACTIONS, field("EVENT_TYPE", categorical=True)], "EVENT_TYPE"),
        ([*INTERACTIONS, field("TEXT", textual=True)], "textual"),
        ([*INTERACTIONS, field("TAGS", {"type": "array"})], "TAGS"),
        ([*INTERACTIONS, field("SIZE", ["string", "long"])], "SIZE"),
        ([*INTERACTIONS, field("SIZE", "long", categorical=True)], "SIZE"),
        ([*INTERACTIONS, field("A_B"), field("AB")], "A_B"),
        ([*INTERACTIONS, field("A B")], "A B"),
        ([*INTERACTIONS, *(field(f"M{n}") for n in range(6))], "5"),
    ],
)
def test_a_broken_rule_of_interactions_is_named(fields: list[Any], named: str) -> None:
    """Every rule on fields is checked, and the message names the field."""
    with pytest.raises(SchemaError, match=named):
        parse_schema(avro("Interactions", fields))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Items", [ITEM]),
        ("Users", [field("USER_ID")]),
        ("Items", [ITEM, TEXT, field("MORE", textual=True)]),
        ("Items", [ITEM, field("BOTH", textual=True, categorical=True)]),
        ("Items", [ITEM, *(field(f"M{n}") for n in range(101))]),
    ],
)
def test_metadata_has_a_minimum_and_a_maximum(name: str, fields: list[Any]) -> None:
    """Items and Users need a field besides the id, and have a maximum number."""
    with pytest.raises(SchemaError):
        parse_schema(avro(name, fields))


def test_a_reserved_field_may_be_a_union_with_null_in_either_order() -> None:
    """Reserved fields that allow null, such as EVENT_VALUE, accept both orders."""
    for union in (["null", "float"], ["float", "null"]):
        schema = parse_schema(avro("Interactions", [*INTERACTIONS, field("EVENT_VALUE", union)]))
        assert schema.fields[-1].nullable
