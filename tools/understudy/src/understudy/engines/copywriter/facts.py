"""The facts of a prompt, read as data; nothing else in the prompt has any effect."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable

_OPENING_TAG = "<facts>"
_DECODER = json.JSONDecoder()
_WORDS = re.compile(r"[^\W\d_]+(?:[ &'-]+[^\W\d_]+){0,3}")
_MAX_WORDS_CHARS = 30
_UNSAID = frozenset({
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "twenty", "hundred", "thousand", "million", "dozen", "half", "quarter"),
    *("first", "second", "third", "single", "double", "triple", "dual", "quad", "twin", "once"),
    *("twice", "couple", "pair", "percent", "cheapest", "lowest", "best", "free", "guaranteed"),
    *("rs", "inr", "usd", "eur", "gbp", "rupee", "rupees", "dollar", "dollars", "euro", "euros"),
    *("www", "http", "https", "com"),
})  # fmt: skip


class Product(BaseModel):
    """What may be said of one product: the names of its slots, and words about it."""

    n: int
    slots: frozenset[str] = frozenset()
    category: str = ""
    keywords: tuple[str, ...] = ()
    reason: str = ""
    """The kind of reason for which it was picked."""
    liked: str | None = None
    """What the customer liked, if the reason is about that."""

    def has(self, slot: str) -> bool:
        """Return whether the fact behind `{n.slot}` is known."""
        return f"{self.n}.{slot}" in self.slots


class Facts(BaseModel):
    """The facts of one email, without those that could not be read."""

    source: str
    """The text that the facts were read from."""
    products: tuple[Product, ...] = ()
    brand: str = ""
    knows_first_name: bool = False


def find_facts(prompts: Iterable[str]) -> Facts | None:
    """Return the facts after `<facts>` in the first prompt that has readable ones.

    The JSON object ends at its closing brace, so text inside it cannot end it early, and a later
    `<facts>` inside product data is never read.
    """
    for prompt in prompts:
        start = prompt.find(_OPENING_TAG)
        while start >= 0:
            start += len(_OPENING_TAG)
            facts = _decode(prompt[start:].lstrip())
            if facts is not None:
                return facts
            start = prompt.find(_OPENING_TAG, start)
    return None


def sayable(text: str) -> str:
    """Return the text if it is a few plain words fit for copy, otherwise an empty string.

    Figures, number words, currencies, claims about price and anything like a link are refused.
    """
    words = " ".join(text.split())
    if len(words) > _MAX_WORDS_CHARS or not _WORDS.fullmatch(words):
        return ""
    return "" if _UNSAID & set(re.split(r"[ &'-]+", words.lower())) else words


def _decode(text: str) -> Facts | None:
    try:
        found, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    customer, brand = _object(found, "customer"), _object(found, "brand")
    products = found.get("products")
    return Facts(
        source=text[:end],
        products=_products(products if isinstance(products, list) else []),
        brand=sayable(str(brand.get("name") or "")),
        knows_first_name=bool(customer.get("has_name")) and "customer.first_name" in _list(customer, "slots"),
    )


def _products(rows: list[Any]) -> tuple[Product, ...]:
    found = []
    for row in rows:
        try:
            found.append(Product.model_validate(row))
        except ValidationError:
            continue
    return tuple(found)


def _object(parent: dict[str, Any], name: str) -> dict[str, Any]:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _list(parent: dict[str, Any], name: str) -> list[Any]:
    value = parent.get(name)
    return value if isinstance(value, list) else []
