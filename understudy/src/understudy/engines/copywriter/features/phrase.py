"""A phrase of a product's text that could be one of its features."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Phrase:
    """The words of a possible feature, and how much speaks for it."""

    text: str
    head: str
    """What the phrase is about: its noun in the singular."""
    words: frozenset[str]
    score: float
    described: bool = True
    """Whether an adjective describes it: "soft padding", not "USB ports"."""

    def at(self, discount: float) -> Phrase:
        """Return the same phrase with less speaking for it, as from a later bullet."""
        return replace(self, score=self.score - discount)
