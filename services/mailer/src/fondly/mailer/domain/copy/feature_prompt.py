"""The prompt that asks what a product has, for the slots of its features."""

import json

from fondly.contracts.records import Product
from fondly.mailer.domain.copy.prompt import Prompt, Task, message, object_schema, system_text, texts_schema
from fondly.mailer.domain.text import category_label, clean

FEATURE_TOKENS = 220
MAX_NAME_CHARS = 200
MAX_CATEGORY_CHARS = 60
MAX_BULLETS = 8
MAX_BULLET_CHARS = 400


def features_prompt(product: Product, *, language: str) -> Prompt:
    """Return the request for the features of a product."""
    entry = {
        "n": 1,
        "name": clean(product.name, max_chars=MAX_NAME_CHARS),
        "kind": clean(category_label(product.category), max_chars=MAX_CATEGORY_CHARS),
        "bullets": [clean(bullet, max_chars=MAX_BULLET_CHARS) for bullet in product.bullets[:MAX_BULLETS]],
    }
    facts = {"task": Task.FEATURES, "language": language, "products": [entry]}
    version, system = system_text(Task.FEATURES, language)
    schema = object_schema({"features": object_schema({"1": texts_schema("Three to six features.")})})
    return Prompt(
        Task.FEATURES, version, system, message(facts), json.dumps(schema), max_tokens=FEATURE_TOKENS
    )
