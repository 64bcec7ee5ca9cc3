"""The facts of a prompt, read as data; nothing else in the prompt has any effect."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable

_OPENING_TAG = "<facts>"
_DECODER = json.JSONDecoder()
_Model = TypeVar("_Model", bound=BaseModel)


class Brand(BaseModel):
    """Whose emails these are."""

    name: str = ""


class Reason(BaseModel):
    """Why a product was picked."""

    kind: str = ""
    says: str = ""


def _as_reason(reason: object) -> object:
    return {"says": reason} if isinstance(reason, str) else reason


class Own(BaseModel):
    """A product that the customer has, and what they wrote of it."""

    name: str = ""
    kind: str = ""
    said: dict[str, str] = {}
    stars: float | None = None


class Product(BaseModel):
    """What may be said of one product."""

    n: int = 1
    name: str = ""
    title: str = ""
    kind: str = ""
    bullets: dict[str, str] = {}
    aspects: dict[str, str] = {}
    reviews: dict[str, str] = {}
    price: str = ""
    reason: Annotated[Reason, BeforeValidator(_as_reason)] = Reason()
    own: Own | None = None
    slots: tuple[str, ...] = ()

    @property
    def sources(self) -> dict[str, str]:
        """What a line may be proved by, by id."""
        return {**self.bullets, "name": self.name or self.title}


class Customer(BaseModel):
    """What is known of one customer, and the first product of their email."""

    n: int = 1
    slots: tuple[str, ...] = ()
    occasion: str = ""
    own: Own = Own()
    hero: Product | None = None
    others: tuple[str, ...] = ()
    remedy: str = ""


class Text(BaseModel):
    """A text to be judged, with the words that it cites."""

    id: int = 0
    field: str = ""
    text: str = ""
    cites: tuple[str, ...] = ()


class Question(BaseModel):
    """Texts, and all that they may rest on."""

    n: int = 1
    facts: dict[str, Any] = {}
    texts: tuple[Text, ...] = ()


class Refused(BaseModel):
    """A text that was refused, and the words in it that broke a rule."""

    text: str = ""
    found: str = ""


def _readable(model: type[BaseModel]) -> BeforeValidator:
    """Keep those rows of a list that can be read; a member of the wrong type counts as missing."""

    def read(rows: object) -> list[BaseModel]:
        return [_read(model, row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    return BeforeValidator(read)


class Facts(BaseModel):
    """The facts of one prompt, without those that could not be read."""

    task: str = ""
    language: str = "en"
    wordings: Annotated[int, Field(ge=1, le=24)] = 1
    """How many texts are wanted of each field."""
    brand: Brand = Brand()
    occasion: str = "new"
    one_product: bool = False
    """Whether a frame is that of an email with one product."""
    slots: tuple[str, ...] = ()
    """The customer's slots."""
    theme: str = ""
    """What the products have in common, such as "kitchen"."""
    praised: str | None = None
    blamed: str | None = None
    remedy: str = ""
    products: Annotated[tuple[Product, ...], _readable(Product)] = ()
    customers: Annotated[tuple[Customer, ...], _readable(Customer)] = ()
    questions: Annotated[tuple[Question, ...], _readable(Question)] = ()
    fields: tuple[str, ...] = ()
    """The fields that are wanted; all if there are none."""
    refused: Annotated[tuple[Refused, ...], _readable(Refused)] = ()

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


def _decode(text: str) -> Facts | None:
    try:
        found, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    return _read(Facts, {**found, "one_product": found.get("products") == "one"})


def _read(model: type[_Model], members: dict[str, Any]) -> _Model:
    """Read what can be read: a member of the wrong type, or null, counts as missing."""
    known = {name: each for name, each in members.items() if each is not None}
    try:
        return model.model_validate(known)
    except ValidationError as error:
        wrong = {each["loc"][0] for each in error.errors()}
        return _read(model, {name: value for name, value in known.items() if name not in wrong})
