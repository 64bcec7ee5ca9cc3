"""How large an item is for DynamoDB.

Source: Amazon DynamoDB developer guide, "DynamoDB item sizes and formats".
"""

from collections.abc import Mapping
from typing import Any

CONTAINER_BYTES = 3
ELEMENT_BYTES = 1
DIGITS_PER_BYTE = 2


def item_bytes(item: Mapping[str, Any]) -> int:
    """Return the size of a typed item: its names and values. Members of a set count as those of a list."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(typed: Mapping[str, Any]) -> int:
    ((kind, value),) = typed.items()
    match kind:
        case "S" | "B":
            return len(value.encode() if kind == "S" else value)
        case "N":
            return _number_bytes(value)
        case "BOOL" | "NULL":
            return 1
        case "L" | "NS" | "SS":
            members = value if kind == "L" else [{kind[0]: each} for each in value]
            return CONTAINER_BYTES + sum(ELEMENT_BYTES + _value_bytes(each) for each in members)
        case "M":
            return CONTAINER_BYTES + item_bytes(value) + ELEMENT_BYTES * len(value)
        case _:
            raise NotImplementedError(kind)


def _number_bytes(number: str) -> int:
    """One byte for two significant digits, begun ones included, and one more."""
    return -(-len(number.lstrip("-").strip("0")) // DIGITS_PER_BYTE) + 1
