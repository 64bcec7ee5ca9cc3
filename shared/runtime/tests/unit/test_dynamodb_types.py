from collections.abc import Mapping
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import Sentiment
from fondly.runtime.dynamodb_types import deserialize, serialize
from fondly.runtime.storage import from_item, to_item


class Stars(IntEnum):
    """Enums of numbers are stored as numbers."""

    ONE = 1


class Pair(NamedTuple):
    """Named tuples are stored as lists."""

    name: str
    stars: int | None


def is_storable(number: Decimal | float) -> bool:
    """Whether a number has at most 38 digits, and is well within the magnitudes that DynamoDB stores."""
    exact = Decimal(str(number))
    return len(exact.as_tuple().digits) <= 38 and abs(exact.adjusted()) < 80


numbers = st.one_of(
    st.integers(-(10**38) + 1, 10**38 - 1),
    st.decimals(-(10**20), 10**20, places=6),
    st.decimals(allow_nan=False, allow_infinity=False).filter(is_storable),
    st.floats(allow_nan=False, allow_infinity=False).filter(is_storable),
)
plain = st.one_of(
    st.text(),
    numbers,
    st.booleans(),
    st.none(),
    st.binary(),
    st.sampled_from(Sentiment),
    st.just(Stars.ONE),
    st.builds(Pair, st.text(), st.none() | st.integers(0, 5)),
    st.sets(st.text(), min_size=1),
    st.sets(st.integers(-1000, 1000), min_size=1),
    st.sets(st.binary(), min_size=1),
)
values = st.recursive(
    plain,
    lambda members: st.one_of(
        st.lists(members),
        st.lists(members).map(tuple),
        st.dictionaries(st.text(), members),
        st.dictionaries(st.text(), members).map(MappingProxyType),
        st.dictionaries(st.sampled_from(Sentiment), members),
    ),
    max_leaves=12,
)


@given(values)
def test_values_are_typed_as_boto3_types_them(value: Any) -> None:  # noqa: ANN401 - whatever can be stored
    """Equal to boto3, for every type that it accepts, at every depth, and for floats, which it refuses."""
    expected = TypeSerializer().serialize(for_boto3(value))
    typed = serialize(value)
    assert typed == expected
    assert deserialize(typed) == TypeDeserializer().deserialize(expected)


@given(st.dictionaries(st.text(), values))
def test_items_are_typed_as_boto3_types_them(item: dict[str, Any]) -> None:
    """An item has no type of its own, and no attribute without a value."""
    expected = TypeSerializer().serialize(for_boto3(item))["M"]
    assert to_item(item) == expected
    assert from_item(expected) == TypeDeserializer().deserialize({"M": expected})


def test_strings_of_enums_are_plain_strings() -> None:
    """No type of ours reaches the SDK."""

    class Mood(StrEnum):
        GOOD = "good"

    assert type(serialize(Mood.GOOD)["S"]) is str


@pytest.mark.parametrize(
    "value",
    [
        Decimal("Infinity"),
        Decimal("NaN"),
        float("nan"),
        float("inf"),
        float("-inf"),
        10**38 + 1,
        Decimal("1." + "1" * 40),
        Decimal("1e200"),
        object(),
        {1, "mixed"},
    ],
)
def test_what_dynamodb_cannot_store_is_refused(value: object) -> None:
    """An error here, with the value at hand, and not one from AWS."""
    for nested in (value, [value], {"member": value}):
        with pytest.raises((TypeError, ArithmeticError)):
            serialize(nested)


@pytest.mark.parametrize("typed", [{}, {"X": "1"}])
def test_unknown_types_are_refused(typed: dict[str, Any]) -> None:
    """What has no type that we know is not guessed at."""
    with pytest.raises(TypeError):
        deserialize(typed)


def for_boto3(value: Any) -> Any:  # noqa: ANN401 - whatever can be stored
    """What boto3 needs to be given: no floats, no enums of strings, no members that are None."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {name: for_boto3(member) for name, member in value.items() if member is not None}
    if isinstance(value, list | tuple):
        return [for_boto3(member) for member in value]
    return value
