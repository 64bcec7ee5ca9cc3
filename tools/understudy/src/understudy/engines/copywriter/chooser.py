"""Chooses among frames, so that one email does not repeat itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from understudy.engines.copywriter.facts import Refused
    from understudy.engines.copywriter.frames import Frame, Pool
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


@dataclass
class Chooser:
    """Chooses texts of one email; no frame is used twice while others fit, and nothing refused again."""

    chance: random.Random
    refused: Sequence[Refused] = ()
    used: set[str] = field(default_factory=set)

    def text(self, pools: Iterable[Pool], words: Words, before: Collection[str], kind: str) -> str:
        """Return a text from the first pool with an unused frame that fits, else from one used before.

        It differs from those `before`. Empty if no frame fits.
        """
        again = ""
        for frame in self._fitting(pools, words):
            if frame.text in self.used and again:
                continue
            text = frame.filled(words.written, words.features)
            if text in before or _length(frame, words) > MAX_CHARS[kind] or not self._is_wanted(text):
                continue
            if frame.text not in self.used:
                self.used.add(frame.text)
                return text
            again = text
        return again

    def extended(self, text: str, pool: Pool, words: Words, kind: str, share: float) -> str:
        """Return the text, in `share` of the cases with a further sentence that repeats none of its facts."""
        fitting = [frame for frame in pool if frame.needs <= words.names and not _repeats(frame, words, text)]
        if not text or not fitting or self.chance.random() > share:
            return text
        frame = self.chance.choice(fitting)
        more = frame.filled(words.written, words.features)
        too_long = len(_read(text, words)) + _length(frame, words) >= MAX_CHARS[kind]
        return text if too_long or not self._is_wanted(more) else f"{text} {more}"

    def _fitting(self, pools: Iterable[Pool], words: Words) -> Iterator[Frame]:
        """Yield the frames whose facts are known, those of each pool from a chance start."""
        for pool in filter(None, pools):
            start = self.chance.randrange(len(pool))
            for frame in (*pool[start:], *pool[:start]):
                if frame.needs <= words.names:
                    yield frame

    def _is_wanted(self, text: str) -> bool:
        """Return whether a text is free of what was refused before."""
        lower = text.lower()
        return not any(
            lower == each.text.lower() or (each.found and each.found.lower() in lower)
            for each in self.refused
        )


def _length(frame: Frame, words: Words) -> int:
    return len(frame.filled(words.read, words.features))


def _read(text: str, words: Words) -> str:
    for place, written in words.written.items():
        text = text.replace(written, words.read[place])
    return text


def _repeats(frame: Frame, words: Words, text: str) -> bool:
    return any(words.written[name] in text for name in frame.needs)
