"""Whether the words around a figure say what the figure is: "now {1.was_price}" is a lie told with a slot.

A figure may need a cue in its sentence ("save", "rated", "was"), and may not have certain words right before
or after it. The lists are English, as is the copy.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

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


def _cues(*, needed: str = "", not_before: str = "", not_after: str = "") -> Cues:
    return Cues(word_set(needed), word_set(not_before), word_set(not_after))


CUES = {
    "price": _cues(
        not_before="""was were used originally formerly previously usually normally regularly instead from
        before than rrp mrp list old by save saves saved saving savings rated rating scored""",
        not_after="""off less cheaper discount saving savings saved below lower before originally
        previously per each apiece monthly star stars ratings reviews customers buyers people""",
    ),
    "was_price": _cues(
        needed="""was were from instead originally formerly previously before usually normally list mrp
        rrp regular than old earlier""",
        not_before="now only just today currently pay pays cost costs to yours save saves saving rated",
        not_after="off less cheaper now today per each apiece monthly star stars",
    ),
    "saving": _cues(
        needed="""save saves saved saving savings off less cheaper below under discount reduction reduced
        lower keep keeps stays""",
        not_before="now only costs cost pay pays to was were rated priced yours",
        not_after="star stars ratings reviews customers now today per each apiece monthly",
    ),
    "discount": _cues(
        needed="""off discount discounted discounts reduced reduction less lower below save saves saved
        saving savings cut markdown cheaper""",
        not_before="rated rating scored costs cost pay pays to",
        not_after="of more better faster stronger larger longer customers buyers reviews ratings star stars",
    ),
    "rating": _cues(
        needed="""rated rating ratings rate rates star stars score scores scored scoring average averages
        averaging give gives gave""",
        not_before="save saves saving pay pays cost costs only just reduced",
        not_after="off less customers buyers people reviews ratings times percent",
    ),
    "rating_count": _cues(
        needed="ratings reviews customers buyers people shoppers owners users votes opinions reviewers",
        not_before="save saves saving pay pays cost costs only just",
        not_after="off less star stars times",
    ),
}
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
