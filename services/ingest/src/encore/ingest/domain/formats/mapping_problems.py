"""Says what is wrong with a mapping, in the words of the person who wrote it."""

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from encore.ingest.domain.errors import glimpse
from encore.ingest.domain.formats.yaml_values import Document, Path

_TYPES = {"a valid dictionary": "a mapping", "a valid string": "a text", "a valid tuple": "a list"}
"""What pydantic calls the types of YAML."""


def problem(error: Mapping[str, Any], document: Document, keys: Collection[str]) -> tuple[int, str]:
    """Return the line of an error that pydantic found, and what to say about it."""
    where = tuple(part for part in error["loc"] if part not in {"map", "list", "[key]"})
    key = ".".join(str(part) for part in where)
    told = _told(error, where, keys)
    return document.line(where), f"{key}: {told}" if key else told


def _told(error: Mapping[str, Any], where: Path, keys: Collection[str]) -> str:
    found, kind = error["input"], error["type"]
    if kind == "extra_forbidden":
        return f"found the unknown key {glimpse(str(where[-1]))!r}{_nearest_key(str(where[-1]), keys)}"
    reason = error["msg"].removeprefix("Value error, ")
    if reason.startswith("found "):
        return str(reason)
    return f"found {_shown(found)}, {_expected(reason)}"


def _shown(found: object) -> str:
    if isinstance(found, str):
        return repr(glimpse(found))
    return "nothing" if found is None else f"a {type(found).__name__}"


def _nearest_key(key: str, keys: Collection[str]) -> str:
    near = difflib.get_close_matches(key, sorted(keys), n=1)
    return f"; the nearest is {near[0]}" if near else f", expected one of {', '.join(sorted(keys))}"


def _expected(reason: str) -> str:
    if reason.startswith("expected"):
        return reason
    bare = reason.removeprefix("Input should be ").removeprefix("String should ")
    bare = bare.removesuffix(" or instance of Mapping").removesuffix(" or instance of FileMapping")
    return "expected " + _TYPES.get(bare, bare)
