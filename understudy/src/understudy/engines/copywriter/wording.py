"""A wording as the copywriter answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Wording:
    """A text with slots, and what it rests on: ids of sources with words of them."""

    text: str
    evidence: tuple[tuple[str, str], ...] = ()

    def joined(self, other: Wording) -> Wording:
        """Return this text followed by another."""
        return Wording(f"{self.text} {other.text}", (*self.evidence, *other.evidence))

    def told(self, field: str) -> dict[str, Any] | str:
        """Return it as a member of an answer; a closing cites nothing."""
        if field == "closing":
            return self.text
        return {"text": self.text, "evidence": [f"{source}: {said}" for source, said in self.evidence]}
