"""Reads a TOML file into a model; what is wrong with it is said in one line, with file, line and key."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from fondly.contracts.errors import InvalidFileError
from fondly.runtime.changed_settings import told

MAX_SHOWN_CHARS = 60
MAX_FILE_BYTES = 100_000


class Section(BaseModel):
    """A table of a TOML file. Unknown keys are refused; its docstrings are those of the JSON Schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


Kind = TypeVar("Kind", bound=Section)


def text_of(body: bytes, *, file: str) -> str:
    """Decode a file; raise `InvalidFileError` for more than `MAX_FILE_BYTES`, and for what is not UTF-8."""
    if len(body) > MAX_FILE_BYTES:
        raise InvalidFileError(f"{file}: found more than {MAX_FILE_BYTES} bytes, expected fewer")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFileError(f"{file}: found byte {error.start} not UTF-8, expected UTF-8") from error


def read_toml(kind: type[Kind], text: str, *, file: str, expected: Mapping[str, str]) -> Kind:
    """Read TOML; `InvalidFileError` has the line and key of every problem, and what was `expected` there."""
    try:
        return kind.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidFileError(f"{file}: not TOML: {error}") from error
    except ValidationError as error:
        problems = (
            f"{_place(keys, text, file)}: {'.'.join(keys)}: {problem}"
            for keys, problem in problems_of(error, kind, expected)
        )
        raise InvalidFileError("; ".join(problems)) from error


def problems_of(
    error: ValidationError, kind: type[BaseModel], expected: Mapping[str, str]
) -> Iterator[tuple[Sequence[str], str]]:
    """Yield each problem of a model: its keys, and what was found and is expected."""
    for problem in error.errors(include_url=False):
        keys = [str(part) for part in problem["loc"] if part != "[key]"]
        yield keys, _problem(problem, keys, kind, expected)


def line_of(keys: Sequence[str], text: str) -> int | None:
    """Return the line on which a key of a TOML text stands, counted from 1; None if it stands on none."""
    section, lines = "", text.splitlines()
    for depth in range(len(keys), 0, -1):
        table, key, section = ".".join(keys[: depth - 1]), keys[depth - 1], ""
        for number, line in enumerate(lines, 1):
            if header := re.match(r"\s*\[([^\[\]]+)\]", line):
                section = header[1].replace(" ", "")
            if section == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return number
            if header and f"{section}.".startswith(f"{'.'.join(keys[:depth])}."):
                return number
    return None


def _place(keys: Sequence[str], text: str, file: str) -> str:
    line = line_of(keys, text)
    return f"{file}:{line}" if line else file


def _problem(
    problem: Mapping[str, Any], keys: Sequence[str], kind: type[BaseModel], expected: Mapping[str, str]
) -> str:
    if problem["type"] == "missing":
        return "is missing"
    if problem["type"] == "extra_forbidden" or problem["loc"][-1] == "[key]":
        return told(".".join(keys)) or "there is no such key" + _known(kind, keys[:-1])
    reason = str(problem.get("ctx", {}).get("error", ""))
    if reason.startswith("found "):
        return reason
    wanted = _expected(keys, expected) or reason or problem["msg"]
    return f"found {_shown(problem['input'])}, expected {wanted}"


def _expected(keys: Sequence[str], expected: Mapping[str, str]) -> str | None:
    """What the key should be, or what holds it: an entry of a list is described with the list."""
    paths = (".".join(keys[:depth]) for depth in range(len(keys), 0, -1))
    return next((expected[path] for path in paths if path in expected), None)


def _shown(value: object) -> str:
    return "a table" if isinstance(value, Mapping) else repr(str(value)[:MAX_SHOWN_CHARS])


def _known(kind: type[BaseModel], keys: Sequence[str]) -> str:
    """The keys of a table, as a hint; nothing for one whose keys are the shop's own."""
    for key in keys:
        field = kind.model_fields.get(key)
        models = [each for each in _members(field.annotation if field else None) if _is_model(each)]
        if not models:
            return ""
        kind = models[0]
    return f"; there are {', '.join(kind.model_fields)}"


def _members(annotation: Any) -> Sequence[Any]:  # noqa: ANN401 - any annotation
    return get_args(annotation) if get_origin(annotation) in {Union, UnionType} else [annotation]


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
