"""The prompt for what an email may say of a product that was picked for a reason.

It tells nothing of the customer, not even the name of the product of theirs that the reason may be about, so
everybody who gets the product for this reason shares it. Several products are asked about in one call; each
answer is kept alone, as if its product had been asked about alone.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from fondly.mailer.domain.copy.answers import Verdict
from fondly.mailer.domain.copy.fields import PRODUCT_TEXTS
from fondly.mailer.domain.copy.prompt import (
    OVERHEAD_CHARS,
    Prompt,
    Style,
    Task,
    message,
    object_schema,
    repair_facts,
    shop_facts,
    system_text,
    texts_schema,
)
from fondly.mailer.domain.copy.style import MAX_CHARS
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.slots import FIRST_NAME
from fondly.mailer.domain.text import clean

TOGETHER = 8
"""Products that are asked about in one call: the system text is by far the longest part of a prompt."""
MAX_CATEGORY_CHARS = 60
CACHED_PROMPTS = 16_384


class Told(NamedTuple):
    """What the model is told of a product; the attributes are those of its slots."""

    category: str
    reason: str
    features: tuple[str, ...]
    praised: str | None
    attributes: tuple[str, ...]


@dataclass(frozen=True)
class ProductPrompt(Prompt):
    """The question about one product, which may be asked together with others of its style."""

    told: Told
    style: Style


def product_prompt(product: ProductFacts, style: Style) -> ProductPrompt:
    """Return the request for several wordings of each text on a product, whatever its number."""
    told = Told(
        category=product.category,
        reason=product.stated_reason.kind,
        features=product.features,
        praised=product.praised,
        attributes=product.spoken,
    )
    return _prompt(told, style)


def joined(prompts: Sequence[ProductPrompt]) -> Prompt:
    """Return one question about the products of several, numbered from 1 in their order."""
    first, *others = prompts
    return first if not others else _asked([each.told for each in prompts], first.style)


def product_repair(prompt: ProductPrompt, *, fields: Sequence[str], refused: Iterable[Verdict]) -> Prompt:
    """Return the request for other wordings of some texts, with what was wrong with those before."""
    return _asked([prompt.told], prompt.style, fields, repair_facts(fields, refused))


@lru_cache(maxsize=CACHED_PROMPTS)
def _prompt(told: Told, style: Style) -> ProductPrompt:
    """Many emails have the same product for the same reason."""
    asked = _asked([told], style)
    return ProductPrompt(
        asked.task, asked.version, asked.system, asked.text, asked.schema, asked.max_chars, told, style
    )


def _asked(
    told: Sequence[Told],
    style: Style,
    fields: Sequence[str] = PRODUCT_TEXTS,
    more: dict[str, Any] | None = None,
) -> Prompt:
    products = [_product(number, each) for number, each in enumerate(told, 1)]
    shop = shop_facts(Task.PRODUCT, style, style.wordings)
    facts = {**shop, "slots": [FIRST_NAME], "products": products, **(more or {})}
    version, system = system_text(Task.PRODUCT, style.language)
    chars = len(told) * style.wordings * sum(MAX_CHARS[name] for name in fields)
    return Prompt(
        Task.PRODUCT,
        version,
        system,
        message(facts),
        _schema(len(told), tuple(fields)),
        max_chars=OVERHEAD_CHARS + chars,
    )


def _product(number: int, told: Told) -> dict[str, Any]:
    return {
        "n": number,
        "kind": clean(told.category, max_chars=MAX_CATEGORY_CHARS),
        "reason": told.reason,
        "own": "own" in told.attributes,
        "features": {f"f{at}": feature for at, feature in enumerate(told.features, 1)},
        "praised": told.praised,
        "slots": [f"{number}.{name}" for name in told.attributes],
    }


@lru_cache(maxsize=64)
def _schema(products: int, fields: tuple[str, ...]) -> str:
    texts = object_schema({name: texts_schema(f"Wordings of the {name}.") for name in fields})
    numbers = {str(number): texts for number in range(1, products + 1)}
    return json.dumps(object_schema({"products": object_schema(numbers)}))
