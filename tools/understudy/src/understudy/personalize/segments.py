"""One file of a batch segment job: JSON Lines in, JSON Lines out."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from understudy.personalize.filter_syntax import FilterError, Test, parse_attributes
from understudy.personalize.json_lines import LineError, as_object, filter_values, line_id, parsed
from understudy.personalize.matching import known_values, matching
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.trained import SegmentModel
from understudy.personalize.user_filtering import UserFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmenter:
    """Finds the users for a line: by an item, or by attributes of the Items dataset."""

    model: SegmentModel
    limit: int
    items: DatasetSnapshot | None
    user_filter: UserFilter | None
    by_attributes: bool

    def users(self, record: Mapping[str, Any]) -> list[str]:
        """Return the users for a line; raise LineError or FilterError if it names nothing that is known."""
        items = self._described(record) if self.by_attributes else self._item(record)
        mask = None if self.user_filter is None else self.user_filter.mask(filter_values(record))
        return self.model.segment(items, self.limit, mask)

    def _item(self, record: Mapping[str, Any]) -> list[int]:
        place = self.model.items.places.get(line_id(record, "itemId"))
        return [] if place is None else [place]

    def _described(self, record: Mapping[str, Any]) -> list[int]:
        tests = parse_attributes(line_id(record, "itemAttributes"))
        if self.items is None:
            raise LineError("The dataset group has no items.")
        table = self.items.table
        rows = np.ones(table.rows, dtype=bool)
        for test in tests:
            _check(test, self.items.schema)
            values = tuple(known for value in test.values for known in known_values(value, {}, test.operator))
            rows &= matching(table.columns[test.field], test.operator, values)
        ids, places = table.texts("ITEM_ID"), self.model.items.places
        found = (places.get(ids.values[code]) for code in ids.codes[rows].tolist())
        return [place for place in found if place is not None]


def segment_lines(segmenter: Segmenter, lines: Iterable[bytes]) -> bytes:
    """Return an answer for each line that is not blank, in order.

    A line that cannot be answered is returned with the reason in `error` and null in `output`. Attributes
    stand beside the output, items in `input`, as in AWS's examples.
    """
    return b"".join(
        json.dumps(answer, ensure_ascii=False).encode() + b"\n" for answer in _answers(segmenter, lines)
    )


def _answers(segmenter: Segmenter, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if not line.strip():
            continue
        shown: Any = line.decode(errors="replace").strip()
        try:
            shown = parsed(line)
            users = segmenter.users(as_object(shown))
        except (LineError, FilterError) as error:
            yield {**_named(segmenter, shown), "output": None, "error": str(error)}
        else:
            yield {**_named(segmenter, shown), "output": {"recommendedUsers": users}, "error": None}


def _named(segmenter: Segmenter, shown: object) -> dict[str, Any]:
    """Return how an answer says which line it is for."""
    if segmenter.by_attributes and isinstance(shown, dict) and "itemAttributes" in shown:
        return {"itemAttributes": shown["itemAttributes"]}
    return {"input": shown}


def _check(test: Test, schema: Schema) -> None:
    field: Field | None = next(
        (each for each in schema.fields if each.name.upper() == test.field.upper()), None
    )
    if field is None or field.textual or field.name != test.field:
        raise LineError(f"The attribute {test.field} does not exist.")
    if field.type == "string" and test.operator != "=":
        raise LineError(f"The attribute {test.field} is a string, which can only be equal to a value.")
