"""What Bedrock's models take, read from `bedrock_models.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from pydantic import ConfigDict, TypeAdapter

FILE = "bedrock_models.toml"
MIN_CHARS_PER_TOKEN = 2
"""Text of ours has more; so shorter text is too short to be cached for certain."""
REGION = re.compile(r"^(us-gov|us|eu|apac|au|ca|jp|global)\.")


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What one model takes; the defaults are for a model of which nothing is known."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    structured_output: bool = False
    cache_from_tokens: int | None = None
    temperature: bool = False

    def caches(self, text: str) -> bool:
        """Return whether a prefix of this text may be long enough for the model to cache it.

        A cache point after a shorter one has no effect, so none is sent.
        """
        return (
            self.cache_from_tokens is not None and len(text) >= self.cache_from_tokens * MIN_CHARS_PER_TOKEN
        )


UNKNOWN = Capabilities()


def capabilities_of(model_id: str) -> Capabilities:
    """Return what a model takes, by its id or by the id or ARN of an inference profile that names it."""
    name = REGION.sub("", model_id.rpartition("/")[2])
    known = [start for start in _table() if name.startswith(start)]
    return _table()[max(known, key=len)] if known else UNKNOWN


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Capabilities]:
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Capabilities]).validate_python(tomllib.loads(text))
