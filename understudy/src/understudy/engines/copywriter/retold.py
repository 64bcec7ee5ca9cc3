"""Tells again what a customer wrote, in the second person and in no long run of their words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MAX_SAME, _MIN_WORDS, _MAX_WORDS = 4, 3, 14
"""More words in a row than a customer wrote would be a quotation; less than three say nothing."""
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_PLAIN = re.compile(r"[A-Za-z' ]+")
_PRONOUNS = frozenset({"it", "this", "they", "these"})
_ARTICLES = frozenset({"the", "its", "their"})


@dataclass(frozen=True)
class Teller:
    """Tells clauses on one product again, by what it is called and by the words of the language."""

    called: tuple[str, ...]
    words: Mapping[str, frozenset[str]]
    aspects: Mapping[str, str]

    @cached_property
    def own(self) -> list[str]:
        """The customer's product."""
        return ["your", *self.called]

    def retold(self, clause: str) -> str:
        """Return a clause as we would tell it, empty if it cannot be told or says what we never repeat."""
        words = _WORD.findall(clause.lower().replace("’", "'"))  # noqa: RUF001 - the typographic apostrophe
        plain = _PLAIN.fullmatch(clause) and _MIN_WORDS <= len(words) <= _MAX_WORDS
        if not plain or not self.words["retold_never"].isdisjoint(words):
            return ""
        told = self._with_subject(words)
        while told and _longest_run(told, words) > _MAX_SAME:
            told = self._shorter(told)
        return " ".join(told)

    def _with_subject(self, words: Sequence[str]) -> list[str]:
        """Return the words in the second person if they begin with the product, a part of it, or nothing."""
        second = dict(pair.split(":") for pair in self.words["retold_second"])
        verbs, rest = self.words["retold_verbs"], [second.get(word, word) for word in words]
        at = next((place for place in range(1, min(4, len(words))) if words[place] in verbs), 0)
        if at == 1 and words[0] in _PRONOUNS:
            return [*self.own, *rest[1:]]
        if at and words[at - 1] in self.called:
            return [*self.own, *rest[at:]]
        if at and words[at - 1] in self.aspects:
            part = words[1:at] if words[0] in _ARTICLES else words[:at]
            is_named = self.words["negations"].union(_ARTICLES).isdisjoint(part)
            return ["the", *part, "of", *self.own, *rest[at:]] if is_named else []
        if words[0] == "nothing" and "it" in words:
            return [*rest[: words.index("it")], *self.own]
        return rest if words[:3] == ["there", "is", "no"] else []

    def _shorter(self, told: list[str]) -> list[str]:
        """Return the words before the last place where a sentence may end; none if there is no such place."""
        start = len(self.own) + 2 if told[0] == "your" else _MIN_WORDS + 1
        breaks = self.words["retold_breaks"]
        end = max((at for at in range(start, len(told)) if told[at] in breaks), default=0)
        end -= end > start and told[end - 1] in breaks
        return [] if told[end - 1] in self.words["retold_ends"] else told[:end]


def _longest_run(told: Sequence[str], words: Sequence[str]) -> int:
    """Return the most words in a row that both have."""
    said, longest = f" {' '.join(words)} ", 0
    for start in range(len(told)):
        while start + longest < len(told) and f" {' '.join(told[start : start + longest + 1])} " in said:
            longest += 1
    return longest
