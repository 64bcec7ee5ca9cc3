"""What the sources of a question prove."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise, takewhile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.engines.judge.lexicon import Lexicon

_WORD = re.compile(r"[^\W\d_]+\d{0,2}(?:['’-][^\W\d_]+)*")  # noqa: RUF001 - the typographic apostrophe
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_CLAUSE = re.compile(r"[.!?;:|,()\[\]{}•\n]+|\s[-–—]\s|\b(?:but|aber)\b")  # noqa: RUF001 - dashes of the catalogue
_PROPERTY = re.compile(r"^(?:non|anti)-|-(?:free|proof|resistant|safe|friendly|tested|grade|winning)$")
_SAID, _OF_OTHERS = re.compile(r"s\d+"), re.compile(r"[ar]\d+")
"""The ids of what the customer wrote, and of what is known of other customers."""
_MIN_PART_CHARS = 4
_LINKS = ("", "s", "n", "en", "e")


@dataclass(frozen=True)
class Evidence:
    """The facts of one question, and the words that they prove."""

    facts: Mapping[str, Any]
    lexicon: Lexicon
    brand: str = ""

    @cached_property
    def sources(self) -> dict[str, str]:
        """What may be cited, by id."""
        told = self.facts.get("sources")
        found = {**self.facts, **(told if isinstance(told, dict) else {})}
        flat = {
            **found,
            **{
                key: each
                for group in found.values()
                if isinstance(group, dict)
                for key, each in group.items()
            },
        }
        return {str(key): each for key, each in flat.items() if isinstance(each, str)}

    @cached_property
    def known(self) -> frozenset[str]:
        """What claims may rest on: the reason, the occasion, the customer's words, reviewers' praise."""
        sources, occasion = self.sources, str(self.facts.get("occasion", ""))
        known = {*_texts(self.facts.get("reason")), *_texts(self.facts.get("reason_kind"))}
        known |= {f"{{{slot.partition('.')[2] or slot}}}" for slot in self._slots}
        if occasion in {"liked", "owner", "sorry"} or "own" in sources:
            known |= {"owning", "telling"}
        if self._written:
            known |= {"telling", "owning", "liking", "disliking"}
        if any(map(_OF_OTHERS.fullmatch, sources)):
            known |= {"{praised}"}
        known |= {"liking"} if occasion == "liked" else {"disliking"} if occasion == "sorry" else set()
        return frozenset(known | ({"reduced_amount"} if self.facts.get("reduced") else set()))

    @property
    def _slots(self) -> list[str]:
        slots = self.facts.get("slots")
        return [str(each) for each in slots] if isinstance(slots, (list, dict)) else []

    @cached_property
    def text(self) -> str:
        """Everything that may be cited, in lower case."""
        return " | ".join(self.sources.values()).lower()

    @cached_property
    def figures(self) -> frozenset[str]:
        """The figures of the sources."""
        words = (self.lexicon.figures.get(each, "") for each in _words(self.text))
        return frozenset((*map(_without_thousands, _FIGURE.findall(self.text)), *words))

    def counts(self, token: str) -> bool:
        """Whether a figure, or a number in words, is there."""
        figure = self.lexicon.figures.get(token, _without_thousands(token))
        return figure in self.figures or token in self.words

    @cached_property
    def clauses(self) -> list[list[str]]:
        """The words of every clause, up to a denial in it."""
        clauses = ([*_words(each)] for each in _CLAUSE.split(f"{self.text}|{self.brand.lower()}"))
        denies = self.lexicon.words("negations").__contains__
        kept = [[*takewhile(lambda word: not denies(word), each)] for each in clauses]
        return [*kept, *([*_words(text.lower())] for text in self._written)]

    @property
    def has_words(self) -> bool:
        """Whether the customer wrote something."""
        return bool(self._written)

    @cached_property
    def _written(self) -> list[str]:
        """What the customer wrote, which an email may speak of even where it denies something."""
        return [text for source, text in self.sources.items() if _SAID.fullmatch(source)]

    def has_said(self, word: str) -> bool:
        """Whether the customer wrote a form of the word, or has it."""
        return self.lexicon.stem(word) in self._said

    @cached_property
    def _said(self) -> frozenset[str]:
        told = [*self._written, self.sources.get("own", ""), self.sources.get("remedy", "")]
        words = {each for text in told for each in _words(text.lower())}
        words = words.union(*(self.lexicon.same.get(each, ()) for each in words))
        return frozenset(map(self.lexicon.stem, words))

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that are proved, with those that mean the same or are true of the kind."""
        lexicon = self.lexicon
        kind = chain.from_iterable(_words(self.sources.get(each, "").lower()) for each in ("kind", "name"))
        own = self._told.union(*(lexicon.kinds.get(lexicon.stem(each), ()) for each in kind))
        return own.union(*(lexicon.same.get(each, ()) for each in own))

    @cached_property
    def _told(self) -> frozenset[str]:
        """The words of the sources, with those that mean the same."""
        own = frozenset(chain.from_iterable(self.clauses)) - self.lexicon.words("seller")
        own |= {each.removesuffix("less") for each in own}
        return own.union(*(self.lexicon.same.get(each, ()) for each in own))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of proved words."""
        return frozenset(map(self.lexicon.stem, self.words))

    @cached_property
    def told(self) -> frozenset[str]:
        """The stems of the sources' words."""
        return frozenset(map(self.lexicon.stem, self._told))

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Words that stand side by side."""
        return frozenset(chain.from_iterable(map(pairwise, self.clauses)))

    def proves(self, word: str) -> bool:
        """Whether a form of the word is there, or a compound with it: "wool" in "lambswool"."""
        return self._is_among(word, self.words, self.stems)

    def states(self, word: str) -> bool:
        """Whether a source says so: what is true of the kind is no proof here."""
        return self._is_among(word, self._told, self.told)

    def _is_among(self, word: str, words: frozenset[str], stems: frozenset[str]) -> bool:
        stem = self.lexicon.stem(word)
        part = word if self.lexicon.language == "de" else stem
        return stem in stems or (
            len(part) >= _MIN_PART_CHARS
            and any(each.startswith(part) or each.endswith(part) for each in words)
        )

    def allows(self, word: str) -> bool:
        """Whether a word is one of daily life, or proved."""
        lexicon = self.lexicon
        if lexicon.is_neutral(word) or self.proves(word):
            return True
        if "{praised}" in self.known and word in lexicon.words("reviewers"):
            return True
        if "'" in word:
            return self.allows(word.partition("'")[0])
        if "-" in word and not _PROPERTY.search(word):
            parts = [each for each in word.split("-") if each]
            units = lexicon.words("units")
            return all(self.allows(each) or self.counts(each) or each in units for each in parts)
        return lexicon.language == "de" and self._is_compound(word)

    def _is_compound(self, word: str) -> bool:
        """Whether a German word is made of two that may be said."""
        for at in range(_MIN_PART_CHARS, len(word) - _MIN_PART_CHARS + 1):
            starts = (word[:at].removesuffix(link) for link in _LINKS)
            if self._is_simple(word[at:]) and any(self._is_simple(start) for start in starts):
                return True
        return False

    def _is_simple(self, word: str) -> bool:
        return self.lexicon.is_neutral(word) or self.lexicon.stem(word) in self.stems


def _without_thousands(figure: str) -> str:
    """Return a figure without the marks between its thousands: "3,000" is "3000"."""
    return re.sub(r"[.,](?=\d{3}(?:\D|$))", "", figure)


def _texts(value: object) -> Iterator[str]:
    """Yield the texts of a value that is one or has some."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (each for each in value.values() if isinstance(each, str))


def _words(text: str) -> Iterator[str]:
    for found in _WORD.findall(text):
        word = found.replace("’", "'")  # noqa: RUF001
        yield word
        if "-" in word:
            yield from word.split("-")
            yield word.replace("-", "")
