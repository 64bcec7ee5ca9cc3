"""Reads a platform's objects as rows, by the expressions of its table beside this module.

An expression is JMESPath (jmespath.org), of the object `of`, of the part `it` that a row is about, and of
what a platform adds; what comes to nothing leaves its cell out.
"""

import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from html import unescape
from importlib.resources import files
from typing import Any

import jmespath  # type: ignore[import-untyped] # it has no types
from jmespath.functions import Functions, signature  # type: ignore[import-untyped] # nor have these

from fondly.ingest.domain.markup import entries
from fondly.ingest.domain.rows.people import id_of_address
from fondly.operations.connect.model import Found, Json, Row

FOLDER = files("fondly.operations.connect")


def end(text: str | None) -> str | None:
    """Return the number at the end of an id such as `gid://shopify/Product/7`."""
    return text and text.rpartition("/")[2]


def blocks(html: str | None) -> str:
    """Return the blocks of a description, separated by bars."""
    return "|".join(entries(html or ""))


def each_of(total: str, tax: str, quantity: int) -> str:
    """Return the price of one, of so many at a total and its tax, to as many decimals."""
    return str(((Decimal(total) + Decimal(tax)) / quantity).quantize(Decimal(total)))


CALLS: Mapping[str, Callable[..., object]] = {
    "end": end,
    "entries": blocks,
    "each": each_of,
    "lower": lambda text: text and text.lower(),
    "minus": lambda whole, part: whole - part or None,
    "path": lambda text: text and text.replace(" > ", "|"),
    "text": lambda text: text and unescape(text),
}
"""What expressions may call besides JMESPath's own."""


def _method(function: Callable[..., object]) -> object:
    takes = signature(*[{"types": []}] * function.__code__.co_argcount)
    return takes(lambda _, *values: function(*values))


OPTIONS = jmespath.Options(
    custom_functions=type(
        "Calls", (Functions,), {f"_func_{name}": _method(call) for name, call in CALLS.items()}
    )()
)


class Tables:
    """The table of a platform: by kind the expression of the id, of the parts, and of each column."""

    def __init__(self, platform: str) -> None:
        tables = tomllib.loads(FOLDER.joinpath(f"{platform}.toml").read_text("utf-8"))
        self._parsed = {kind: _parsed(table) for kind, table in tables.items()}

    def found(self, kind: str, item: Json, **more: object) -> Found:
        """Read an object; of one that was listed by its id alone, only that."""
        own, parts, _ = self._parsed[kind]
        found = Found(kind, str(own.search(item)), ())
        if len(item) == 1:
            return found
        rows = [self.row(kind, {"of": item, "it": each, **more}) for each in parts.search(item) or ()]
        first = rows[0] if rows and kind != "products" else {}
        return found._replace(rows=rows, customer_id=person(first))

    def row(self, kind: str, said: Mapping[str, Any]) -> Row:
        """Return the cells of a row."""
        cells: Json = self._parsed[kind][2].search(said, options=OPTIONS)
        return {name: str(value) for name, value in cells.items() if value not in {None, "", False}}


def person(row: Row) -> str:
    """Return how ingest calls whom a row is about: by their id, or a guest by a digest of the address."""
    email = row.get("email")
    return row.get("user_id") or (id_of_address(email) if email else "")


def _parsed(table: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    columns = ", ".join(f'"{name}": {expression}' for name, expression in table["row"].items())
    parts = table.get("parts", "[@]")
    return (
        jmespath.compile(table.get("id", "id")),
        jmespath.compile(parts),
        jmespath.compile(f"{{{columns}}}"),
    )
