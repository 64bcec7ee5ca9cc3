"""Changes single keys of a TOML file; comments, order and all else stay as somebody wrote them."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from fondly.mailer.domain.message.toml_file import InvalidFileError
from fondly.operations.shop.writing import toml

_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def with_values(text: str, values: Mapping[str, object], *, file: str) -> str:
    """Return a file that has these keys, such as `brand.voice`, and lacks those whose value is None.

    Raises `InvalidFileError` for a file that has them in another form than a line each below its table.
    """
    lines = text.splitlines()
    for key, value in values.items():
        *table, name = key.split(".")
        _set(lines, ".".join(table), name, None if value is None else f"{name} = {toml(value)}")
    edited = "\n".join(lines) + "\n" if lines else ""
    for key, value in values.items():
        if _found(edited, key) != value:
            raise InvalidFileError(
                f"{file}: {key}: found no line of its own below its table, expected one: change it as text"
            )
    return edited


def _set(lines: list[str], table: str, name: str, line: str | None) -> None:
    """Replace, add or remove a key's lines."""
    at, here, last, hint = 0, "", -1 if table else 0, None
    while at < len(lines):
        if header := _HEADER.match(lines[at]):
            here = header[1].replace(" ", "")
        key, end = _KEY.match(lines[at]), _end(lines, at)
        if here == table:
            if key and key[1] == name:
                lines[at:end] = [] if line is None else [line]
                return
            if key or header:
                last = end
            elif re.match(rf"\s*#\s*{re.escape(name)}\s*=", lines[at]):
                hint = at
        at = end
    if line is None:
        return
    if hint is not None:
        lines[hint] = line
    elif last < 0:
        lines += ["", f"[{table}]", line]
    else:
        lines.insert(last, line)


def _end(lines: Sequence[str], at: int) -> int:
    """Return where the next line begins that is no more of this one's value."""
    if not _KEY.match(lines[at]):
        return at + 1
    for end in range(at + 1, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[at:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return at + 1


def _found(text: str, key: str) -> object:
    try:
        found: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ...  # no value: whatever is wanted differs
    for name in key.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
