"""Converts scalars between JSON and botocore's Python types."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from understudy.wire.constraints import Value

ScalarConverter = Callable[[Value], Value]


class ShapeError(ValueError):
    """A value has the wrong type, or a member is unknown."""


def _of_type(name: str, *types: type) -> ScalarConverter:
    def check(value: Value) -> Value:
        if isinstance(value, types) and (bool in types or not isinstance(value, bool)):
            return value
        raise ShapeError(f"Expected {name}")

    return check


def _integer(name: str, bits: int) -> ScalarConverter:
    check, limit = _of_type(name, int), 1 << (bits - 1)

    def convert(value: Value) -> Value:
        if -limit <= check(value) < limit:
            return value
        raise ShapeError(f"Expected {name} of {bits} bits")

    return convert


def _read_timestamp(value: float) -> datetime:
    return datetime.fromtimestamp(value, tz=UTC)


def _write_timestamp(value: datetime) -> float:
    if not isinstance(value, datetime):
        raise ShapeError("Expected timestamp")
    return round(value.timestamp(), 3)


def _read_blob(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ShapeError("Expected base64") from error


def _write_blob(value: bytes) -> str:
    return base64.b64encode(value).decode()


_BOTH: dict[str, ScalarConverter] = {
    "string": _of_type("string", str),
    "integer": _integer("integer", 32),
    "long": _integer("long", 64),
    "float": _of_type("float", int, float),
    "double": _of_type("double", int, float),
    "boolean": _of_type("boolean", bool),
}
READ: Mapping[str, ScalarConverter] = {**_BOTH, "timestamp": _read_timestamp, "blob": _read_blob}
WRITE: Mapping[str, ScalarConverter] = {**_BOTH, "timestamp": _write_timestamp, "blob": _write_blob}
"""Converters by the type of a shape."""
