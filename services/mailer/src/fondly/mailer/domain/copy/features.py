"""What the model is asked of the features of a product, which become slots, and how its answer is read."""

import json

from fondly.contracts.records import Product
from fondly.mailer.domain.copy.answers import AnswerFormatError
from fondly.mailer.domain.copy.prompt import Prompt, Task, message, object_schema, system_text, texts_schema
from fondly.mailer.domain.text import category_label, clean

FEATURE_CHARS = 660
MAX_NAME_CHARS = 200
MAX_CATEGORY_CHARS = 60
MAX_BULLETS = 8
MAX_BULLET_CHARS = 400
MAX_PROPOSED = 12


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
    return Prompt(Task.FEATURES, version, system, message(facts), json.dumps(schema), max_chars=FEATURE_CHARS)


def read_features(text: str) -> list[str]:
    """Return what is proposed for the one product that was asked about; raise `AnswerFormatError`."""
    try:
        answer = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise AnswerFormatError("not JSON") from error
    features = answer.get("features") if isinstance(answer, dict) else None
    proposed = features.get("1") if isinstance(features, dict) else None
    if not isinstance(proposed, list):
        raise AnswerFormatError("features.1 is not a list")
    return [each for each in proposed if isinstance(each, str)][:MAX_PROPOSED]
