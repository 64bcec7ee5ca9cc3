"""Guardrails that block words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.bedrock.errors import invalid, unknown_guardrail

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from understudy.wire.service import Params

BLOCKED_MESSAGE = "Sorry, the model cannot answer this question."
"""AWS's default for both the blocked input and the blocked answer."""

DEFAULT_GUARDRAILS: dict[str, tuple[str, ...]] = {"understudy": ("forbiddenword",)}
"""A guardrail for tests, with the word that it blocks."""


@dataclass(frozen=True, slots=True)
class Guardrail:
    """Blocks every text that has one of its `words`, in any case."""

    id: str
    words: Sequence[str]

    def found(self, texts: Iterable[str]) -> list[str]:
        """Return the blocked words that the texts have."""
        text = "\n".join(texts)
        return [
            word for word in self.words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
        ]

    def assessment(self, found: Sequence[str]) -> Params:
        """Return what a trace says of the words that were found."""
        custom = [{"match": word, "action": "BLOCKED", "detected": True} for word in found]
        return {"wordPolicy": {"customWords": custom, "managedWordLists": []}}


def find_guardrail(
    guardrails: Mapping[str, Sequence[str]], identifier: str | None, version: str | None
) -> Guardrail | None:
    """Return the guardrail with an id or ARN, None if neither it nor a version is named.

    Every version of a guardrail is the same. Raises `ServiceError` for one that does not exist, and for an id
    without a version or the reverse.
    """
    if not identifier and not version:
        return None
    if not identifier or not version:
        raise invalid("The guardrail identifier and the guardrail version must be given together.")
    name = identifier.rpartition("/")[2]
    if name not in guardrails:
        raise unknown_guardrail()
    return Guardrail(name, guardrails[name])
