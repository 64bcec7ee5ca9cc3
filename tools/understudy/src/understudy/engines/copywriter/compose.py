"""Composes the wordings of an email's fields from frames that state only the facts."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from understudy.engines.copywriter.chooser import Chooser
from understudy.engines.copywriter.frames import load_frames
from understudy.engines.copywriter.words import Words, email_words, moments, pick_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from understudy.engines.copywriter.facts import Facts, Pick
    from understudy.engines.copywriter.frames import Frames, Pool

_FIELDS = ("subject", "preheader", "greeting", "intro", "closing")
_MAX_WORDINGS = 8
_SIGNED = 0.4
_WITH_MORE = 0.6
_WITH_TAIL = 0.35

Wordings = list[str]


def compose_email(facts: Facts, *, attempt: int = 0) -> dict[str, Wordings | dict[str, Wordings]]:
    """Return distinct wordings of the fields that are asked for; equal facts and attempts, equal texts."""
    digest = hashlib.blake2b(f"{attempt}{facts.source}".encode(errors="surrogatepass"))
    chance = random.Random(digest.digest())  # noqa: S311 - variety, not secrecy
    writer = _Writer(facts, chance, Chooser(chance, facts.refused))
    asked = set(facts.fields)
    copy: dict[str, Wordings | dict[str, Wordings]] = {
        name: list(filter(None, getattr(writer, name)())) for name in _FIELDS if not asked or name in asked
    }
    lines = {
        str(pick.n): writer.line(pick) for pick in facts.picks if not asked or f"lines.{pick.n}" in asked
    }
    return copy | {"lines": lines} if lines or not asked else copy


@dataclass
class _Writer:
    """Writes the fields of one email."""

    facts: Facts
    chance: random.Random
    chooser: Chooser

    @property
    def count(self) -> int:
        """How many wordings each field gets."""
        return min(self.facts.wordings or 1, _MAX_WORDINGS)

    @property
    def frames(self) -> Frames:
        """The frames of the email's language."""
        return load_frames(self.facts.language)

    @property
    def tone(self) -> str:
        """The occasion if it has frames of its own, otherwise "any"."""
        return self.facts.occasion if self.facts.occasion == "sorry" else "any"

    def subject(self) -> Wordings:
        """Return subjects about a product each, in turn; half of them, at least, do without a name."""
        customer = email_words(self.facts)
        texts: Wordings = []
        for turn, pick in enumerate(self._picks_in_turn()):
            words = _joined(pick_words(pick, turn=turn, language=self.facts.language), customer)
            texts.append(self.chooser.text(self._subject_pools(pick, turn), words, texts, "subject"))
        return texts

    def _subject_pools(self, pick: Pick, turn: int) -> Iterator[Pool]:
        sorry = self.tone == "sorry"
        if self._may_name(turn):
            yield self.frames.pool("subject.sorry_named" if sorry else "subject.named")
        elif not sorry:
            yield self.frames.pool(f"subject.{pick.reason}")
        yield self.frames.pool(f"subject.{self.tone}")

    def preheader(self) -> Wordings:
        """Return previews that name moments from across the email, which its subject does not."""
        texts: Wordings = []
        for turn in range(self.count):
            pool = self._pool(f"preheader.{self.tone}")
            texts.append(self.chooser.text((pool,), self._moments(turn), texts, "preheader"))
        return texts

    def greeting(self) -> Wordings:
        """Return salutations; half of them, at least, do without a name."""
        words, texts = email_words(self.facts), list[str]()
        tone = {"sorry": "sorry_", "new": "new_"}.get(self.facts.occasion, "")
        nameless = self.frames.pool(f"greeting.{tone}nameless")
        for turn in range(self.count):
            named = self.frames.pool(f"greeting.{tone}named") if self._may_name(turn) else ()
            texts.append(self.chooser.text((named, nameless), words, texts, "greeting"))
        return texts

    def intro(self) -> Wordings:
        """Return openings that say what is known of the customer, and nothing that is not."""
        words, texts = email_words(self.facts), list[str]()
        plain = self._pool("intro.sorry_plain" if self.tone == "sorry" else "intro.plain")
        openings = (self._pool(f"intro.{self.facts.occasion}"), plain)
        more = self._pool("intro.sorry_more" if self.tone == "sorry" else "intro.more")
        for turn in range(self.count):
            told = _joined(self._moments(turn), words)
            text = self.chooser.text(openings, told, texts, "intro")
            texts.append(self.chooser.extended(text, more, told, "intro", _WITH_MORE))
        return texts

    def closing(self) -> Wordings:
        """Return ends, some of them signed."""
        words, texts = email_words(self.facts), list[str]()
        for _ in range(self.count):
            text = self.chooser.text((self.frames.pool(f"closing.{self.tone}"),), words, texts, "closing")
            texts.append(
                self.chooser.extended(text, self.frames.pool("closing.signature"), words, "closing", _SIGNED)
            )
        return texts

    def line(self, pick: Pick) -> Wordings:
        """Return lines on a product: its features, its praise, how it goes with what is owned."""
        texts: Wordings = []
        first = self.chance.randrange(len(_SHAPES))
        for turn in range(self.count):
            words = pick_words(pick, turn=turn, language=self.facts.language)
            shape = _SHAPES[(first + turn) % len(_SHAPES)]
            text = self.chooser.text(self._line_pools(pick, shape), words, texts, "line")
            text = text or self.chooser.text((self.frames.pool("lines.plain"),), words, texts, "line")
            texts.append(
                self.chooser.extended(
                    text, self.frames.pool("lines.praise", "lines.more"), words, "line", _WITH_TAIL
                )
            )
        return texts

    def _line_pools(self, pick: Pick, shape: str) -> Iterator[Pool]:
        """Yield where to look for a line that states a fact: first in the frames of the shape."""
        features, reason = self.frames.pool("lines.features"), f"lines.{pick.reason}"
        own = self.frames.pool(f"{reason}.features")
        yield {"own": own, "praised": self.frames.pool("lines.praised")}.get(shape, features)
        yield features
        yield self.frames.pool("lines.feature", "lines.praised")
        yield self.frames.pool(f"{reason}.plain", "lines.plain_praised")

    def _pool(self, name: str) -> Pool:
        """Return the frames of a name: those of an email with one product if it has one."""
        return self.frames.pool(f"one.{name}" if len(self.facts.picks) == 1 else name)

    def _may_name(self, turn: int) -> bool:
        return turn >= self.count - self.count // 2 and "customer.first_name" in self.facts.slots

    def _picks_in_turn(self) -> Sequence[Pick]:
        picks = self.facts.picks
        return [picks[turn % len(picks)] for turn in range(self.count)] if picks else []

    def _moments(self, turn: int) -> Words:
        """Return moments of three products that differ, other products each turn."""
        picks = self.facts.picks
        found = dict.fromkeys(
            choices[(turn + at) % len(choices)]
            for at in range(len(picks))
            for choices in (moments(picks[(turn + at) % len(picks)].kind, self.facts.language),)
        )
        uses = dict(zip(("use", "use2", "use3"), found, strict=False))
        return Words(uses, uses)


_SHAPES = ("own", "features", "praised", "features")


def _joined(first: Words, second: Words) -> Words:
    return replace(first, written={**first.written, **second.written}, read={**first.read, **second.read})
