"""What DynamoDB counts for an item."""

from collections.abc import Callable, Mapping
from typing import Any


def value_bytes(value: Mapping[str, Any]) -> int:
    """Return what DynamoDB counts for a typed value.

    Source: "Item sizes and formats", Amazon DynamoDB Developer Guide.
    """
    ((kind, held),) = value.items()
    count = _BYTES.get(kind)
    return count(held) if count else 1


_BYTES: Mapping[str, Callable[[Any], int]] = {
    "S": lambda held: len(held.encode()),
    "N": lambda held: len(held) // 2 + 2,
    "L": lambda held: 3 + sum(1 + value_bytes(each) for each in held),
    "M": lambda held: 3 + sum(1 + len(name.encode()) + value_bytes(each) for name, each in held.items()),
    "SS": lambda held: sum(len(each.encode()) for each in held),
    "NS": lambda held: sum(len(each) // 2 + 2 for each in held),
}
