"""Whether the words around a figure say what the figure is: "now {1.was_price}" is a lie told with a slot.

A figure may need a cue in its sentence ("save", "rated", "was"), and may not have certain words right before
or after it. The lists are English, as is the copy.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from encore.mailer.domain.slots import SLOT, attribute
from encore.mailer.domain.text import word_set

WORDS_BEFORE = 3
WORDS_AFTER = 2
APPROXIMATE = word_set(
    "over under above below nearly almost around about roughly approximately beyond least most upto up-to"
)


@dataclass(frozen=True)
class Cues:
    """The words that one kind of figure needs or excludes, in lower case."""

    needed: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()


def _read_cues() -> dict[str, Cues]:
    """Read the words of each kind of figure from `figure_cues.toml`."""
    text = files(__package__).joinpath("figure_cues.toml").read_text("utf-8")
    return {
        kind: Cues(**{name: word_set(words) for name, words in cues.items()})
        for kind, cues in tomllib.loads(text).items()
    }


CUES = _read_cues()
_SENTENCE = re.compile(r"[^.!?;]+")
_SPLIT = re.compile(r"[,:()\u2013\u2014]|\s-\s")
_WORD = re.compile(r"[a-z]+(?:[-'’][a-z]+)*")  # noqa: RUF001 - the typographic apostrophe
_TOUCHING = re.compile(r"[\w\u2212-]\{|\}[^\W_]|\}\S{0,3}\{")


def misleading_figures(text: str) -> Iterator[tuple[str, str]]:
    """Yield (rule, words) for each figure in `text` that the words around it misrepresent."""
    if found := _TOUCHING.search(text):
        yield "slot not separated from the text around it", found[0]
    for sentence in _sentences(text):
        words = frozenset(_words(SLOT.sub(" ", sentence)))
        for slot in SLOT.finditer(sentence):
            cues = CUES.get(attribute(slot[1]))
            if cues:
                yield from _misleading(slot, cues, words)


def _sentences(text: str) -> list[str]:
    """Split at sentence ends outside slots."""
    held = SLOT.sub(lambda slot: slot[0].replace(".", "\0"), text)
    return [part.replace("\0", ".") for part in _SENTENCE.findall(held)]


def _misleading(slot: re.Match[str], cues: Cues, sentence: frozenset[str]) -> Iterator[tuple[str, str]]:
    before = _words(_last(slot.string[: slot.start()]))[-WORDS_BEFORE:]
    after = _words(_first(slot.string[slot.end() :]))[:WORDS_AFTER]
    if bad := cues.not_before.intersection(before) | APPROXIMATE.intersection(before[-1:]):
        yield "misleading word before a figure", f"{min(bad)} {slot[0]}"
    if bad := cues.not_after.intersection(after):
        yield "misleading word after a figure", f"{slot[0]} {min(bad)}"
    if cues.needed and not cues.needed & sentence:
        yield "sentence does not say what the figure is", slot[0]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _last(text: str) -> str:
    """Return what follows the last slot or comma."""
    return _SPLIT.split(SLOT.split(text)[-1])[-1]


def _first(text: str) -> str:
    """Return what precedes the first slot or comma."""
    return _SPLIT.split(SLOT.split(text)[0])[0]
