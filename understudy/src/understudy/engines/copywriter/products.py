"""Composes what may be said of products: a subject and a preheader to lead an email, and a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeVar

from understudy.engines.copywriter.chance import Told, chance_of, shuffled
from understudy.engines.copywriter.clauses import sentences_of
from understudy.engines.copywriter.pools import FIRST_NAME, LONGEST_NAME, Pools, fill
from understudy.engines.copywriter.repertoire import find_kind, proved
from understudy.engines.copywriter.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from understudy.engines.copywriter.facts import Facts, Product
    from understudy.engines.copywriter.repertoire import Kind

MAX_CHARS = {"subject": 60, "preheader": 110, "line": 200}
"""The most characters of each field as it is read, with its slots filled."""
_SHORT_CHARS = 78
"""A line that may be joined with another of the kind."""
_ASSUMED = {FIRST_NAME: LONGEST_NAME, "price": "₹12,345"}
_PRAISED = re.compile(r"praised: ([^(]+[^( ])")
_TIED = frozenset({"goes_with", "bought_together", "better_rated"})
"""Reasons that tie a product to the customer's own."""

_Item = TypeVar("_Item")
Fields = dict[str, list[Any]]


def compose_products(facts: Facts, attempt: int = 0) -> dict[str, dict[str, Fields]]:
    """Return distinct wordings of each product's fields that are asked for.

    A product's texts depend on its own facts, not on its number or on the products beside it.
    """
    return {"products": {str(each.n): _composed(each, facts, attempt) for each in facts.products}}


def _composed(product: Product, facts: Facts, attempt: int) -> Fields:
    writer = ProductWriter(product, facts, attempt)
    written = {"subject": writer.subjects, "preheader": writer.preheaders, "line": writer.lines}
    return {
        field: [each.told(field) for each in writer.chosen(field, wordings())]
        for field, wordings in written.items()
        if facts.wants(field)
    }


@dataclass
class ProductWriter:
    """Writes the fields of one product, the most telling wordings first."""

    product: Product
    facts: Facts
    attempt: int = 0

    @cached_property
    def pools(self) -> Pools:
        """The sentences of the language."""
        return Pools.load(self.facts.language)

    @cached_property
    def kind(self) -> Kind | None:
        """The kind of the product, if the repertoire knows it."""
        return find_kind(self.product.kind, self.product.name or self.product.title, self.facts.language)

    @cached_property
    def source(self) -> Told:
        """What the choice depends on."""
        product, facts = self.product, self.facts
        told = (product.name, product.kind, product.bullets, product.reason.kind, product.own, product.price)
        return Told(self.attempt, len(facts.refused), facts.language, facts.brand.name, *told)

    @cached_property
    def slots(self) -> Mapping[str, str]:
        """What patterns may name: the slot to write, and what it reads as."""
        product, start = self.product, f"{self.product.n}."
        own = product.own.name if product.own else ""
        reads = _ASSUMED | {"name": product.title or product.name, "own": own}
        named = {
            name: f"{{{start}{name}}}"
            for name in ("name", "own", "price")
            if f"{start}{name}" in product.slots
        }
        if FIRST_NAME in self.facts.slots:
            named[FIRST_NAME] = f"{{{FIRST_NAME}}}"
        return {name: slot for name, slot in named.items() if reads[name]}

    def chosen(self, field: str, wordings: Iterator[Wording]) -> Iterator[Wording]:
        """Yield as many wordings as are asked for: short enough, distinct, and never refused before."""
        left, before = self.facts.wordings, {each.text for each in self.facts.refused}
        for each in wordings:
            if left and each.text not in before and len(self._read(each.text)) <= MAX_CHARS[field]:
                before.add(each.text)
                left -= 1
                yield each

    def subjects(self) -> Iterator[Wording]:
        """Yield subjects: a scene of the kind, what is known or the product's name, the customer's name."""
        scenes = self._shuffled(
            "subjects", self.kind.subjects if self.kind else self.pools.of("subjects.any")
        )
        named = [text for each in scenes[1:] if (text := self._after("name", ": ", each))]
        patterns = [*self._patterns(scenes), *named] if self.kind else self._patterns(scenes)
        addressed = [text for each in scenes[::-1] if (text := self._after(FIRST_NAME, ", ", each))]
        for texts in zip_longest(scenes, patterns, addressed):
            yield from map(Wording, filter(None, texts))

    def preheaders(self) -> Iterator[Wording]:
        """Yield previews: what the kind is for, and what is proved of this product."""
        scenes = self._shuffled(
            "preheaders", self.kind.preheaders if self.kind else self.pools.of("preheaders.any")
        )
        proved = self.proved[::-1]
        yield from map(Wording, scenes[:1])
        yield from proved[:1]
        yield from map(Wording, scenes[1:])
        yield from proved[1:]

    def lines(self) -> Iterator[Wording]:
        """Yield lines: what a bullet proves, then tied to what is owned, then of the kind."""
        proved, tie = self._joined(), self._tie()
        others = proved[1:]
        yield from proved[:1]
        if tie:
            yield tie.joined((others or self.free)[0])
        rest, praise = others[1:] if tie else others, self._praise()
        if praise:
            yield (rest or self.free)[0].joined(praise)
            rest = rest[1:]
        yield from rest
        yield from self.free
        yield from others

    @cached_property
    def proved(self) -> list[Wording]:
        """What the bullets and the name prove, with what they say themselves if that is little."""
        told = proved(self.kind, tuple(self.product.sources.items())) if self.kind else {}
        lines = self._shuffled("lines", self.kind.lines if self.kind and told else ())
        distinct = _of_different_words([told[line] for line in lines if line in told])
        return distinct or self._shuffled(
            "clauses", list(sentences_of(self.product.bullets, self.facts.language))
        )

    @cached_property
    def free(self) -> list[Wording]:
        """What needs no proof: of the kind, or else of anything."""
        lines = [Wording(each.text) for each in self.kind.lines if each.is_free] if self.kind else []
        return self._shuffled("free", lines or [Wording(each) for each in self.pools.of("lines.any")])

    def _joined(self) -> list[Wording]:
        """Return what is proved, in half of the cases with short lines in pairs."""
        short = [each for each in self.proved if len(each.text) <= _SHORT_CHARS][:4]
        if chance_of("joined", self.source).random() < 0.5:  # noqa: PLR2004 - half of them
            return self.proved
        pairs = [first.joined(second) for first, second in zip(short[::2], short[1::2], strict=False)]
        return [*pairs, *(each for each in self.proved if each not in short[: 2 * len(pairs)])]

    def _tie(self) -> Wording | None:
        """Return a sentence that ties the product to what is owned, if the reason does."""
        product, reason = self.product, self.product.reason.kind
        if "own" not in self.slots or reason not in _TIED:
            return None
        pool = self.pools.of(f"ties.{reason}") or self.pools.of("ties.goes_with")
        ties = self._shuffled("ties", [self._filled(each) for each in pool])
        says = product.reason.says or (product.own.name if product.own else "")
        return Wording(ties[0], (("reason", says),))

    def _praise(self) -> Wording | None:
        """Return a sentence on what reviewers praise, if that is told."""
        praised = ((source, _PRAISED.match(told)) for source, told in self.product.aspects.items())
        found = [(source, each) for source, each in praised if each]
        if not found:
            return None
        source, aspect = found[0]
        sentences = self._shuffled(
            "praise", [fill(each, {"aspect": aspect[1]}) for each in self.pools.of("lines.praise")]
        )
        return Wording(sentences[0], ((source, aspect[0]),))

    def _patterns(self, scenes: Sequence[str]) -> list[str]:
        """Return subjects of what is owned, of a reduced price, or with a name where the kind is unknown."""
        reason, reduced = self.product.reason.kind, self.product.price == "reduced"
        names = [reason] if reason in _TIED else []
        names += ["reduced"] if reduced else []
        names += [] if self.kind else ["named", "priced"]
        texts = [self._filled(each) for name in names for each in self.pools.of(f"subjects.{name}")]
        things = [each for each in scenes if each.partition(" ")[0] in self.pools.words("things")]
        if reduced and self.kind:
            texts += [
                self._filled(self.pools.of("subjects.thing")[0].replace("{thing}", each)) for each in things
            ]
        return self._shuffled("patterns", [each for each in texts if each])

    def _after(self, slot: str, mark: str, scene: str) -> str:
        """Return a scene after a slot; empty if its first word may have to keep its capital."""
        first, _, rest = scene.partition(" ")
        known = slot in self.slots and first in self.pools.words("lowered")
        return f"{self.slots[slot]}{mark}{first.lower()} {rest}" if known else ""

    def _filled(self, pattern: str) -> str:
        """Return a pattern with its slots; a name with quotation marks gets none around it."""
        own = self.slots.get("own", "")
        text = fill(pattern, self.slots)
        quoted = self.product.own is not None and "„" in self.product.own.name
        return text.replace(f"„{own}“", own) if quoted else text

    def _read(self, text: str) -> str:
        reads = _ASSUMED | {
            "name": self.product.title or self.product.name,
            "own": self.product.own.name if self.product.own else "",
        }
        for name, slot in self.slots.items():
            text = text.replace(slot, reads[name])
        return text

    def _shuffled(self, what: str, items: Sequence[_Item]) -> list[_Item]:
        return shuffled(items, what, self.source)


def _of_different_words(wordings: Sequence[Wording]) -> list[Wording]:
    """Return those whose proof none before has: the same words say the same thing."""
    found: dict[tuple[tuple[str, str], ...], Wording] = {}
    for each in wordings:
        found.setdefault(each.evidence, each)
    return list(found.values())
