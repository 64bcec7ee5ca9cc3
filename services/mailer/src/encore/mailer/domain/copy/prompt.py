"""The prompts: what the model is told, and the JSON schema of its answer.

The system text is the same for every prompt of a task and language, so that it can be cached. The facts name
slots, never the values of names and figures: the model can neither leak nor change them, and customers whose
emails rest on equal facts share a prompt. Text of the catalogue is cleaned, bounded and JSON-encoded, and
cannot end the `<facts>` element.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from encore.contracts.records import Product
from encore.mailer.domain.copy.answers import Verdict
from encore.mailer.domain.copy.fields import TEXTS
from encore.mailer.domain.copy.style import MAX_CHARS
from encore.mailer.domain.facts.email import EmailFacts
from encore.mailer.domain.facts.product import ProductFacts
from encore.mailer.domain.text import category_label, clean
from encore.mailer.domain.words.lists import FOLDER, WordLists

if TYPE_CHECKING:
    from hashlib import _Hash

ONE_PRODUCT = "one_product"
SCHEMA_NAME = "email_copy"
CHARS_PER_TOKEN = 3
"""Fewer than in English text on average, because of slots and JSON."""
FEATURE_TOKENS = 220
OVERHEAD_TOKENS = 200
MAX_BRAND_CHARS = 60
MAX_CATEGORY_CHARS = 60
MAX_NAME_CHARS = 200
MAX_BULLETS = 8
MAX_BULLET_CHARS = 400
MAX_REFUSED = 24
CACHED_SCHEMAS = 256
CACHED_PRODUCTS = 16_384


class Task(StrEnum):
    """What a prompt asks for."""

    COPY = "copy"
    FEATURES = "features"


@dataclass(frozen=True)
class Style:
    """How a shop's emails are written."""

    brand: str
    locale: str
    voice: str = "warm, plain and brief"
    wordings: int = 4
    """How many wordings of each field are asked for."""

    @property
    def language(self) -> str:
        """The language of the locale."""
        return self.locale.partition("_")[0]


@dataclass(frozen=True)
class Prompt:
    """A question to the model; equal prompts are asked once."""

    task: Task
    version: str
    system: str
    text: str
    schema: str
    max_tokens: int

    def key(self, model_id: str) -> str:
        """Return the digest under which the answer of this model is kept."""
        return sha256(f"{model_id}\n{self.digest}".encode()).hexdigest()

    @cached_property
    def digest(self) -> str:
        """A digest of everything that is asked."""
        digest = _digest_of_system(self.system).copy()
        digest.update(f"\0{self.text}\0{self.schema}".encode())
        return digest.hexdigest()


@lru_cache(maxsize=8)
def _digest_of_system(system: str) -> "_Hash":
    """The system text is most of a prompt, and the same in all of them."""
    return sha256(system.encode())


def copy_prompt(facts: EmailFacts, style: Style) -> Prompt:
    """Return the request for several wordings of each field of an email."""
    numbers = tuple(str(product.number) for product in facts.products)
    return _copy_prompt(style, _facts(facts, style), TEXTS, numbers, single=facts.has_one_product)


def repair_prompt(
    facts: EmailFacts, style: Style, *, fields: Sequence[str], refused: Iterable[Verdict]
) -> Prompt:
    """Return the request for other wordings of some fields, with what was wrong with those before."""
    verdicts = [
        {"field": each.field, "text": each.text, "rule": each.rule, "found": each.found}
        for each in refused
        if each.field in fields
    ]
    numbers = tuple(each.removeprefix("lines.") for each in fields if each.startswith("lines."))
    texts = tuple(each for each in TEXTS if each in fields)
    again = {"fields": list(fields), "refused": verdicts[:MAX_REFUSED]}
    members = [*_facts(facts, style), *_members(again)]
    return _copy_prompt(style, members, texts, numbers, single=facts.has_one_product)


def features_prompt(product: Product, *, language: str) -> Prompt:
    """Return the request for the features of a product."""
    bullets = [clean(bullet, max_chars=MAX_BULLET_CHARS) for bullet in product.bullets[:MAX_BULLETS]]
    entry = {
        "n": 1,
        "name": clean(product.name, max_chars=MAX_NAME_CHARS),
        "kind": _kind(category_label(product.category)),
        "bullets": bullets,
    }
    facts = {"task": Task.FEATURES, "language": language, "products": [entry]}
    version, system = system_text(Task.FEATURES, language)
    schema = _object({"features": _object({"1": _texts("Three to six features.")})})
    return Prompt(
        Task.FEATURES,
        version,
        system,
        _message(_members(facts)),
        json.dumps(schema),
        max_tokens=FEATURE_TOKENS,
    )


@lru_cache(maxsize=8)
def system_text(task: Task, language: str, *, single: bool = False) -> tuple[str, str]:
    """Return the version and the system text of a task in a language.

    Emails of a `single` product have a rule more; those of any other number have the same text.
    """
    version, text = _written(task)
    version = f"{version}-{language}"
    if task is Task.FEATURES:
        return version, text
    examples = (FOLDER / language / "examples.md").read_text("utf-8")
    if single:
        more, rule = _written(ONE_PRODUCT)
        version, examples = f"{version}-{more}", f"{examples}\n{rule}"
    neutral = " ".join(sorted(WordLists.load(language).neutral))
    return version, f"{text}\n# Examples\n{examples}\n# Neutral words\n{neutral}\n"


def _written(name: str) -> tuple[str, str]:
    """Return the version and the text of a file of prompts."""
    written = (files(__package__) / "prompts" / f"{name}.md").read_text("utf-8")
    first, _, text = written.partition("\n")
    return first.removeprefix("version: "), text


def _copy_prompt(
    style: Style, members: Iterable[str], texts: tuple[str, ...], numbers: tuple[str, ...], *, single: bool
) -> Prompt:
    version, system = system_text(Task.COPY, style.language, single=single)
    schema, chars = _schema(texts, numbers)
    return Prompt(
        Task.COPY,
        version,
        system,
        _message(members),
        schema,
        max_tokens=OVERHEAD_TOKENS + style.wordings * chars // CHARS_PER_TOKEN,
    )


@lru_cache(maxsize=CACHED_SCHEMAS)
def _schema(texts: tuple[str, ...], numbers: tuple[str, ...]) -> tuple[str, int]:
    """Return the schema of an answer with these fields, and the most characters of one wording of each."""
    chars = sum(MAX_CHARS[name] for name in texts) + MAX_CHARS["line"] * len(numbers)
    return json.dumps(_object(_fields(texts, numbers))), chars


def _fields(texts: Iterable[str], numbers: Sequence[str]) -> dict[str, Any]:
    """Return the members of an answer's schema.

    Bedrock requires `additionalProperties: false` on every object and refuses length keywords.
    """
    members: dict[str, Any] = {name: _texts(f"Wordings of the {name}.") for name in texts}
    if numbers:
        lines = {number: _texts(f"Wordings of the line on product {number}.") for number in numbers}
        members["lines"] = _object(lines)
    return members


def _texts(description: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "description": description}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _facts(facts: EmailFacts, style: Style) -> list[str]:
    """Return the members of the facts as JSON."""
    products = ", ".join(map(_product, facts.products))
    shop = _shop(style, facts.language, facts.brand)
    return [*shop, *_members(_customer(facts)), f'"products": [{products}]']


@lru_cache(maxsize=8)
def _shop(style: Style, language: str, brand: str) -> tuple[str, ...]:
    facts = {
        "task": Task.COPY,
        "wordings": style.wordings,
        "language": language,
        "brand": {"name": clean(brand, max_chars=MAX_BRAND_CHARS), "voice": style.voice},
    }
    return tuple(_members(facts))


def _customer(facts: EmailFacts) -> dict[str, Any]:
    known = facts.experience
    return {
        "occasion": facts.occasion,
        "slots": ["customer.first_name", *known.slots],
        "customer": {
            "liked": _without_figures(known.liked),
            "disliked": _without_figures(known.disliked),
            "praised": known.praised and _aspect(known.praised.aspect, known.praised.product),
            "blamed": known.blamed and _aspect(known.blamed.aspect, known.blamed.product),
        },
    }


def _aspect(aspect: str, product: str) -> dict[str, str | None]:
    return {"aspect": aspect, "product": _without_figures(product)}


def _product(product: ProductFacts) -> str:
    told = _Told(
        number=product.number,
        category=product.category,
        reason=product.stated_reason.kind,
        own=product.own,
        features=product.features,
        praised=product.praised,
        slots=tuple(product.slots),
    )
    return _told(told)


class _Told(NamedTuple):
    """What the model is told of a product."""

    number: int
    category: str
    reason: str
    own: str | None
    features: tuple[str, ...]
    praised: str | None
    slots: tuple[str, ...]


@lru_cache(maxsize=CACHED_PRODUCTS)
def _told(product: _Told) -> str:
    """Return it as JSON; many emails have the same product for the same reason."""
    return _json(
        {
            "n": product.number,
            "kind": _kind(product.category),
            "reason": product.reason,
            "own": _without_figures(product.own),
            "features": {f"f{number}": feature for number, feature in enumerate(product.features, 1)},
            "praised": product.praised,
            "slots": product.slots,
        }
    )


def _kind(category: str) -> str:
    return clean(category, max_chars=MAX_CATEGORY_CHARS)


@lru_cache(maxsize=CACHED_PRODUCTS)
def _without_figures(name: str | None) -> str | None:
    """Drop words with digits, and single letters such as units: the rules refuse figures."""
    words = (word.strip(",") for word in (name or "").split())
    kept = [word for word in words if len(word) > 1 and not any(char.isnumeric() for char in word)]
    return " ".join(kept) or None


def _members(facts: Mapping[str, Any]) -> list[str]:
    return [f"{_json(name)}: {_json(value)}" for name, value in facts.items()]


def _json(value: object) -> str:
    """Encode as JSON without `<` and `>`, so that nothing inside looks like the end of the facts."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _message(members: Iterable[str]) -> str:
    return f"<facts>\n{{{', '.join(members)}}}\n</facts>"
