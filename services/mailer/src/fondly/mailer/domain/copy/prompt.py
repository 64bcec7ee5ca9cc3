"""What every prompt has: what the model is told, and the JSON schema of its answer.

The system text is the same for every prompt of a task and language, so that it can be cached. The facts name
slots, never the values of names and figures: the model can neither leak nor change them, and customers of
whom the same is known share a prompt. Text of the catalogue is cleaned, bounded and JSON-encoded, and cannot
end the `<facts>` element.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fondly.mailer.domain.copy.answers import MAX_WORDINGS, Verdict
from fondly.mailer.domain.text import clean
from fondly.mailer.domain.words.lists import FOLDER, WordLists

if TYPE_CHECKING:
    from hashlib import _Hash

SCHEMA_NAME = "email_copy"
OVERHEAD_CHARS = 600
"""Of an answer's JSON, around its texts."""
MAX_BRAND_CHARS = 60
MAX_REFUSED = 24
FRAME_WORDINGS = 3
"""Times as many wordings of a frame as of a product's texts: many more customers share it."""


class Task(StrEnum):
    """What a prompt asks for."""

    FEATURES = "features"
    """What a product has."""
    PRODUCT = "product"
    """What an email may say of a product that was picked for a reason."""
    FRAME = "frame"
    """What an email may say to a customer, around the products."""


@dataclass(frozen=True)
class Style:
    """How a shop's emails are written."""

    brand: str
    locale: str
    voice: str = "warm, plain and brief"
    wordings: int = 3
    """How many wordings of each text on a product are asked for."""

    @property
    def language(self) -> str:
        """The language of the locale."""
        return self.locale.partition("_")[0]

    @property
    def frame_wordings(self) -> int:
        """How many wordings of each field of a frame are asked for."""
        return min(self.wordings * FRAME_WORDINGS, MAX_WORDINGS)


@dataclass(frozen=True)
class Prompt:
    """A question to the model; equal prompts are asked once."""

    task: Task
    version: str
    system: str
    text: str
    schema: str
    max_chars: int
    """The most characters that an answer may have."""

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


@lru_cache(maxsize=8)
def system_text(task: Task, language: str) -> tuple[str, str]:
    """Return the version and the system text of a task in a language."""
    written = (files(__package__) / "prompts" / f"{task}.md").read_text("utf-8")
    first, _, text = written.partition("\n")
    version = f"{first.removeprefix('version: ')}-{language}"
    if task is Task.FEATURES:
        return version, text
    examples = (FOLDER / language / "examples" / f"{task}.md").read_text("utf-8")
    neutral = " ".join(sorted(WordLists.load(language).neutral))
    return version, f"{text}\n# Examples\n{examples}\n# Neutral words\n{neutral}\n"


@lru_cache(maxsize=16)
def shop_facts(task: Task, style: Style, wordings: int) -> Mapping[str, Any]:
    """Return what every prompt of a task tells: how many wordings, the language, the brand and its voice."""
    return {
        "task": task,
        "wordings": wordings,
        "language": style.language,
        "brand": {"name": clean(style.brand, max_chars=MAX_BRAND_CHARS), "voice": style.voice},
    }


def repair_facts(fields: Iterable[str], refused: Iterable[Verdict]) -> dict[str, Any]:
    """Return what a request for repairs tells besides: which fields, and what was wrong with those before."""
    wanted = list(fields)
    verdicts = [
        {"field": each.field, "text": each.text, "rule": each.rule, "found": each.found}
        for each in refused
        if each.field in wanted
    ]
    return {"fields": wanted, "refused": verdicts[:MAX_REFUSED]}


def message(facts: Mapping[str, Any]) -> str:
    """Return facts as a message: JSON without `<` and `>`, so that nothing in it looks like its end."""
    text = json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<facts>\n{text}\n</facts>"


def texts_schema(description: str) -> dict[str, Any]:
    """Return the schema of a list of texts."""
    return {"type": "array", "items": {"type": "string"}, "description": description}


def object_schema(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with just these members, as Bedrock requires, without lengths."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
