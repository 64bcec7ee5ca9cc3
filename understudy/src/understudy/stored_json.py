"""JSON in which what is stored has times."""

import json
from datetime import datetime
from typing import Any

_TIME = "$time"


def as_json(content: object) -> str:
    """Return JSON in which times are objects with the one member `$time`."""
    return json.dumps(content, default=_time_as_json, ensure_ascii=False)


def from_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what `as_json` has written."""
    return json.loads(text, object_hook=_time_from_json)


def _time_as_json(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {_TIME: value.isoformat()}
    raise TypeError(f"not JSON: {type(value).__name__}")


def _time_from_json(members: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    return datetime.fromisoformat(members[_TIME]) if set(members) == {_TIME} else members
