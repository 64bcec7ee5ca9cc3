"""One file of a batch inference job: JSON Lines in, JSON Lines out."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from understudy.personalize.filter_syntax import FilterError
from understudy.personalize.filtering import ItemFilter
from understudy.personalize.trained import PersonalModel, Query, Recent


class LineError(ValueError):
    """The line lacks what the recipe needs; the message says what."""


def parsed(line: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Return what a line has; raise LineError if it is no JSON."""
    try:
        return json.loads(line)
    except ValueError as error:
        raise LineError("The line is not valid JSON.") from error


def as_object(content: object) -> dict[str, Any]:
    """Return a line's object; raise LineError if it is none."""
    if not isinstance(content, dict):
        raise LineError("The line is not a JSON object.")
    return content


def line_id(record: Mapping[str, Any], name: str) -> str:
    """Return a string of a line that must not be empty; raise LineError if there is none."""
    value = record.get(name)
    if not isinstance(value, str) or not value:
        raise LineError(f"The line has no {name}.")
    return value


def filter_values(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a filter's parameters; raise FilterError if they are no object of strings."""
    values = record.get("filterValues", {})
    if not isinstance(values, dict) or not all(isinstance(each, str) for each in values.values()):
        raise FilterError("filterValues must be an object of strings.")
    return values


_CHUNK_LINES = 1_000


@dataclass(frozen=True, slots=True)
class _Line:
    """A line: its content, and either a query or the reason why it has no answer."""

    shown: Any
    query: Query = field(default_factory=Query)
    error: str | None = None


def infer(
    model: PersonalModel,
    lines: Iterable[bytes],
    *,
    num_results: int,
    item_filter: ItemFilter | None = None,
    recent: Mapping[str, Recent] | None = None,
) -> bytes:
    """Return an answer line for each line that is not blank, in order.

    `recent` is what users have done since the training. A line that cannot be answered is returned with the
    reason in `error` and null in `output`.
    """
    read = (_line(line, item_filter, recent or {}) for line in lines if line.strip())
    return b"".join(
        json.dumps(answer, ensure_ascii=False).encode() + b"\n"
        for chunk in _chunks(read)
        for answer in _answers(model, chunk, num_results)
    )


def _answers(model: PersonalModel, lines: Sequence[_Line], num_results: int) -> Iterator[dict[str, Any]]:
    queries = [line.query for line in lines if line.error is None]
    results = model.answer(queries, num_results)
    for line in lines:
        output: dict[str, Any] | None = None
        if line.error is None:
            found = next(results)
            output = {"recommendedItems": found.items, "scores": found.scores}
        yield {"input": line.shown, "output": output, "error": line.error}


def _line(line: bytes, item_filter: ItemFilter | None, recent: Mapping[str, Recent]) -> _Line:
    shown: Any = line.decode(errors="replace").strip()
    try:
        shown = parsed(line)
        record = as_object(shown)
        query = Query(user=line_id(record, "userId"))
        if item_filter is not None:
            mask = item_filter.mask(query.user, filter_values(record))
            query = replace(query, mask=mask)
    except (FilterError, LineError) as error:
        return _Line(shown, error=str(error))
    return _Line(shown, replace(query, recent=recent.get(query.user)))


def _chunks(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    while chunk := list(islice(lines, _CHUNK_LINES)):
        yield chunk
