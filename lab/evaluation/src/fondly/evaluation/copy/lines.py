"""Reads JSON Lines into models and says of a bad line where it is, what was found and what is expected."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.frozen import Frozen

SHOWN_CHARS = 40
BOM = b"\xef\xbb\xbf"

Model = TypeVar("Model", bound=BaseModel)


class BadLine(Frozen):
    """A line that cannot be used, and why; as text `file:line: reason`."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


def read_lines(path: Path, model: type[Model]) -> Iterator[tuple[int, Model] | BadLine]:
    """Yield a file's lines with their numbers from 1, without blank ones; raise `EvaluationError`."""
    for line, raw in enumerate(read_bytes(path).removeprefix(BOM).split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            yield line, model.model_validate_json(raw)
        except ValidationError as error:
            yield BadLine(file=str(path), line=line, reason=why(error))


def read_bytes(path: Path) -> bytes:
    """Return what a file holds; raise `EvaluationError` if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read: {error.strerror}") from error


def why(error: ValidationError) -> str:
    """Return the first thing that is wrong, as `member: found ..., expected ...`."""
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    if first["type"] == "json_invalid":
        return f"found {shown(first['input'])}, expected a JSON object in UTF-8"
    if first["type"] == "missing":
        return f"{place}: found nothing, expected a value"
    if first["type"] == "value_error":
        return f"{place}: found {shown(first['input'])}, expected {first['ctx']['error']}"
    expected = first["msg"].removeprefix("Input should be ")
    found = f"found {shown(first['input'])}, expected {expected}"
    return f"{place}: {found}" if place else found


def shown(value: Any) -> str:  # noqa: ANN401 - whatever a file holds
    """Return a value as a message shows it: short, on one line."""
    text = repr(value.decode(errors="replace") if isinstance(value, bytes) else value)
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}..."
