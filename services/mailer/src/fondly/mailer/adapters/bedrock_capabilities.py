"""What Bedrock's models take, read from `bedrock_models.toml`."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from pydantic import ConfigDict, TypeAdapter

FILE = "bedrock_models.toml"
DENSE = 2
"""No text of ours has more than so many times the tokens that its length suggests."""
NAME = re.compile(r"(?:(?:us-gov|us|eu|apac|au|ca|jp|global)\.)?(.+?)(?:-\d{8})?(?:-v\d+(?::\d+)?)?")
"""A model's name within its id, which may have a region, a date and a version."""


class StructuredOutput(StrEnum):
    """How an answer comes to be the JSON that was asked for."""

    NATIVE = "native"
    TOOL = "tool"
    INSTRUCTION = "instruction"


class Thinking(StrEnum):
    """What is sent about thinking."""

    NONE = "none"
    """Nothing: it thinks only when asked to."""
    OFF = "off"
    LOW = "low"
    ALWAYS = "always"
    """Nothing, though it thinks, or may think."""


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What one model takes; the defaults are for a model of which nothing is known."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    temperature: bool = False
    structured_output: StructuredOutput = StructuredOutput.INSTRUCTION
    thinking: Thinking = Thinking.ALWAYS
    cache_from_tokens: int | None = None
    burn_down: int = 10
    max_output_tokens: int = 64_000
    chars_per_token: float = 2.5

    def caches(self, text: str) -> bool:
        """Return whether a prefix of this text may be long enough for the model to cache it.

        A cache point after a shorter one has no effect, so none is sent.
        """
        return self.cache_from_tokens is not None and self.most_tokens(len(text)) >= self.cache_from_tokens

    def most_tokens(self, chars: int) -> int:
        """Return the most tokens that a text of ours with so many characters may have."""
        return -int(-chars * DENSE // self.chars_per_token)


@dataclass(frozen=True, kw_only=True)
class Listed(Capabilities):
    """A row of the table: also what tests compare, and where and when it was read."""

    context_tokens: int
    refuses_with: str
    page: str
    date: dt.date


UNKNOWN = Capabilities()


def capabilities_of(model_id: str) -> Capabilities:
    """Return what a model takes, by its id or by the id or ARN of an inference profile that names it."""
    name = NAME.fullmatch(model_id.rpartition("/")[2])
    return listed_models().get(name[1], UNKNOWN) if name else UNKNOWN


@lru_cache(maxsize=1)
def listed_models() -> Mapping[str, Listed]:
    """Return every row by the model's name."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Listed]).validate_python(tomllib.loads(text))
