"""Chooses among patterns, so that one field does not repeat itself."""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from understudy.engines.copywriter.facts import Refused
    from understudy.engines.copywriter.patterns import Pattern, Pool
    from understudy.engines.copywriter.words import Words

MAX_CHARS: Mapping[str, int] = {
    "subject": 60,
    "preheader": 110,
    "greeting": 60,
    "intro": 240,
    "line": 160,
    "closing": 120,
}
"""The most characters of each field as it is read, with its slots filled."""


def chance_of(*facts: object) -> random.Random:
    """Return chance that is the same for the same facts."""
    digest = hashlib.blake2b(repr(facts).encode())
    return random.Random(digest.digest())  # noqa: S311 - variety, not secrecy


@dataclass
class Chooser:
    """Chooses texts of one field; no pattern is used twice while others fit, and nothing refused again."""

    chance: random.Random
    refused: Sequence[Refused] = ()
    used: set[str] = field(default_factory=set)
    openings: set[str] = field(default_factory=set)

    def text(self, pools: Iterable[Pool], words: Words, before: Collection[str], kind: str) -> str:
        """Return a text from the first pool with an unused pattern that fits, else from one used before.

        It differs from those `before`, and begins like none of them if the pool allows it. Empty if no
        pattern fits.
        """
        again = ""
        for pool in filter(None, pools):
            unused = None
            for pattern in self._fitting(pool, words, kind):
                text = pattern.filled(words.written, words.features)
                if text in before or not self._is_wanted(text):
                    continue
                if pattern.text in self.used:
                    again = again or text
                elif pattern.opening not in self.openings:
                    return self._taken(pattern, text)
                else:
                    unused = unused or (pattern, text)
            if unused:
                return self._taken(*unused)
        return again

    def _taken(self, pattern: Pattern, text: str) -> str:
        self.used.add(pattern.text)
        self.openings.add(pattern.opening)
        return text

    def extended(self, text: str, pool: Pool, words: Words, kind: str, share: float) -> str:
        """Return the text, in `share` of the cases with a further sentence that repeats none of its facts."""
        fitting = [
            pattern for pattern in pool if pattern.needs <= words.names and not _repeats(pattern, words, text)
        ]
        if not text or not fitting or self.chance.random() > share:
            return text
        pattern = self.chance.choice(fitting)
        more = pattern.filled(words.written, words.features)
        too_long = len(_read(text, words)) + _length(pattern, words) >= MAX_CHARS[kind]
        return text if too_long or not self._is_wanted(more) else f"{text} {more}"

    def _fitting(self, pool: Pool, words: Words, kind: str) -> Iterator[Pattern]:
        """Yield the patterns whose facts are known and whose text is short enough, from a chance start."""
        start = self.chance.randrange(len(pool))
        for pattern in (*pool[start:], *pool[:start]):
            if pattern.needs <= words.names and _length(pattern, words) <= MAX_CHARS[kind]:
                yield pattern

    def _is_wanted(self, text: str) -> bool:
        """Return whether a text is free of what was refused before."""
        lower = text.lower()
        return not any(
            lower == each.text.lower() or (each.found and _has_words(lower, each.found.lower()))
            for each in self.refused
        )


def _has_words(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def _length(pattern: Pattern, words: Words) -> int:
    return len(pattern.filled(words.read, words.features))


def _read(text: str, words: Words) -> str:
    for place, written in words.written.items():
        text = text.replace(written, words.read[place])
    return text


def _repeats(pattern: Pattern, words: Words, text: str) -> bool:
    return any(words.written[name] in text for name in pattern.needs)
