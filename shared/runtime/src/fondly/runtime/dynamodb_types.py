"""DynamoDB's typed values, as boto3 writes and reads them, in an eighth of its time; and the units of items.

boto3 asks up to ten predicates about every value, and makes a `Decimal` of every number; this looks its type
up, and writes numbers that need no rounding as they are.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any

Typed = dict[str, Any]
"""One value with its type, such as `{"S": "text"}`."""
WRITE_UNIT_BYTES, READ_UNIT_BYTES = 1024, 4096
NUMBERS = Context(prec=38, Emin=-128, Emax=126, traps=[Clamped, Overflow, Inexact, Rounded, Underflow])
"""What DynamoDB stores of numbers, as boto3 says it too. Source: "Data types", its Developer Guide, 2026."""
MOST = 10**NUMBERS.prec
"""Integers below have no more digits than it stores."""
_json = json.JSONEncoder(default=str, ensure_ascii=False).encode


def serialize(value: Any) -> Typed:  # noqa: ANN401 - a value of any shape
    """Return a value with its type, mappings without None; raise `TypeError` or an error of `decimal`."""
    return _WRITERS[type(value)](value)


def deserialize(typed: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a value of any shape
    """Return a typed value without its type; numbers become `Decimal`."""
    for kind, value in typed.items():
        if read := _READERS.get(kind):
            return read(value)
    raise TypeError(f"a typed value has one of {', '.join(_READERS)}, not {', '.join(typed) or 'nothing'}")


class _Writers(dict[type, Callable[[Any], Typed]]):
    """What writes the values of a type; whose base writes those of enums and named tuples is found once."""

    def __missing__(self, kind: type) -> Callable[[Any], Typed]:
        for base, write in (*self.items(), (Mapping, _map)):
            if issubclass(kind, base):
                self[kind] = write
                return write
        raise TypeError(f"DynamoDB has no type for {kind}")


def _number(value: Decimal) -> Typed:
    number = NUMBERS.create_decimal(value)
    if not number.is_finite():
        raise TypeError("Infinity and NaN not supported")
    return {"N": str(number)}


def _integer(value: int) -> Typed:
    return {"N": int.__repr__(value)} if -MOST < value < MOST else _number(Decimal(value))


def _float(value: float) -> Typed:
    text = float.__repr__(value)  # at most 17 digits, if it has no exponent and is a number
    return {"N": text} if text[-1].isdigit() and "e" not in text else _number(Decimal(text))


def _map(value: Mapping[str, Any]) -> Typed:
    return {"M": {name: _WRITERS[type(each)](each) for name, each in value.items() if each is not None}}


def _list(value: Iterable[Any]) -> Typed:
    return {"L": [_WRITERS[type(member)](member) for member in value]}


def _set(value: Collection[Any]) -> Typed:
    members = [serialize(member) for member in value]
    kinds = {kind for member in members for kind in member}
    if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
        raise TypeError(f"a set has texts, numbers or bytes, not {', '.join(kinds) or 'nothing'}")
    [kind] = kinds
    return {f"{kind}S": [member[kind] for member in members]}


def _same(value: Any) -> Any:  # noqa: ANN401 - as above
    return value


_WRITERS = _Writers(
    {
        str: lambda value: {"S": str(value)},
        bool: lambda value: {"BOOL": value},
        int: _integer,
        Decimal: _number,
        float: _float,
        type(None): lambda _: {"NULL": True},
        dict: _map,
        list: _list,
        tuple: _list,
        set: _set,
        frozenset: _set,
        bytes: lambda value: {"B": value},
    }
)
_READERS: dict[str, Callable[[Any], Any]] = {
    "S": _same,
    "N": NUMBERS.create_decimal,
    "BOOL": _same,
    "NULL": lambda _: None,
    "M": lambda value: {name: deserialize(member) for name, member in value.items()},
    "L": lambda value: [deserialize(member) for member in value],
    "SS": set,
    "NS": lambda value: {NUMBERS.create_decimal(number) for number in value},
    "B": _same,
    "BS": set,
}


def write_units(items: Sequence[Mapping[str, Any]]) -> int:
    """Estimate the write units of items from their length as JSON: one for each started KB of an item."""
    return sum(-(-_size(item) // WRITE_UNIT_BYTES) for item in items)


def _size(item: Mapping[str, Any]) -> int:
    return len(_json(item).encode())
