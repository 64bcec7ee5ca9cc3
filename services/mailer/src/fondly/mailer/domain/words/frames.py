"""What may stand around a figure: "now {1.was_price}" is a lie told with a slot.

For each kind of figure a language lists pairs of what may come before it and what may follow. `^` is the
start of a clause and `$` its end; a comma, a colon or a dash is both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from fondly.mailer.domain.words.phrases import Token, matches, read_phrases
from fondly.mailer.domain.words.tokens import BREAK, is_slot

START, END = "^", "$"


@dataclass(frozen=True)
class Frame:
    """What may come before a figure if one of `after` follows it."""

    before: tuple[tuple[Token, ...], ...]
    after: tuple[tuple[Token, ...], ...]

    @classmethod
    def of(cls, table: Mapping[str, str]) -> Self:
        """Read `before` and `after`."""
        return cls(tuple(read_phrases(table["before"])), tuple(read_phrases(table["after"])))

    def fits(self, before: Sequence[str], after: Sequence[str]) -> bool:
        """Whether the words before and after a figure are those of the frame."""
        return any(matches(each, before[-len(each) :]) for each in self.before) and any(
            matches(each, after[: len(each)]) for each in self.after
        )


@dataclass(frozen=True)
class Frames:
    """The frames of a language by attribute, such as `price`, and of which words a sentence must have one."""

    by_attribute: Mapping[str, tuple[Frame, ...]]
    needs: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, table: Mapping[str, Mapping[str, Any]]) -> Self:
        """Read `needs`, which may be missing, and the `frames` of each attribute."""
        return cls(
            {attribute: tuple(map(Frame.of, each["frames"])) for attribute, each in table.items()},
            {attribute: frozenset(each.get("needs", "").split()) for attribute, each in table.items()},
        )

    def broken(self, tokens: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield (rule, words) for each figure of a sentence that the words around it misrepresent."""
        for at, token in enumerate(tokens):
            frames = self.by_attribute.get(token[1:-1]) if is_slot(token) else None
            if frames is None:
                continue
            before = [START, *(START if each == BREAK else each for each in tokens[:at])]
            after = [*(END if each == BREAK else each for each in tokens[at + 1 :]), END]
            if not any(frame.fits(before, after) for frame in frames):
                yield "not a frame for this figure", " ".join(tokens[max(0, at - 2) : at + 3])
            needed = self.needs[token[1:-1]]
            if needed and needed.isdisjoint(tokens):
                yield "the sentence does not say what the figure is", token
