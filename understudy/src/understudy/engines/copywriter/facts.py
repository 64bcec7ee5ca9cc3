"""The facts of a prompt, read as data; nothing else in the prompt has any effect."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

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

_MEMBERS = ("task", "language", "wordings", "occasion", "slots", "praised", "blamed", "fields", "refused")
_Row = TypeVar("_Row", bound=BaseModel)


def _readable(rows: object) -> list[object]:
    """Return those rows of a list that are objects."""
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


class Pick(BaseModel):
    """What may be said of one product: its kind, why it was picked, and what has a slot."""

    n: int
    kind: str = ""
    reason: str = ""
    own: bool = False
    """Whether the reason is about a product of the customer's; its name is not told."""
    features: dict[str, str] = {}
    praised: str | None = None
    slots: tuple[str, ...] = ()

    @cached_property
    def attributes(self) -> list[str]:
        """The names of its slots without its number, such as `price`, in order."""
        start = f"{self.n}."
        return sorted(slot.removeprefix(start) for slot in self.slots if slot.startswith(start))


class Refused(BaseModel):
    """A text that was refused, and the words in it that broke a rule."""

    text: str = ""
    found: str = ""


class Entry(BaseModel):
    """The catalogue's entry of a product whose features are wanted."""

    n: int
    name: str = ""
    kind: str = ""
    bullets: tuple[str, ...] = ()


class Facts(BaseModel):
    """The facts of one prompt, without those that could not be read."""

    task: str = ""
    language: str = "en"
    wordings: Annotated[int, Field(ge=1)] | None = None
    """How many texts are wanted of each field; None for a single one."""
    brand: str = ""
    voice: str = ""
    """How the brand speaks: texts of another voice are worded otherwise, but in no other tone."""
    occasion: str = "new"
    one_product: bool = False
    """Whether a frame is that of an email with one product."""
    slots: tuple[str, ...] = ()
    """The customer's slots."""
    praised: str | None = None
    """The aspect that the customer praised of a product of theirs."""
    blamed: str | None = None
    picks: tuple[Pick, ...] = ()
    entries: tuple[Entry, ...] = ()
    fields: tuple[str, ...] = ()
    """The fields that are wanted; all if there are none."""
    refused: Annotated[tuple[Refused, ...], BeforeValidator(_readable)] = ()

    def wants(self, field: str) -> bool:
        """Return whether a field is asked for."""
        return not self.fields or field in self.fields


def find_facts(prompts: Iterable[str]) -> Facts | None:
    """Return the facts after `<facts>` in the last prompt that has readable ones.

    The JSON object ends at its closing brace, so text inside it cannot end it early, and a later
    `<facts>` inside product data is never read.
    """
    for prompt in reversed(list(prompts)):
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
        found, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return _read(found) if isinstance(found, dict) else None


def _read(found: dict[str, Any]) -> Facts:
    """Read what can be read: a member of the wrong type counts as missing."""
    brand = found.get("brand")
    brand = brand if isinstance(brand, dict) else {}
    rows = _readable(found.get("products"))
    parts = {
        "brand": sayable(str(brand.get("name") or "")),
        "voice": str(brand.get("voice") or ""),
        "one_product": found.get("products") == "one",
        "picks": _each(Pick, rows),
        "entries": _each(Entry, rows),
    }
    return _without_errors({member: found[member] for member in _MEMBERS if member in found} | parts)


def _without_errors(members: dict[str, Any]) -> Facts:
    try:
        return Facts.model_validate(members)
    except ValidationError as error:
        wrong = {each["loc"][0] for each in error.errors()}
        return _without_errors({name: value for name, value in members.items() if name not in wrong})


def _each(model: type[_Row], rows: list[Any]) -> tuple[_Row, ...]:
    found = []
    for row in rows:
        try:
            found.append(model.model_validate(row))
        except ValidationError:
            continue
    return tuple(found)
