"""Which products Personalize has to be told of, between the catalogue that it has and another one."""

from collections.abc import Iterable, Mapping

from encore.recommender.domain.filters import SOLD_OUT
from encore.recommender.domain.records import ItemRecord, read_items

AVAILABILITY = "AVAILABILITY"
MAX_PROPERTIES_CHARS = 32_000
"""What `PutItems` takes of one product."""


def item_changes(before: bytes, now: bytes, *, most: int) -> list[ItemRecord] | None:
    """Return the products of `now`, a file of items, that `before` does not have as they are.

    One that is gone is sold out from now on: Personalize deletes no single item, and filters leave it out.
    None if there are more than `most`, if one does not fit into a call, or if the files have other columns.
    """
    header, old, new = _header(before), _by_id(before), _by_id(now)
    if header != _header(now):
        return None
    changed = [line for key, line in new.items() if old.get(key) != line]
    gone = [line for key, line in old.items() if key not in new]
    if len(changed) + len(gone) > most:
        return None
    found = [*read_items(_file(header, changed)), *read_items(_file(header, gone), {AVAILABILITY: SOLD_OUT})]
    return None if any(len(one.properties) > MAX_PROPERTIES_CHARS for one in found) else found


def _header(body: bytes) -> bytes:
    return body.partition(b"\n")[0]


def _by_id(body: bytes) -> Mapping[bytes, bytes]:
    """Return the lines by their first column, which has no quotes or line breaks inside (`is_fit_id`)."""
    return {_first(line): line for line in body.splitlines()[1:]}


def _first(line: bytes) -> bytes:
    return line.partition(b'",' if line.startswith(b'"') else b",")[0]


def _file(header: bytes, lines: Iterable[bytes]) -> bytes:
    return b"\n".join((header, *lines)) + b"\n"
