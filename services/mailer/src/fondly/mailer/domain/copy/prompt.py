"""What every prompt has: what the model is told, and the JSON schema of its answer.

The system text is the same for every prompt of a task and language, so that it can be cached. Text of the
catalogue and of customers is cleaned, bounded and JSON-encoded, and cannot end the `<facts>` element.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fondly.mailer.domain.locales import FOLDERS
from fondly.mailer.domain.slots import FIRST_NAME
from fondly.mailer.domain.text import clean

if TYPE_CHECKING:
    from hashlib import _Hash

SCHEMA_NAME = "email_copy"
CLOSING = "closing"
MAX_BRAND_CHARS = 60
as_json = json.JSONEncoder(ensure_ascii=False).encode
FRAME_WORDINGS = 3
"""Times as many wordings of a frame as of a product's texts: many more customers share it."""
MAX_FRAME_WORDINGS = 12


class Task(StrEnum):
    """What a prompt asks for."""

    PRODUCT = "product"
    """What an email may say of a product that was picked for a reason."""
    FRAME = "frame"
    """What an email may say to a customer, around the products."""
    OWN = "own"
    """A frame for a customer whose own review says something."""
    JUDGE = "judge"
    """Which texts say something that their facts do not prove."""


MEMBERS: Mapping[Task, str] = {Task.PRODUCT: "products", Task.OWN: "customers", Task.JUDGE: "questions"}
"""What is asked about several at once, by the task's key in facts and answer."""


@dataclass(frozen=True)
class Style:
    """How a shop's emails are written."""

    brand: str
    locale: str
    voice: str = "warm, plain and brief"
    wordings: int = 3
    """How many wordings of each text on a product are asked for."""
    do: tuple[str, ...] = ()
    dont: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    """Sentences of the shop's own, which copy may use."""
    remedy: str = ""
    """What an apology may offer."""
    strict: bool = False
    """Whether copy has none but common words and those of its sources."""

    @property
    def language(self) -> str:
        """The language of the locale."""
        return self.locale.partition("_")[0]

    @property
    def frame_wordings(self) -> int:
        """How many wordings of each field of a frame are asked for."""
        return min(self.wordings * FRAME_WORDINGS, MAX_FRAME_WORDINGS)


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
    shop: str = ""
    """JSON of what it tells of the shop: prompts in which it is equal may be asked together."""
    entry: str = ""
    """JSON of what it tells besides."""
    answer: str = ""
    """The schema of an answer about one entry."""

    def key(self, model_id: str) -> str:
        """Return the digest under which the answer of this model is kept."""
        return sha256(f"{model_id}\n{self.digest}".encode()).hexdigest()

    @cached_property
    def digest(self) -> str:
        """A digest of everything that is asked."""
        digest = _digest_of_system(self.system).copy()
        digest.update(f"\0{self.text}\0{self.schema}".encode())
        return digest.hexdigest()

    @property
    def joins(self) -> bool:
        """Whether it may be asked together with others: requests for repairs are not."""
        return self.task in MEMBERS and bool(self.entry)


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
    examples = FOLDERS.joinpath(language, "examples", f"{task}.md")
    return version, f"{text}\n# Examples\n{examples.read_text('utf-8')}" if examples.is_file() else text


@lru_cache(maxsize=16)
def shop_facts(task: Task, style: Style, wordings: int, fields: tuple[str, ...] = ()) -> str:
    """Return as JSON what all prompts of a writer's task tell: the language, the brand, what is wanted."""
    told = {
        "task": task,
        "language": style.language,
        "brand": {
            "name": clean(style.brand, max_chars=MAX_BRAND_CHARS),
            "voice": style.voice,
            "do": list(style.do),
            "dont": list(style.dont),
            "sentences": list(style.sentences),
        },
        "wordings": wordings,
    }
    return as_json(told | ({"slots": [FIRST_NAME], "fields": fields} if fields else {}))


def message(facts: str) -> str:
    """Return facts in JSON as a message, without `<` and `>`, so that nothing in it looks like its end."""
    text = facts.replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<facts>\n{text}\n</facts>"


def wordings_schema(field: str) -> dict[str, Any]:
    """Return the schema of the wordings of a field, each with its evidence; a closing states nothing."""
    text = {"type": "string"}
    cited = object_schema({"text": text, "evidence": {"type": "array", "items": text}})
    wording = text if field == CLOSING else cited
    return {"type": "array", "items": wording, "description": f"Wordings of the {field}."}


@lru_cache(maxsize=64)
def fields_schema(fields: tuple[str, ...]) -> str:
    """Return the schema of an answer with wordings of these fields."""
    return json.dumps(object_schema({field: wordings_schema(field) for field in fields}))


def object_schema(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with just these members, as Bedrock requires, without lengths."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
