"""Composes the frame of an email: what it says to its customer around the products."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from understudy.engines.copywriter.chooser import Chooser, chance_of
from understudy.engines.copywriter.patterns import load_patterns
from understudy.engines.copywriter.words import FIRST_NAME, customer_words

if TYPE_CHECKING:
    from understudy.engines.copywriter.facts import Facts
    from understudy.engines.copywriter.patterns import Patterns, Pool
    from understudy.engines.copywriter.words import Words

FIELDS = ("greeting", "intro", "closing")
SORRY_FIELDS = ("subject", "preheader")
"""A sorry email does not open with a product, so these belong to its frame."""
MAX_WORDINGS = 12
_SIGNED = 0.4

Wordings = list[str]


def compose_frame(facts: Facts, *, attempt: int = 0) -> dict[str, Wordings]:
    """Return distinct wordings of the fields that are asked for; equal facts and attempts, equal texts."""
    fields = (*SORRY_FIELDS, *FIELDS) if facts.occasion == "sorry" else FIELDS
    writer = _Writer(facts, attempt)
    return {name: list(filter(None, getattr(writer, name)())) for name in fields if facts.wants(name)}


@dataclass
class _Writer:
    """Writes the fields of one frame."""

    facts: Facts
    attempt: int

    @cached_property
    def count(self) -> int:
        """How many wordings each field gets."""
        return min(self.facts.wordings or 1, MAX_WORDINGS)

    @cached_property
    def patterns(self) -> Patterns:
        """The patterns of the language."""
        return load_patterns(self.facts.language)

    @cached_property
    def words(self) -> Words:
        """What may be said of the customer."""
        return customer_words(self.facts)

    @property
    def tone(self) -> str:
        """The occasion if it has subjects and closings of its own, otherwise "any"."""
        return self.facts.occasion if self.facts.occasion == "sorry" else "any"

    def subject(self) -> Wordings:
        """Return sober subjects that offer nothing; half of them, at least, do without a name."""
        return self._texts("subject", "sorry.subject.named", "sorry.subject.any")

    def preheader(self) -> Wordings:
        """Return previews that say how the email came about."""
        return self._texts("preheader", "", "sorry.preheader")

    def greeting(self) -> Wordings:
        """Return salutations; half of them, at least, do without a name."""
        tone = {"sorry": "sorry_", "new": "new_"}.get(self.facts.occasion, "")
        return self._texts("greeting", f"greeting.{tone}named", f"greeting.{tone}nameless")

    def intro(self) -> Wordings:
        """Return openings that say what is known of the customer, and nothing that is not."""
        plain = "intro.sorry_plain" if self.tone == "sorry" else "intro.plain"
        return self._texts("intro", "", f"intro.{self.facts.occasion}", plain)

    def closing(self) -> Wordings:
        """Return ends, some of them signed."""
        chooser = self._chooser("closing")
        signatures = self.patterns.pool("closing.signature")
        return [
            chooser.extended(text, signatures, self.words, "closing", _SIGNED)
            for text in self._texts("closing", "", f"closing.{self.tone}")
        ]

    def _texts(self, field: str, named: str, *pools: str) -> Wordings:
        """Return texts from the first pool with unused patterns; later turns try the `named` ones first."""
        chooser, texts = self._chooser(field), list[str]()
        for turn in range(self.count):
            names = (named, *pools) if self._may_name(turn) else pools
            texts.append(chooser.text(map(self._pool, names), self.words, texts, field))
        return texts

    def _pool(self, name: str) -> Pool:
        """Return the patterns for any number of products, and those for one or for several."""
        number = "one" if self.facts.one_product else "several"
        return self.patterns.pool(name, f"{number}.{name}")

    def _may_name(self, turn: int) -> bool:
        return turn >= self.count - self.count // 2 and FIRST_NAME in self.facts.slots

    def _chooser(self, field: str) -> Chooser:
        return Chooser(chance_of(field, self.attempt, self.facts), self.facts.refused)
