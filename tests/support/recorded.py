"""Calls of AI services that `fondly smoke` has recorded: those of a folder, or the few that are kept here."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

KEPT = Path(__file__).parent / "recorded_calls"
"""Understudy's: one of each operation that is replayed."""
FOLDER = "FONDLY_TEST_RECORDED"
"""The variable with another folder, such as `out/smoke/calls`."""
REPLAYED = ("BatchDetectSentiment", "Converse", "CreateSchema")
"""The operations that need nothing but what they are asked."""


class Call(NamedTuple):
    """What a service was asked and answered, `status` by HTTP."""

    service: str
    operation: str
    status: int
    request: Mapping[str, Any]
    answer: Mapping[str, Any]


def calls_in(folder: Path) -> Iterator[Call]:
    """Yield the calls of a folder, in the order of their names."""
    for path in sorted(folder.glob("*.json")):
        yield Call(**json.loads(path.read_text("utf-8")))


def recorded_calls() -> list[Call]:
    """Return the calls to hold code against."""
    return list(calls_in(Path(os.environ.get(FOLDER) or KEPT)))
