"""Composes the frame of one customer, from what they wrote of a product of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from understudy.engines.copywriter.chance import shuffled
from understudy.engines.copywriter.pools import FIRST_NAME, LONGEST_NAME, Pools, fill
from understudy.engines.copywriter.products import ProductWriter
from understudy.engines.copywriter.repertoire import find_kind, words_of
from understudy.engines.copywriter.said import read, readable
from understudy.engines.copywriter.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.engines.copywriter.facts import Customer, Facts
    from understudy.engines.copywriter.said import Said

_COUNTS = {"subject": 2, "preheader": 1, "intro": 2, "line": 1, "closing": 1}
_MAX_CHARS = {"subject": 60, "preheader": 110, "intro": 300, "line": 200, "closing": 100}


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
            field: [each.told() for each in _fitting(wordings(), field, before)]
            for field, wordings in written.items()
            if facts.wants(field)
        }
    return {"customers": answer}


def _fitting(wordings: Iterator[Wording], field: str, before: set[str]) -> list[Wording]:
    fitting = {
        each.text: each
        for each in wordings
        if each.text not in before
        and len(each.text.replace(f"{{{FIRST_NAME}}}", LONGEST_NAME)) <= _MAX_CHARS[field]
    }
    return list(fitting.values())[: _COUNTS[field]]


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
    def said(self) -> list[Said]:
        """What they wrote; only the blame counts in an apology."""
        said = read(self.customer.own, self.facts.language)
        return [each for each in said if each.opinion == "minus"] if self.is_sorry else said

    @cached_property
    def known(self) -> dict[str, str]:
        """What sentences may name of what they have."""
        own = self.customer.own
        kind = find_kind(own.kind, own.name, self.facts.language)
        noun = own.kind if own.kind and self.facts.language != "de" else kind.called if kind else own.kind
        many = kind.plural if kind else noun.endswith("s") and not noun.endswith("ss")
        words = {"is": "are", "does": "do", "has": "have", "it": "them", "they": "they"} if many else {
            "is": "is", "does": "does", "has": "has", "it": "it", "they": "it"
        }  # fmt: skip
        gender = kind.gender if kind else ""
        forms = {"m": ("Ihr", "Ihrem"), "n": ("Ihr", "Ihrem"), "f": ("Ihre", "Ihrer")}.get(gender)
        words |= dict(zip(("Ihr", "Ihrem"), forms, strict=True)) if forms else {}
        words |= {FIRST_NAME: f"{{{FIRST_NAME}}}"} if FIRST_NAME in self.customer.slots else {}
        return words | ({"kind": noun} if noun else {})

    @cached_property
    def liked(self) -> list[Said]:
        """What they praised of its parts."""
        return [each for each in self.said if each.opinion == "plus" and each.aspect]

    @cached_property
    def blamed(self) -> list[Said]:
        """What they blamed of its parts."""
        praised = {each.aspect for each in self.liked}
        return [each for each in self.said if each.opinion == "minus" and each.aspect not in {"", *praised}]

    @cached_property
    def tone(self) -> str:
        """Which sentences fit."""
        if self.is_sorry:
            return "sorry"
        if self.liked and self.blamed:
            return "mixed"
        return "minus" if self.said and all(each.opinion == "minus" for each in self.said) else "plus"

    def subjects(self) -> Iterator[Wording]:
        """Yield subjects about what they wrote of, or else what they have."""
        parts = (self.liked or self.blamed)[:1] if self.tone == "plus" else self._of_both()
        if parts and self.tone in {"plus", "mixed"}:
            yield from self._filled(f"own.subject.{self._with_part('plus')}", parts)
        yield from self._filled(f"own.subject.{'plus' if self.tone == 'mixed' else self.tone}", ())

    def preheaders(self) -> Iterator[Wording]:
        """Yield previews that say how the email came about."""
        yield from self._filled(f"own.preheader.{self.tone}", ())
        yield from self._filled("own.preheader.plus", ())

    def intros(self) -> Iterator[Wording]:
        """Yield what they wrote in our words, and what follows from it."""
        following = shuffled(self._following(), "next", *self._source)
        for place, opening in enumerate(self._openings()):
            rest = following[place % len(following)] if following else ""
            remedy = self.customer.remedy if self.is_sorry else ""
            cited = (("remedy", remedy),) if remedy else ()
            text = " ".join(filter(None, (opening.text, remedy, rest)))
            yield Wording(text, (*opening.evidence, *cited))

    def lines(self) -> Iterator[Wording]:
        """Yield the first product's line, tied to what they have where the reason is about that."""
        if not self.customer.hero:
            return
        hero = self.customer.hero.model_copy(update={"n": 1, "own": self.customer.own})
        writer = ProductWriter(hero, self.facts.model_copy(update={"wordings": 8}), self.attempt)
        proved = sorted(writer.proved, key=lambda each: not self._is_about(each.text))
        if self.tone == "plus" and self._is_about_own(hero.reason.says):
            for tie in self._ties():
                yield from (tie.joined(each) for each in proved[:2])
        yield from proved
        yield from writer.free

    def closings(self) -> Iterator[Wording]:
        """Yield last sentences, which state nothing."""
        name = "closing.sorry" if self.is_sorry else "closing.any"
        texts = [text for each in self.pools.of(name) if (text := fill(each, self.known))]
        yield from map(Wording, shuffled(texts, name, *self._source))

    def _ties(self) -> Iterator[Wording]:
        if self.liked:
            yield from self._filled("own.line_plus_1", self.liked[:1])
        yield from self._filled("own.line_plus", ())

    def _is_about(self, text: str) -> bool:
        return any(each.aspect.lower() in text.lower() for each in self.liked)

    def _is_about_own(self, reason: str) -> bool:
        own = self.customer.own
        return not set(words_of(reason)).isdisjoint(words_of(own.name)) or own.kind.lower() in reason.lower()

    def _openings(self) -> Iterator[Wording]:
        table = "own.sorry" if self.is_sorry else f"own.{self.tone}"
        if self.tone == "mixed":
            yield from self._filled(table, self._of_both())
            return
        parts = self.liked if self.tone == "plus" else self.blamed
        worded = (
            [each for each in self.said if each.word and each.opinion == "plus"]
            if self.tone == "plus"
            else []
        )
        for each in worded[:1]:
            shape = "said_plus" if each.aspect else "does_plus" if " " in each.word else "called_plus"
            yield from list(self._filled(f"own.{shape}", [each]))[:1]
        if len(parts) > 1 and self.tone == "plus":
            yield from list(self._filled("own.plus_2", parts[:2]))[:1]
        if parts:
            yield from self._filled(f"{table}_1", parts[:1])
        yield from self._filled(table, ())

    def _following(self) -> list[str]:
        if self.is_sorry:
            return list(self.pools.of("own.sorry_next"))
        hero, own = self.customer.hero, self.customer.own.kind.lower()
        others = {each.lower() for each in (*self.customer.others, hero.kind if hero else "")}
        more = (
            []
            if not own or own in others
            else [fill(each, self.known) for each in self.pools.of("own.next_other")]
        )
        return [*self.pools.of("own.next"), *filter(None, more)]

    def _of_both(self) -> list[Said]:
        return [*self.liked[:1], *self.blamed[:1]]

    def _with_part(self, name: str) -> str:
        return "mixed" if self.tone == "mixed" else f"{name}_1"

    def _filled(self, name: str, said: list[Said] | tuple[()]) -> Iterator[Wording]:
        """Yield the sentences of a name that can be filled, in an order of chance; none without evidence."""
        known = dict(self.known)
        for place, each in zip(("a", "b"), said, strict=False):
            known |= {place: each.aspect, place.upper(): each.aspect[:1].upper() + each.aspect[1:]}
        if said:
            known |= {"word": said[0].word, "Word": said[0].word.capitalize()}
        evidence = tuple((each.source, each.quote) for each in said or self.said[:1]) or self._written
        if not evidence:
            return
        texts = (fill(each, known) for each in self.pools.of(name))
        yield from (
            Wording(each, evidence)
            for each in shuffled([each for each in texts if each], name, *self._source)
        )

    @cached_property
    def _written(self) -> tuple[tuple[str, str], ...]:
        """What they wrote, for texts that say no more than that they wrote."""
        sentences = readable(self.customer.own, self.facts.language)
        return tuple((source, text) for source, text in sentences.items() if text)[:1]

    @property
    def _source(self) -> tuple[object, ...]:
        customer = self.customer
        return (self.attempt, len(self.facts.refused), customer.own, customer.occasion, customer.slots)
