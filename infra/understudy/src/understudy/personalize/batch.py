"""One file of a batch inference job: JSON Lines in, JSON Lines out."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from understudy.personalize.trained import TrainedModel

_CHUNK_LINES = 10_000


@dataclass(frozen=True, slots=True)
class _Query:
    """A line: what it holds, and either a user or the reason why it has none."""

    shown: Any
    user: str = ""
    error: str | None = None


def infer(model: TrainedModel, lines: Iterable[bytes], num_results: int) -> bytes:
    """Return an answer line for each line that is not blank, in order.

    A line that cannot be answered is given back with the reason in `error` and `output` null.
    """
    queries = (_parsed(line) for line in lines if line.strip())
    return b"".join(
        json.dumps(answer, ensure_ascii=False).encode() + b"\n"
        for chunk in _chunks(queries)
        for answer in _answers(model, chunk, num_results)
    )


def _answers(model: TrainedModel, queries: Sequence[_Query], num_results: int) -> Iterator[Any]:
    good = [query.user for query in queries if query.error is None]
    results = model.recommend(good, num_results)
    for query in queries:
        output = None
        if query.error is None:
            found = next(results)
            output = {"recommendedItems": found.items, "scores": found.scores}
        yield {"input": query.shown, "output": output, "error": query.error}


def _parsed(line: bytes) -> _Query:
    try:
        record = json.loads(line)
    except ValueError:
        return _Query(line.decode(errors="replace").strip(), error="The line is not valid JSON.")
    user = record.get("userId") if isinstance(record, dict) else None
    if not isinstance(user, str) or not user:
        return _Query(record, error="The line has no userId.")
    return _Query(record, user=user)


def _chunks(queries: Iterator[_Query]) -> Iterator[list[_Query]]:
    while chunk := list(islice(queries, _CHUNK_LINES)):
        yield chunk
