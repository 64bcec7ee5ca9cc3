"""The shop's file: what a marketer writes about products, brands and categories, read as `ShopRules`.

    exclude: {products: [B07XJ8C8F5], brands: [Acme], categories: [Smart Televisions]}
    pin: [B08HDJ86NZ, B09C6HXFC1]
    durable: {Headphones: true, Televisions: false}
    complements: {Televisions: [HDMI Cables, Wall Mounts]}

Every part may be left out. Ids are texts, as written: 007 is not 7.
"""

import unicodedata
from collections.abc import Collection
from typing import Any

import yaml

from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.yaml_nodes import InvalidFileError, Problem, expected, read_yaml

MAX_CHARS = 256
_ANSWERS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def read_shop_rules(body: bytes, *, file: str) -> ShopRules:
    """Return what the file says.

    Raises `InvalidFileError`, which names `file` and lists every problem with its line, what was found there
    and what is expected.
    """
    root, reader = read_yaml(body, file=file), _Reader()
    rules = reader.rules(root)
    if reader.problems:
        raise InvalidFileError(file, reader.problems)
    return rules


class _Reader:
    """Reads nodes and notes every problem; what it returns counts only where there is none."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def rules(self, root: yaml.Node | None) -> ShopRules:
        parts = self._members(root, ("exclude", "pin", "durable", "complements"))
        excluded = self._members(parts.get("exclude"), ("products", "brands", "categories"))
        products = self._texts(excluded.get("products"), "product ids")
        complements = self._members(parts.get("complements"))
        return ShopRules(
            excluded_products=frozenset(products),
            excluded_brands=frozenset(self._texts(excluded.get("brands"), "brands")),
            excluded_categories=self._texts(excluded.get("categories"), "categories"),
            pinned=self._texts(parts.get("pin"), "product ids that are not excluded", unlike=products),
            durable={key: self._answer(node) for key, node in self._members(parts.get("durable")).items()},
            complements={key: self._texts(node, "categories") for key, node in complements.items()},
        )

    def _members(self, node: yaml.Node | None, known: Collection[str] = ()) -> dict[str, yaml.Node]:
        """Return the values of a mapping by its keys, which are `known` or else any categories."""
        what = f"one or more of the keys {', '.join(known)}" if known else "categories before colons"
        found: dict[str, yaml.Node] = {}
        seen = set[str]()
        for name, value in self._inside(node, yaml.MappingNode, what):
            key = self._text(name, what)
            if known and key not in known:
                self.problems.append(expected(what, name))
            if key.casefold() in seen:
                self.problems.append(expected("each key once", name))
            seen.add(key.casefold())
            found[key] = value
        return found

    def _texts(self, node: yaml.Node | None, what: str, *, unlike: Collection[str] = ()) -> tuple[str, ...]:
        each = self._inside(node, yaml.SequenceNode, f"a list of {what}, such as [A, B]")
        return tuple(dict.fromkeys(self._text(text, f"one of the {what}", unlike) for text in each))

    def _text(self, node: yaml.Node, what: str, unlike: Collection[str] = ()) -> str:
        """Return the text as ingest leaves the texts that it is compared with: in NFC, single-spaced."""
        is_text = isinstance(node, yaml.ScalarNode)
        text = " ".join(unicodedata.normalize("NFC", node.value).split()) if is_text else ""
        if not 0 < len(text) <= MAX_CHARS or text in unlike:
            self.problems.append(expected(f"{what}, of at most {MAX_CHARS} characters", node))
        return text

    def _answer(self, node: yaml.Node) -> bool:
        answer = _ANSWERS.get(node.value.casefold()) if isinstance(node, yaml.ScalarNode) else None
        if answer is None:
            self.problems.append(expected("true or false", node))
        return bool(answer)

    def _inside(self, node: yaml.Node | None, form: type[yaml.Node], what: str) -> list[Any]:
        """Return what a list or mapping holds; one that is left out is empty."""
        found: list[Any] = node.value if isinstance(node, form) else []
        if node and not isinstance(node, form) and node.tag != "tag:yaml.org,2002:null":
            self.problems.append(expected(what, node))
        return found
