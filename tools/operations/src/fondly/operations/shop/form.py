"""The shop's file as a form: each key of the schema with what the file says, and what somebody entered."""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from fondly.contracts.errors import InvalidFileError
from fondly.contracts.object_keys import SHOP_CONFIG
from fondly.mailer.domain.message.toml_file import problems_of
from fondly.operations.shop.editing import with_values
from fondly.operations.shop.file import EXPECTED, ShopFile
from fondly.operations.shop.loading import shop_of
from fondly.operations.shop.rendering import SETTINGS
from fondly.operations.shop.writing import EXAMPLES, schema_text

Kind = Literal["text", "number", "lines", "pairs", "choice", "colour"]
VARIABLES = {each.key: each.variables[0] for each in SETTINGS}


class FormField(BaseModel):
    """A key of the file."""

    key: str
    help: str
    kind: Kind
    value: str
    """What the file says, as the form has it: a line for each of a list; empty for nothing."""
    choices: list[str] = []
    default: str = ""
    """What applies, or may be meant, where the file says nothing."""
    is_whole: bool = False
    variable: str = ""
    """The variable that is set where services run, and goes before the file."""

    def read(self, text: str) -> object:
        """Return what somebody has entered as the file has it; None for nothing."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if self.kind in {"lines", "pairs"}:
            return lines or None
        value = text.strip()
        if self.kind == "number" and value:
            try:
                return int(value) if self.is_whole else float(value)
            except ValueError:
                return value  # which the model refuses, and says what it expects
        return {"": None, "true": True, "false": False}.get(value, value)


def form_fields(text: str, *, themes: list[str]) -> list[FormField]:
    """Return the form of a file; raise `InvalidFileError` for a text that is no TOML."""
    schema = json.loads(schema_text())
    fields = list(_fields(schema, schema["$defs"], "", _tables(text)))
    for field in fields:
        if field.key == "theme.name":
            field.kind, field.choices = "choice", themes
        name = VARIABLES.get(field.key) or VARIABLES.get(field.key.partition(".")[0], "")
        field.variable = name if os.environ.get(name) else ""
    return fields


def edited(text: str, fields: list[FormField], posted: Mapping[str, str]) -> str:
    """Return the file with what somebody has changed; raise `InvalidFileError` where that takes its text."""
    values: dict[str, object] = {}
    for field in fields:
        new = "\n".join(posted.get(field.key, field.value).splitlines())
        if new == field.value:
            continue
        value = field.read(new)
        if field.kind == "pairs":
            now = dict(_pair(line) for line in value) if isinstance(value, list) else {}
            before = dict(map(_pair, field.value.splitlines()))
            values |= {f"{field.key}.{name}": now.get(name) for name in {**before, **now}}
        else:
            values[field.key] = value
    return with_values(text, values, file=SHOP_CONFIG) if values else text


def problems_in(text: str) -> dict[str, str]:
    """Return what is wrong with a file, by key; that of no single key is under an empty one."""
    try:
        ShopFile.model_validate(_tables(text))
        shop_of(text, file=Path(SHOP_CONFIG), environment={})
    except ValidationError as error:
        return {".".join(keys): problem for keys, problem in problems_of(error, ShopFile, EXPECTED)}
    except InvalidFileError as error:
        return by_key(error)
    return {}


def by_key(error: InvalidFileError) -> dict[str, str]:
    """Return a problem that a message tells with file and key, by key."""
    place, _, rest = str(error).partition(": ")
    key, _, told = rest.partition(": ")
    is_of_key = place.startswith(SHOP_CONFIG) and key.partition(".")[0] in ShopFile.model_fields
    return {key: told} if is_of_key else {"": str(error)}


def _tables(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidFileError(f"{SHOP_CONFIG}: not TOML: {error}") from error


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name.strip(), value.strip()


def _fields(
    schema: Mapping[str, Any], models: Mapping[str, Any], path: str, said: object
) -> Iterator[FormField]:
    for name, each in schema.get("properties", {}).items():
        about = {**models.get(each.get("$ref", "").rpartition("/")[2], {}), **each}
        key, value = f"{path}{name}", said.get(name) if isinstance(said, dict) else None
        if "properties" in about:
            yield from _fields(about, models, f"{key}.", value)
        elif tokens := about.get("propertyNames", {}).get("enum"):
            own = value if isinstance(value, dict) else {}
            for token in tokens:
                shown = _shown(own.get(token))
                yield FormField(key=f"{key}.{token}", help=about["description"], kind="colour", value=shown)
        elif key != "columns":  # a mapping, which is edited as text
            yield _field(key, about, _shown(value))


def _field(key: str, about: Mapping[str, Any], value: str) -> FormField:
    kinds: dict[str, Kind] = {
        "array": "lines",
        "boolean": "choice",
        "integer": "number",
        "number": "number",
        "object": "pairs",
    }
    return FormField(
        key=key,
        help=about.get("description", ""),
        kind="choice" if "enum" in about else kinds.get(about.get("type", ""), "text"),
        value=value,
        choices=about.get("enum") or (["true", "false"] if about.get("type") == "boolean" else []),
        default=_shown(about.get("default", EXAMPLES.get(key))),
        is_whole=about.get("type") == "integer",
    )


def _shown(value: object) -> str:
    """Return a value as the form has it."""
    if isinstance(value, dict):
        return "\n".join(f"{name} = {each}" for name, each in value.items())
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
