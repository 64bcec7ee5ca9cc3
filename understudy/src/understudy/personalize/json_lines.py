"""Lines of the input files of batch jobs."""

import json
from collections.abc import Mapping
from typing import Any

from understudy.personalize.filter_syntax import FilterError


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
