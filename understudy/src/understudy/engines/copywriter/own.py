"""Composes the frame of one customer, from what they wrote of a product of theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from understudy.engines.copywriter.chance import Told, chance_of, drawn, shuffled
from understudy.engines.copywriter.nouns import Nouns, begun, is_plural
from understudy.engines.copywriter.pools import FIRST_NAME, LONGEST_NAME, Pools, fill, places
from understudy.engines.copywriter.products import ProductWriter
from understudy.engines.copywriter.said import read, readable
from understudy.engines.copywriter.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from understudy.engines.copywriter.facts import Customer, Facts
    from understudy.engines.copywriter.said import Said

_MAX_CHARS = {"subject": 60, "preheader": 110, "intro": 300, "line": 200, "closing": 100}
_SHAPES = {"love": "loves", "like": "loves", "happy": "happy"}
_SIGNS = ("plus", "minus", "none")
_AGREES = re.compile(r"\{[abAB]\}(?: of your \{\w+\})? (?:is|was|has|ist|war|hat)\b")
_QUOTED_WORDS, _STEM_CHARS = 4, 5
_THEMED_CLOSINGS = 0.15
"""How many closings are of the first product's theme, if there are such."""


def compose_own(facts: Facts, attempt: int = 0) -> dict[str, Any]:
    """Return the texts for each customer, the same whether they are asked about alone or with others."""
    before = {each.text for each in facts.refused}
    answer = {}
    for customer in facts.customers:
        writer = _Writer(customer, facts, attempt)
        written = {
            "subject": writer.subjects,
            "preheader": writer.preheaders,
            "intro": writer.intros,
            "line": writer.lines,
            "closing": writer.closings,
        }
        answer[str(customer.n)] = {
            field: [each.told(field) for each in islice(_fitting(wordings(), field, before), facts.wordings)]
            for field, wordings in written.items()
            if facts.wants(field)
        }
    return {"customers": answer}


def _fitting(wordings: Iterator[Wording], field: str, before: set[str]) -> Iterator[Wording]:
    found = set(before)
    for each in wordings:
        length = len(each.text.replace(f"{{{FIRST_NAME}}}", LONGEST_NAME))
        if each.text not in found and length <= _MAX_CHARS[field]:
            found.add(each.text)
            yield each


@dataclass
class _Writer:
    """Writes the texts of one customer."""

    customer: Customer
    facts: Facts
    attempt: int

    @cached_property
    def pools(self) -> Pools:
        """The sentences of the language."""
        return Pools.load(self.facts.language)

    @cached_property
    def is_sorry(self) -> bool:
        """Whether the email is an apology."""
        return self.customer.occasion == "sorry"

    @cached_property
    def nouns(self) -> Nouns:
        """What their product and the first are called."""
        return Nouns(self.customer, self.facts.language, self._source)

    @cached_property
    def said(self) -> list[Said]:
        """What they wrote; only the blame counts in an apology."""
        customer = self.customer
        read_ = read(customer.own, self.facts.language, self.nouns.called, customer.occasion)
        said = [replace(each, told=fill(each.told, self.nouns.known)) for each in read_]
        return [each for each in said if each.opinion == "minus"] if self.is_sorry else said

    @cached_property
    def liked(self) -> list[Said]:
        """What they praised of its parts, or what they wrote that can be told."""
        return [each for each in self.said if each.opinion == "plus" and (each.aspect or each.told)]

    @cached_property
    def blamed(self) -> list[Said]:
        """What they blamed of its parts."""
        praised = {each.aspect[:_STEM_CHARS] for each in self.liked}
        blamed = (each for each in self.said if each.opinion == "minus")
        return [each for each in blamed if each.told or each.aspect[:_STEM_CHARS] not in {"", *praised}]

    @cached_property
    def tone(self) -> str:
        """Which sentences fit."""
        if self.is_sorry:
            return "sorry"
        opinions = {each.opinion for each in self.said}
        if self.liked and self.blamed:
            return "mixed"
        if "minus" in opinions and (self.blamed or "plus" not in opinions):
            return "minus"
        return "plus" if self.customer.occasion == "liked" else "owner"

    @property
    def _is_same(self) -> bool:
        own, first = self.nouns.kinds
        return own is not None and own is first

    def subjects(self) -> Iterator[Wording]:
        """Yield subjects that lead from what they wrote of, or else what they have, to the first product."""
        both = [each for each in self._of_both() if each.aspect]
        if self.tone == "mixed" and len(both) > 1:
            yield from self._filled("subject", ["own.subject.mixed"], both)
        tone = "minus" if self.tone == "mixed" else self.tone
        names, first = [f"own.subject.{tone}"], self.nouns.kinds[1]
        if is_open := tone in {"plus", "owner"}:
            names = ["own.subject.same"] if self._is_same else ["own.subject.any", *names]
        part = [each for each in (self.liked if is_open else self.blamed) if each.aspect][:1]
        parted = [f"own.subject.{'same' if self._is_same and tone == 'plus' else tone}_1"]
        if part and chance_of("part", self._source).random() < 0.5:  # noqa: PLR2004 - half of them
            yield from self._filled("subject", parted, part)
        scenes = first.subjects if first and is_open and not self._is_same else ()
        yield from self._filled("subject", names, (), scenes)
        yield from self._filled("subject", ["own.subject.unknown"], ())

    def preheaders(self) -> Iterator[Wording]:
        """Yield previews that say how the email came about."""
        names = [f"own.preheader.{self.tone}"]
        if self.tone in {"plus", "owner"}:
            names = ["own.preheader.same"] if self._is_same else [*names, "own.preheader.any"]
        yield from self._filled("preheader", names, ())
        yield from self._filled("preheader", ["own.preheader.unknown"], ())

    def intros(self) -> Iterator[Wording]:
        """Yield what they wrote in our words, and what follows from it."""
        reason, remedy = self.nouns.known.get("reason", ""), self.customer.remedy if self.is_sorry else ""
        for opening, lead in zip(self._openings(), cycle(self._leads()), strict=False):
            text = " ".join(filter(None, (opening.text, remedy, lead)))
            cited = (each for each in (("remedy", remedy), ("reason", reason)) if each[1] and each[1] in text)
            yield Wording(text, (*opening.evidence, *cited))

    def lines(self) -> Iterator[Wording]:
        """Yield what is proved of the first product, that on what they praised before the rest."""
        if not self.customer.hero:
            return
        hero = self.customer.hero.model_copy(update={"n": 1, "own": self.customer.own})
        writer = ProductWriter(hero, self.facts.model_copy(update={"wordings": 8}), self.attempt)
        proved = shuffled(writer.proved, "line", self._source)
        yield from sorted(proved, key=lambda each: not self._is_about(each.text))
        yield from writer.free

    def closings(self) -> Iterator[Wording]:
        """Yield closings, some of the first product's theme."""
        first = self.nouns.kinds[1]
        names = ["closing.sorry" if self.is_sorry else "closing.any"]
        if first and not self.is_sorry and chance_of("closing", self._source).random() < _THEMED_CLOSINGS:
            names.insert(0, f"closing.theme.{first.theme}")
        for name in names:
            yield from map(Wording, drawn(self.pools.of(name), name, self._source))

    def _is_about(self, text: str) -> bool:
        return any(each.aspect and each.aspect.lower() in text.lower() for each in self.liked)

    def _openings(self) -> Iterator[Wording]:
        tone = self.tone
        told = {sign: [each for each in self.said if each.told and each.opinion == sign] for sign in _SIGNS}
        if tone == "mixed":
            if told["plus"] and told["minus"]:
                yield from self._filled("opening", ["own.told.mixed"], [told["plus"][0], told["minus"][0]])
            both = [each for each in self._of_both() if each.aspect]
            yield from self._filled("opening", ["own.mixed"], both)
            tone = "minus"
        usual = told["minus"] if tone in {"minus", "sorry"} else told["plus"] or told["none"]
        yield from self._filled("opening", [f"own.told.{tone}"], usual[:1])
        yield from self._of_parts()
        yield from self._filled("opening", ["own.openings.sorry" if self.is_sorry else f"own.{tone}"], ())
        yield from self._filled("opening", ["own.owner"], ())

    def _of_parts(self) -> Iterator[Wording]:
        """Yield openings on parts of the product, the customer's word for it, and what they use it for."""
        is_kind = self.tone in {"plus", "owner"}
        parts = [each for each in (self.liked if is_kind else self.blamed) if each.aspect]
        worded = [each for each in self.said if each.word and each.opinion == "plus" and is_kind][:1]
        tone = "plus" if is_kind else "sorry" if self.is_sorry else "minus"
        yield from self._filled("opening", ["own.said_plus"], [each for each in worded if each.aspect])
        yield from self._filled("opening", ["own.plus_2"] if is_kind else [], parts[:2])
        yield from self._filled("opening", [f"own.{tone}_1"], parts[:1])
        for each in worded:
            yield from self._filled("opening", [f"own.{_SHAPES.get(each.word, 'called')}_plus"], [each])
        uses = [each for each in self.said if each.use and is_kind]
        yield from self._filled("opening", ["own.use"], uses[:1])

    def _leads(self) -> Iterator[str]:
        tone = {"sorry": "sorry", "minus": "minus", "mixed": "minus"}.get(self.tone, "hero")
        named = "own.lead.same" if self._is_same and tone == "hero" else f"own.lead.{tone}"
        tables = [named] if self.is_sorry else [named, "own.lead.unknown"]
        known = self.nouns.known
        for table in tables:
            usable = [each for each in self.pools.of(table) if places(each) <= known.keys()]
            yield from (fill(each, known) for each in drawn(usable, "lead", self._source))

    def _of_both(self) -> list[Said]:
        return [*self.liked[:1], *self.blamed[:1]]

    def _filled(
        self, what: str, names: Sequence[str], said: Sequence[Said], more: Sequence[str] = ()
    ) -> Iterator[Wording]:
        """Yield the sentences of names that can be filled, and more, in an order of chance."""
        known = dict(self.nouns.known)
        for place, each in zip(("a", "b"), said, strict=False):
            known |= {place: each.aspect, place.upper(): begun(each.aspect)} if each.aspect else {}
        if said:
            first, last = said[0], said[-1]
            known |= {"word": first.word, "Word": begun(first.word), "use": first.use}
            known |= {"told": first.told, "Told": begun(first.told), "but": last.told}
        written = tuple((each.source, each.quote) for each in said or self.said[:1]) or self._written
        evidence = tuple((source, " ".join(quote.split()[:_QUOTED_WORDS])) for source, quote in written)
        patterns = [*more, *(each for name in names for each in self.pools.of(name))]
        if any(is_plural(each.aspect) for each in said):
            patterns = [each for each in patterns if not _AGREES.search(each)]
        usable = [each for each in patterns if places(each) <= known.keys()]
        for pattern in drawn(usable, what, self._source):
            yield Wording(fill(pattern, known), evidence)

    @cached_property
    def _written(self) -> tuple[tuple[str, str], ...]:
        """What they wrote, or else have, for texts that say no more than that."""
        own = self.customer.own
        sentences = readable(own, self.facts.language)
        return tuple((source, text) for source, text in sentences.items() if text)[:1] or (("own", own.name),)

    @cached_property
    def _source(self) -> Told:
        customer = self.customer
        return Told(self.attempt, len(self.facts.refused), customer.own, customer.occasion, customer.slots)
