"""Reads sequences and item attributes in the format of S3-Rec's preprocessing.

Source: Zhou et al., "S3-Rec: Self-Supervised Learning for Sequential Recommendation", CIKM 2020, and the data
files published with it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fondly.evaluation.errors import EvaluationError

MIN_ITEMS = 3
"""One to test on, one to validate on, and one to know the user by."""
_LINE = "`user item item ...`, separated by spaces, the oldest item first"
_ATTRIBUTES = "a JSON object that maps item ids to lists of attribute ids"


@dataclass(frozen=True, slots=True)
class Sequences:
    """Users' items as codes from zero, oldest first; `left_out` counts the users with fewer than three."""

    users: Sequence[Sequence[int]]
    items: Sequence[str]
    left_out: int

    def labels(self, attributes: Mapping[str, Sequence[str]]) -> list[Sequence[str]]:
        """Return the attributes of each item; none for an item that has none."""
        return [attributes.get(item, ()) for item in self.items]


def read_sequences(path: Path) -> Sequences:
    """Read a file with a line `user item item ...` for each user, the oldest item first.

    Raises `EvaluationError` for a line without items, a user who has two lines, text that is not UTF-8, and a
    file in which nobody has three items.
    """
    codes: dict[str, int] = {}
    line_of: dict[str, int] = {}
    kept: list[Sequence[int]] = []
    for number, line in enumerate(_lines(path), start=1):
        user, *items = line.split() or [""]
        if user and not items:
            raise EvaluationError(f"{path}, line {number}: found {_shown(line)}, expected {_LINE}")
        if user in line_of:
            raise EvaluationError(
                f"{path}, line {number}: user {_shown(user)} already has line {line_of[user]}, expected one"
            )
        if user:
            line_of[user] = number
        if len(items) >= MIN_ITEMS:
            kept.append([codes.setdefault(item, len(codes)) for item in items])
    if not kept:
        raise EvaluationError(f"{path}: no user has {MIN_ITEMS} items, expected lines of {_LINE}")
    return Sequences(users=kept, items=list(codes), left_out=len(line_of) - len(kept))


def read_attributes(path: Path) -> dict[str, list[str]]:
    """Read a JSON object of item ids with lists of attribute ids; else raise `EvaluationError`."""
    try:
        found = json.loads("\n".join(_lines(path)))
    except json.JSONDecodeError as error:
        raise EvaluationError(
            f"{path}, line {error.lineno}: not JSON ({error.msg}), expected {_ATTRIBUTES}"
        ) from error
    if not isinstance(found, dict):
        raise EvaluationError(f"{path}: found {_json_type(found)}, expected {_ATTRIBUTES}")
    return {item: _attribute_ids(path, item, ids) for item, ids in found.items()}


def _attribute_ids(path: Path, item: str, ids: object) -> list[str]:
    if not isinstance(ids, list) or any(isinstance(each, bool | list | dict | None) for each in ids):
        raise EvaluationError(f"{path}: item {_shown(item)} has {_json_type(ids)}, expected a list of ids")
    return [str(each) for each in ids]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise EvaluationError(f"{path}, line {line}: not UTF-8, expected a text file") from error


def _shown(text: str, *, limit: int = 40) -> str:
    return ascii(text if len(text) <= limit else f"{text[:limit]}...")


def _json_type(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
