"""Composes the frame of an email: what it says to its customer around the products."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from understudy.engines.copywriter.chance import shuffled
from understudy.engines.copywriter.pools import Pools, fill
from understudy.engines.copywriter.repertoire import find_kind
from understudy.engines.copywriter.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.engines.copywriter.facts import Facts

_PLAIN_WORDS = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)?")
"""A theme that can be said; a shelf's label of several parts is not."""
_PRODUCTS = ("liked.product", "disliked.product", "praised.product", "blamed.product", "customer.first_name")


def compose_frame(facts: Facts, attempt: int = 0) -> dict[str, list[Any]]:
    """Return distinct wordings of the fields that are asked for; equal facts and attempts, equal texts."""
    writer, before = _Writer(facts, attempt), {each.text for each in facts.refused}
    is_sorry = facts.occasion == "sorry"
    texts = {"intro": writer.intros(), "closing": writer.closings()}
    if is_sorry:
        texts |= {
            "subject": writer.filled("frame.sorry.subjects"),
            "preheader": writer.filled("frame.sorry.preheaders"),
        }
    return {
        field: [writer.cited(each).told(field) for each in dict.fromkeys(found) if each not in before][
            : facts.wordings
        ]
        for field, found in texts.items()
        if facts.wants(field)
    }


@dataclass
class _Writer:
    """Writes the fields of one frame."""

    facts: Facts
    attempt: int

    @cached_property
    def pools(self) -> Pools:
        """The sentences of the language."""
        return Pools.load(self.facts.language)

    @cached_property
    def known(self) -> dict[str, str]:
        """What sentences may name."""
        facts = self.facts
        told = {"praised.aspect": facts.praised, "blamed.aspect": facts.blamed}
        known = {name: f"{{{name}}}" for name, text in told.items() if text and name in facts.slots}
        known |= {name: f"{{{name}}}" for name in _PRODUCTS if name in facts.slots}
        is_said = _PLAIN_WORDS.fullmatch(facts.theme) and facts.theme.lower() not in self.pools.words(
            "no_theme"
        )
        return known | ({"theme": facts.theme} if is_said else {})

    def cited(self, text: str) -> Wording:
        """Return a text with what it rests on: only a remedy is a fact of its own."""
        remedy = self.facts.remedy
        return Wording(text, (("remedy", remedy),) if remedy and remedy in text else ())

    def intros(self) -> list[str]:
        """Return openings that say what is known of the customer, each with what follows from it."""
        table = f"frame.{self.facts.occasion}"
        if not self.pools.of(f"{table}.several"):
            table = "frame.new"
        openings = self.filled(f"{table}.openings") or self.filled(f"{table}.anyhow")
        following = self.filled(f"{table}.{'one' if self.facts.one_product else 'several'}")
        if not self.facts.one_product and (themed := self.filled(f"{table}.themed")):
            following = [text for pair in zip(themed, following, strict=False) for text in pair]
        if self.facts.remedy:
            following = [f"{self.facts.remedy} {each}" for each in following]
        count = max(len(openings), len(following))
        return [f"{_at(openings, place)} {_at(following, place)}" for place in range(count)]

    def closings(self) -> list[str]:
        """Return closings, the first of the products' theme if there are such."""
        if self.facts.occasion == "sorry":
            return self.filled("closing.sorry")
        theme = self.facts.theme.lower()
        kind = find_kind(theme, "", self.facts.language)
        themed = self.filled(f"closing.theme.{theme}") or (
            self.filled(f"closing.theme.{kind.theme}") if kind else []
        )
        return [*themed[:1], *self.filled("closing.any")]

    def filled(self, name: str) -> list[str]:
        """Return the sentences of a name whose facts are known, in an order of chance."""
        texts = [text for each in self.pools.of(name) if (text := fill(each, self.known))]
        facts = self.facts.model_dump(exclude={"refused", "fields", "wordings"})
        return shuffled(texts, name, self.attempt, facts)


def _at(texts: Sequence[str], place: int) -> str:
    return texts[place % len(texts)]
