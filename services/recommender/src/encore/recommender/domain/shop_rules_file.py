"""The shop's file: what a marketer writes about products, brands and categories, read as `ShopRules`.

    exclude: {products: [B07XJ8C8F5], brands: [Acme], categories: [Smart Televisions]}
    pin: [B08HDJ86NZ, B09C6HXFC1]
    durable: {Headphones: true, Televisions: false}
    complements: {Televisions: [HDMI Cables, Wall Mounts]}

Every part may be left out. Ids are texts, as written: 007 is not 7.
"""

import difflib
import unicodedata
from collections.abc import Collection, Iterator
from typing import NamedTuple

import yaml

from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.yaml_nodes import (
    InvalidFileError,
    Problem,
    is_empty,
    line_of,
    quoted,
    read_yaml,
    shown,
)

MAX_CHARS = 256
_PARTS = ("exclude", "pin", "durable", "complements")
_EXCLUDED = ("products", "brands", "categories")
_ANSWERS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class _Entry(NamedTuple):
    text: str
    line: int


def read_shop_rules(body: bytes, *, file: str) -> ShopRules:
    """Return what the file says.

    Raises `InvalidFileError`, which names `file` and lists every problem with its line, what was found there
    and what is expected.
    """
    root = read_yaml(body, file=file)
    if root is None:
        return ShopRules()
    reader = _Reader()
    rules = reader.rules(root)
    if reader.problems:
        raise InvalidFileError(file, reader.problems)
    return rules


class _Reader:
    """Reads nodes, leaving out what it cannot use and noting it as a problem."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def rules(self, root: yaml.Node) -> ShopRules:
        parts = self._named(root, _PARTS)
        excluded = self._named(parts.get("exclude"), _EXCLUDED)
        products = self._texts(excluded.get("products"), "product ids")
        pinned = self._texts(parts.get("pin"), "product ids")
        self._require_apart(pinned, products)
        return ShopRules(
            excluded_products=frozenset(entry.text for entry in products),
            excluded_brands=frozenset(_unique(self._texts(excluded.get("brands"), "brands"))),
            excluded_categories=_unique(self._texts(excluded.get("categories"), "categories")),
            pinned=_unique(pinned),
            durable=dict(self._answers(parts.get("durable"))),
            complements={
                key.text: _unique(self._texts(value, "categories"))
                for key, value in self._pairs(parts.get("complements"), "categories with lists of categories")
            },
        )

    def _named(self, node: yaml.Node | None, known: Collection[str]) -> dict[str, yaml.Node]:
        """Return a mapping's values by their keys, which must be known."""
        found: dict[str, yaml.Node] = {}
        for key, value in self._pairs(node, f"the keys {', '.join(known)}"):
            if key.text in known:
                found[key.text] = value
            else:
                self._note_unknown(key, known)
        return found

    def _note_unknown(self, key: _Entry, known: Collection[str]) -> None:
        (nearest,) = difflib.get_close_matches(key.text, known, n=1, cutoff=0)
        text = f"found the unknown key {quoted(key.text)}, expected one of {', '.join(known)}"
        self._note(key.line, f"{text}; the nearest is {nearest}")

    def _answers(self, node: yaml.Node | None) -> Iterator[tuple[str, bool]]:
        for key, value in self._pairs(node, "categories with true or false"):
            answer = _ANSWERS.get(value.value.casefold()) if isinstance(value, yaml.ScalarNode) else None
            if answer is None:
                found = f"found {shown(value)} for {quoted(key.text)}"
                self._note(line_of(value), f"{found}, expected true or false")
            else:
                yield key.text, answer

    def _texts(self, node: yaml.Node | None, what: str) -> list[_Entry]:
        """Return the texts of a list; `what` they are is said where something else was found."""
        if node is None or is_empty(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            self._note(line_of(node), f"found {shown(node)}, expected a list of {what}, such as [A, B]")
            return []
        found = (self._text(each, f"one of the {what}") for each in node.value)
        return [entry for entry in found if entry]

    def _pairs(self, node: yaml.Node | None, what: str) -> Iterator[tuple[_Entry, yaml.Node]]:
        """Yield the members of a mapping, whose keys are texts and differ in more than their case."""
        if node is None or is_empty(node):
            return
        if not isinstance(node, yaml.MappingNode):
            self._note(line_of(node), f"found {shown(node)}, expected {what}")
            return
        lines: dict[str, int] = {}
        for name, value in node.value:
            if (key := self._text(name, "a name before the colon")) is None:
                continue
            folded = key.text.casefold()
            if folded in lines:
                expected = f"it once: see line {lines[folded]}"
                self._note(key.line, f"found {quoted(key.text)} again, expected {expected}")
            else:
                lines[folded] = key.line
                yield key, value

    def _text(self, node: yaml.Node, what: str) -> _Entry | None:
        text = _cleaned(node.value) if isinstance(node, yaml.ScalarNode) and not is_empty(node) else ""
        if not text:
            self._note(line_of(node), f"found {shown(node)}, expected {what}")
            return None
        if len(text) > MAX_CHARS:
            self._note(line_of(node), f"found {len(text)} characters, expected {MAX_CHARS} or fewer: {what}")
            return None
        return _Entry(text, line_of(node))

    def _require_apart(self, pinned: list[_Entry], excluded: list[_Entry]) -> None:
        lines = {entry.text: entry.line for entry in excluded}
        for text, line in pinned:
            if text in lines:
                expected = f"a product that is not excluded: see line {lines[text]}"
                self._note(line, f"found {quoted(text)} pinned, expected {expected}")

    def _note(self, line: int, text: str) -> None:
        self.problems.append(Problem(line, text))


def _cleaned(text: str) -> str:
    """Return the text as ingest leaves the texts that it is compared with: in NFC, single-spaced."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _unique(entries: list[_Entry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.text for entry in entries))
