"""What the collector reads of a finished email's record in the emails table."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_MEMBERS = (
    "customer_id",
    "subject",
    "preheader",
    "copy_source",
    "key",
    "prompt_keys",
    "template_fields",
)
NAMES = {f"#{number}": name for number, name in enumerate(_MEMBERS)}
PROJECTION = ", ".join(NAMES)
"""Makes DynamoDB return these members and no other: the rest is the larger part of a record."""


class EmailRecord(NamedTuple):
    """A finished email; what records of earlier versions do not have is empty."""

    customer_id: str
    subject: str
    preheader: str
    copy_source: str
    key: str
    prompt_keys: tuple[str, ...] = ()
    """The frame's prompt, and that of each product."""
    template_fields: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The name of the message's file, in the data bucket and on any disk."""
        return self.key.rpartition("/")[2]


def from_item(item: Mapping[str, Any]) -> EmailRecord:
    """Read an item as DynamoDB returns it: `{"S": "text"}`, or `{"L": [{"S": "text"}, …]}` for several."""
    return EmailRecord(**dict(_members(item)))


def _members(item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in item.items():
        if "S" in value:
            yield name, value["S"]
        elif "L" in value:
            yield name, tuple(each["S"] for each in value["L"])
