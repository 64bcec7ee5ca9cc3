"""One file of a batch inference job: JSON Lines in, JSON Lines out."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from understudy.personalize.filter_syntax import FilterError
from understudy.personalize.filtering import ItemFilter
from understudy.personalize.trained import TrainedModel

_CHUNK_LINES = 1_000


@dataclass(frozen=True, slots=True)
class _Query:
    """A line: its content, and either a user or the reason why it has no answer."""

    shown: Any
    user: str = ""
    mask: NDArray[np.bool_] | None = None
    error: str | None = None


def infer(
    model: TrainedModel,
    lines: Iterable[bytes],
    *,
    num_results: int,
    item_filter: ItemFilter | None = None,
) -> bytes:
    """Return an answer line for each line that is not blank, in order.

    A line that cannot be answered is returned with the reason in `error` and null in `output`.
    """
    queries = (_query(line, item_filter) for line in lines if line.strip())
    return b"".join(
        json.dumps(answer, ensure_ascii=False).encode() + b"\n"
        for chunk in _chunks(queries)
        for answer in _answers(model, chunk, num_results)
    )


def _answers(model: TrainedModel, queries: Sequence[_Query], num_results: int) -> Iterator[dict[str, Any]]:
    good = [query for query in queries if query.error is None]
    users = [query.user for query in good]
    results = model.recommend(users, num_results, lambda place: good[place].mask)
    for query in queries:
        output = None
        if query.error is None:
            found = next(results)
            output = {"recommendedItems": found.items, "scores": found.scores}
        yield {"input": query.shown, "output": output, "error": query.error}


def _query(line: bytes, item_filter: ItemFilter | None) -> _Query:
    try:
        record = json.loads(line)
    except ValueError:
        return _Query(line.decode(errors="replace").strip(), error="The line is not valid JSON.")
    user = record.get("userId") if isinstance(record, dict) else None
    if not isinstance(user, str) or not user:
        return _Query(record, error="The line has no userId.")
    if item_filter is None:
        return _Query(record, user)
    try:
        return _Query(record, user, item_filter.mask(user, _filter_values(record)))
    except FilterError as error:
        return _Query(record, error=str(error))


def _filter_values(record: dict[str, Any]) -> dict[str, str]:
    values = record.get("filterValues", {})
    if not isinstance(values, dict) or not all(isinstance(each, str) for each in values.values()):
        raise FilterError("filterValues must be an object of strings.")
    return values


def _chunks(queries: Iterator[_Query]) -> Iterator[list[_Query]]:
    while chunk := list(islice(queries, _CHUNK_LINES)):
        yield chunk
