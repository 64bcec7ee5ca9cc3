"""Changes single keys of a TOML file; comments, order and all else stay as somebody wrote them."""

import re
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from fondly.contracts.errors import InvalidFileError


def with_values(text: str, values: Mapping[str, object], *, file: str) -> str:
    """Return a file that has these keys, such as `brand.voice`, and lacks those whose value is None.

    A key that is only there as a comment takes its place. Raises `InvalidFileError` for a file in which that
    changes something else.
    """
    for key, value in values.items():
        try:
            text = _with_value(text, key, value)
        except (TOMLKitError, ValueError) as error:
            raise InvalidFileError(f"{file}: {key}: {error}, expected a table: change it as text") from error
    return text


def _with_value(text: str, key: str, value: object) -> str:
    wanted = tomlkit.parse(text).unwrap()
    _set(wanted, key, value)
    table, _, name = key.rpartition(".")
    comment = rf"(?ms)(^\[{re.escape(table)}\](?:(?!^\[).)*?)^# *{re.escape(name)} *=[^\n]*$"
    for place in (re.sub(comment, lambda found: f"{found[1]}{name} = 0", text, count=1), text):
        try:
            document = tomlkit.parse(place)
            _set(document, key, value)
        except TOMLKitError:
            continue
        if tomlkit.parse(made := tomlkit.dumps(document)).unwrap() == wanted:
            return made
    raise ValueError("found what cannot be changed")


def _set(found: Any, key: str, value: object) -> None:  # noqa: ANN401 - a document, or what it says
    *tables, name = key.split(".")
    for each in tables:
        found = found.setdefault(each, {})
        if not isinstance(found, dict):
            raise ValueError(f"found no table {each}")  # noqa: TRY004 - a file's fault
    if value is None:
        found.pop(name, None)
    else:
        found[name] = value
