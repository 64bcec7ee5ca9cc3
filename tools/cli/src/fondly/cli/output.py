"""What commands write: answers to standard output, remarks to standard error, all safe for a terminal."""

import json
import os
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

    Json = BaseModel | Sequence[BaseModel] | Mapping[str, object]

UNLIMITED_COLUMNS = 10_000


def plain(text: str) -> str:
    r"""Return text that cannot steer a terminal: unprintable characters appear as escapes, `\x1b`.

    Reasons, keys and bodies come from outside. Direction marks and line breaks are escaped as well, so that
    one value stays on one line and reads in its own order.
    """
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text
    )


def print_json(value: "Json", *, lines: bool = False) -> None:
    """Write JSON to standard output; `lines` for a stream of values, one per line."""
    sys.stdout.write(as_json(value, indent=None if lines else 2) + "\n")
    sys.stdout.flush()


def as_json(value: "Json", *, indent: int | None = 2, escaped: bool = True) -> str:
    """Return JSON, by default escaped to ASCII, so that nothing in it can steer a terminal."""
    dumped = [_dumped(each) for each in value] if isinstance(value, Sequence) else _dumped(value)
    return json.dumps(dumped, indent=indent, ensure_ascii=escaped)


def console(*, stderr: bool = False) -> "Console":
    """The console for people. In a pipe it has no width, so that nothing is wrapped or cut."""
    from rich.console import Console

    made = Console(highlight=False, emoji=False, stderr=stderr)
    if made.is_terminal:
        return made
    file = cast("IO[str]", Trimmed(made.file))
    return Console(highlight=False, emoji=False, file=file, width=UNLIMITED_COLUMNS)


class Trimmed:
    """A text file that drops the spaces with which tables fill up their lines."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write whole lines, without the spaces at their ends."""
        self._file.write(re.sub(r" +(?=\n)", "", text))

    def flush(self) -> None:
        """Flush the file."""
        self._file.flush()


def say(text: str) -> None:
    """Write a line for a person to standard error, beside the answer; a terminal gets it `fitted`."""
    sys.stderr.write(fitted(plain(text)) + "\n")
    sys.stderr.flush()


def fitted(text: str) -> str:
    """Return a line, broken between words if standard error is a terminal that is narrower."""
    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return text
    return textwrap.fill(
        text, max(columns, 1), break_long_words=False, break_on_hyphens=False, subsequent_indent=""
    )


def _dumped(value: "BaseModel | Mapping[str, object]") -> object:
    return value if isinstance(value, Mapping) else value.model_dump(mode="json")
