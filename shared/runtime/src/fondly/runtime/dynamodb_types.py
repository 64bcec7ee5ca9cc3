"""DynamoDB's typed values, as boto3 writes and reads them, in a quarter of its time; and the units of items.

boto3 asks up to ten predicates about every value; this looks its type up. What is rare is left to boto3.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import DYNAMODB_CONTEXT, TypeDeserializer, TypeSerializer

Typed = dict[str, Any]
"""One value with its type, such as `{"S": "text"}`."""
WRITE_UNIT_BYTES, READ_UNIT_BYTES = 1024, 4096
_json = json.JSONEncoder(default=str, ensure_ascii=False).encode

_serialize_rare: Callable[[Any], Any] = TypeSerializer().serialize
_deserialize_rare: Callable[[Any], Any] = TypeDeserializer().deserialize


def serialize(value: Any) -> Typed:  # noqa: ANN401 - a value of any shape
    """Return a value with its type, mappings without None; raise `TypeError` or an error of `decimal`."""
    write = _WRITERS.get(type(value))
    return write(value) if write else _serialize_subclass(value)


def deserialize(typed: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a value of any shape
    """Return a typed value without its type; numbers become `Decimal`."""
    for kind, value in typed.items():
        read = _READERS.get(kind)
        return read(value) if read else _deserialize_rare(typed)
    raise TypeError("a typed value must have a type")


def _serialize_subclass(value: Any) -> Typed:  # noqa: ANN401 - as above
    """Serialize what is not of a type in `_WRITERS`: an enum, a named tuple; bytes and sets as well."""
    for kind in _SUBCLASSED:
        if isinstance(value, kind):
            return _WRITERS[kind](value)
    write = _map if isinstance(value, Mapping) else _serialize_rare
    return write(value)


def _string(value: str) -> Typed:
    return {"S": str(value)}


def _number(value: Decimal | int) -> Typed:
    number = DYNAMODB_CONTEXT.create_decimal(value)
    if not number.is_finite():
        raise TypeError("Infinity and NaN not supported")
    return {"N": str(number)}


def _map(value: Mapping[str, Any]) -> Typed:
    return {"M": {name: serialize(member) for name, member in value.items() if member is not None}}


def _list(value: Iterable[Any]) -> Typed:
    return {"L": [serialize(member) for member in value]}


def _same(value: Any) -> Any:  # noqa: ANN401 - as above
    return value


_WRITERS: dict[type, Callable[[Any], Typed]] = {
    str: _string,
    int: _number,
    Decimal: _number,
    float: lambda value: _number(Decimal(str(value))),
    bool: lambda value: {"BOOL": value},
    type(None): lambda _: {"NULL": True},
    dict: _map,
    list: _list,
    tuple: _list,
}
_SUBCLASSED = (float, str, list, tuple)
_READERS: dict[str, Callable[[Any], Any]] = {
    "S": _same,
    "N": DYNAMODB_CONTEXT.create_decimal,
    "BOOL": _same,
    "M": lambda value: {name: deserialize(member) for name, member in value.items()},
    "L": lambda value: [deserialize(member) for member in value],
}


def write_units(items: Sequence[Mapping[str, Any]]) -> int:
    """Estimate the write units of items from their length as JSON: one for each started KB of an item."""
    return sum(-(-_size(item) // WRITE_UNIT_BYTES) for item in items)


def _size(item: Mapping[str, Any]) -> int:
    return len(_json(item).encode())
