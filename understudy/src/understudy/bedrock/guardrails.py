"""Guardrails that block words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.bedrock.errors import invalid, unknown_guardrail

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


BLOCKED_MESSAGE = "Sorry, the model cannot answer this question."
"""AWS's default for both the blocked input and the blocked answer."""

DEFAULT_GUARDRAILS: dict[str, tuple[str, ...]] = {"understudy": ("forbiddenword",)}
"""A guardrail for tests, with the word that it blocks."""


@dataclass(frozen=True, slots=True)
class Guardrail:
    """Blocks every text that has one of its `words`, in any case."""

    id: str
    words: Sequence[str]

    def blocks(self, texts: Iterable[str]) -> bool:
        """Return whether the texts have one of the words."""
        text = "\n".join(texts)
        words = (rf"(?<!\w){re.escape(word)}(?!\w)" for word in self.words)
        return any(re.search(word, text, re.IGNORECASE) for word in words)


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
