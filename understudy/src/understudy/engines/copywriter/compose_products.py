"""Composes what may be said of products: a subject and a preheader to lead an email, and a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from understudy.engines.copywriter.chooser import Chooser, chance_of
from understudy.engines.copywriter.facts import Refused
from understudy.engines.copywriter.patterns import load_patterns
from understudy.engines.copywriter.words import (
    FIRST_NAME,
    Material,
    customer_words,
    moments,
    product_words,
    rotated,
    told_features,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from understudy.engines.copywriter.facts import Facts, Pick
    from understudy.engines.copywriter.patterns import Patterns, Pool
    from understudy.engines.copywriter.words import Words

FIELDS = ("subject", "preheader", "line")
MAX_WORDINGS = 8
_PREHEADERS_FEATURES = 2
"""Features that a subject leaves to its preheader, if there are as many."""
_WITH_TAIL = 0.35
_SUBJECT_SHAPES = ("reason", "figures", "features", "moments", "plain")
_PREHEADER_SHAPES = ("reason", "features", "praised", "moments", "feature")
_LINE_SHAPES = ("own", "features", "praised", "features")
_OWN_SLOT = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"\{\d+\.")

Wordings = list[str]


def compose_products(facts: Facts, *, attempt: int = 0) -> dict[str, dict[str, dict[str, Wordings]]]:
    """Return distinct wordings of each product's fields that are asked for.

    A product's texts depend on its own facts, not on its number or on the products beside it.
    """
    return {"products": {str(pick.n): _composed(pick, facts, attempt) for pick in facts.picks}}


def _composed(pick: Pick, facts: Facts, attempt: int) -> dict[str, Wordings]:
    writer = _Writer(pick, facts, _source(pick, facts, attempt))
    fields = {name: getattr(writer, name)() for name in FIELDS if facts.wants(name)}
    return {name: [_numbered(text, pick.n) for text in texts if text] for name, texts in fields.items()}


def _source(pick: Pick, facts: Facts, attempt: int) -> Sequence[object]:
    """Return everything that the texts of a product depend on."""
    product = (pick.kind, pick.reason, pick.own, pick.features, pick.praised, pick.attributes)
    shop = (facts.language, facts.wordings, facts.brand, facts.voice, facts.slots)
    return (attempt, *product, *shop, [(each.text, each.found) for each in _unnumbered(facts.refused)])


def _unnumbered(refused: Sequence[Refused]) -> list[Refused]:
    """Return what was refused without the number that the product had."""
    return [Refused(text=_NUMBER.sub("{", each.text), found=_NUMBER.sub("{", each.found)) for each in refused]


def _numbered(text: str, number: int) -> str:
    return _OWN_SLOT.sub(lambda slot: f"{{{number}.{slot[1]}}}", text)


@dataclass
class _Writer:
    """Writes the fields of one product, with slots that have no number yet."""

    pick: Pick
    facts: Facts
    source: Sequence[object]

    @cached_property
    def count(self) -> int:
        """How many wordings each field gets."""
        return min(self.facts.wordings or 1, MAX_WORDINGS)

    @cached_property
    def patterns(self) -> Patterns:
        """The patterns of the language."""
        return load_patterns(self.facts.language)

    @cached_property
    def customer(self) -> Words:
        """What may be said of the customer: the name."""
        return customer_words(self.facts)

    @cached_property
    def uses(self) -> Sequence[str]:
        """The moments of the product's kind, from a chance one on."""
        uses = moments(self.pick.kind, self.facts.language)
        return rotated(uses, chance_of(*self.source).randrange(len(uses)))

    @cached_property
    def shared(self) -> Mapping[str, Material]:
        """What the subject speaks of, and what it leaves to the preheader."""
        features, half = told_features(self.pick), (len(self.uses) + 1) // 2
        first = max(0, len(features) - _PREHEADERS_FEATURES)
        return {
            "subject": Material(features[:first], self.uses[:half]),
            "preheader": Material(features[first:], self.uses[half:]),
        }

    def subject(self) -> Wordings:
        """Return subjects of different shapes; half of them, at least, do without the customer's name."""
        return self._headlines("subject", _SUBJECT_SHAPES, self._named)

    def preheader(self) -> Wordings:
        """Return previews that say what no subject says."""
        return self._headlines("preheader", _PREHEADER_SHAPES, lambda _: ())

    def line(self) -> Wordings:
        """Return lines: its features, its praise, how it goes with what is owned."""
        chooser, texts = self._chooser("line"), list[str]()
        material = Material(told_features(self.pick), self.uses)
        first = chooser.chance.randrange(len(_LINE_SHAPES))
        tails = self.patterns.pool("lines.praise", "lines.more")
        for turn in range(self.count):
            words = self._words(material, turn)
            shape = _LINE_SHAPES[(first + turn) % len(_LINE_SHAPES)]
            text = chooser.text(self._line_pools(shape), words, texts, "line")
            text = text or chooser.text((self.patterns.pool("lines.plain"),), words, texts, "line")
            texts.append(chooser.extended(text, tails, words, "line", _WITH_TAIL))
        return texts

    def _headlines(self, field: str, shapes: Sequence[str], named: Callable[[int], Pool]) -> Wordings:
        """Return texts of as many shapes as the facts allow, in turn from a chance one on."""
        chooser, texts = self._chooser(field), list[str]()
        pools = [self.patterns.pool(self._pool_name(field, shape)) for shape in shapes]
        names = self._words(self.shared[field], 0).names
        known = [pool for pool in pools if any(each.needs <= names for each in pool)]
        first = chooser.chance.randrange(len(pools))
        for turn in range(self.count):
            in_turn, words = (
                (named(turn), *rotated(known, first + turn)),
                self._words(self.shared[field], turn),
            )
            other = _beginning_otherwise(in_turn, texts) if turn == self.count - 1 else ()
            texts.append(
                chooser.text(other, words, texts, field) or chooser.text(in_turn, words, texts, field)
            )
        return texts

    def _words(self, material: Material, turn: int) -> Words:
        return product_words(self.pick, material, turn=turn, customer=self.customer)

    def _pool_name(self, field: str, shape: str) -> str:
        return f"{field}.reasons.{self.pick.reason}" if shape == "reason" else f"{field}.{shape}"

    def _named(self, turn: int) -> Pool:
        may_name = turn >= self.count - self.count // 2 and FIRST_NAME in self.facts.slots
        return self.patterns.pool("subject.named") if may_name else ()

    def _line_pools(self, shape: str) -> Iterator[Pool]:
        """Yield where to look for a line that states a fact: first in the patterns of the shape."""
        features, reason = self.patterns.pool("lines.features"), f"lines.{self.pick.reason}"
        own = self.patterns.pool(f"{reason}.features")
        yield {"own": own, "praised": self.patterns.pool("lines.praised")}.get(shape, features)
        yield features
        yield self.patterns.pool("lines.feature", "lines.praised")
        yield self.patterns.pool(f"{reason}.plain", "lines.plain_praised")

    def _chooser(self, field: str) -> Chooser:
        return Chooser(chance_of(field, *self.source), _unnumbered(self.facts.refused))


def _beginning_otherwise(pools: Iterable[Pool], texts: Sequence[str]) -> list[Pool]:
    """Return the patterns that begin with another word than all of the texts, if these begin with one."""
    begun = {_first_word(text) for text in texts}
    if len(begun) != 1:
        return []
    return [tuple(each for each in pool if _first_word(each.text) not in begun) for pool in pools]


def _first_word(text: str) -> str:
    return re.split(r"[ ,:]", text)[0]
