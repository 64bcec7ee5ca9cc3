import json
import re

import pytest

from fondly.recommender.adapters.personalize.plan import OFFERED
from fondly.recommender.domain.personalize.datasets import (
    DATASETS,
    FILTERED,
    INTERACTIONS,
    ITEMS,
    USERS,
    DatasetSchema,
)

PRIMITIVES = {"string", "long", "int", "float", "double", "boolean"}
RESERVED = {
    "Interactions": {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long", "EVENT_TYPE": "string"},
    "Items": {"ITEM_ID": "string"},
    "Users": {"USER_ID": "string"},
}
OWN_FIELDS = {"Interactions": (0, 5), "Items": (1, 100), "Users": (1, 25)}

each_schema = pytest.mark.parametrize("schema", DATASETS, ids=lambda schema: schema.kind)


@each_schema
def test_a_schema_is_a_flat_avro_record_in_personalizes_namespace(schema: DatasetSchema) -> None:
    """The record is named after its dataset and contains primitives, alone or in a union with null."""
    record = json.loads(schema.avro)
    assert record["type"] == "record"
    assert record["name"] == schema.kind
    assert record["namespace"] == "com.amazonaws.personalize.schema"
    assert record["version"] == "1.0"
    for field in record["fields"]:
        types = field["type"] if isinstance(field["type"], list) else [field["type"]]
        assert set(types) - {"null"} <= PRIMITIVES
        assert len(set(types) - {"null"}) == 1
    assert len(schema.avro) <= 20_000


@each_schema
def test_reserved_fields_have_their_exact_types(schema: DatasetSchema) -> None:
    """Required fields are never null, and reserved strings are neither categorical nor textual."""
    fields = {field["name"]: field for field in schema.fields}
    for name, kind in RESERVED[schema.kind].items():
        assert fields[name] == {"name": name, "type": kind}
    if schema is INTERACTIONS:
        assert set(fields["EVENT_VALUE"]["type"]) == {"float", "null"}


@each_schema
def test_every_string_of_ours_is_used_in_training(schema: DatasetSchema) -> None:
    """A string that is neither categorical nor textual would be ignored."""
    for field in schema.fields:
        if "string" in field["type"] and field["name"] not in RESERVED[schema.kind]:
            used = [bool(field.get(use)) for use in ("categorical", "textual")]
            assert sum(used) == 1


@each_schema
def test_the_number_of_own_fields_is_within_personalizes_limits(schema: DatasetSchema) -> None:
    """Personalize limits the metadata fields of each dataset, and allows one textual field."""
    reserved = RESERVED[schema.kind].keys() | {"EVENT_VALUE"}
    own = [field for field in schema.fields if field["name"] not in reserved]
    least, most = OWN_FIELDS[schema.kind]
    assert least <= len(own) <= most
    textual = [field for field in schema.fields if field.get("textual")]
    assert len(textual) == (1 if schema is ITEMS else 0)


@each_schema
def test_names_stay_distinct_without_their_punctuation(schema: DatasetSchema) -> None:
    """Personalize removes all but letters and digits before it compares names."""
    plain = [re.sub(r"[^A-Za-z0-9]", "", name).upper() for name in schema.columns]
    assert len(set(plain)) == len(plain)


def test_no_column_identifies_a_customer() -> None:
    """Names, addresses and emails are never sent for training."""
    assert USERS.columns == ("USER_ID", "AGE_GROUP")
    for schema in DATASETS:
        assert not any(word in name for name in schema.columns for word in ("NAME", "EMAIL", "ADDRESS"))


def test_filters_look_at_columns_that_exist() -> None:
    """Personalize refuses an expression, and an exclusion from training, about any other."""
    for kind, columns in FILTERED.items():
        assert kind == ITEMS.kind
        assert set(columns) < set(ITEMS.columns)
        assert all(f"Items.{one}" in OFFERED for one in columns)


def test_the_digest_changes_with_the_content() -> None:
    """Schemas are immutable, so changed content needs a new name."""
    changed = DatasetSchema(USERS.kind, USERS.fields[:-1])
    assert USERS.digest == DatasetSchema(USERS.kind, USERS.fields).digest
    assert changed.digest != USERS.digest
