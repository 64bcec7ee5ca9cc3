"""English features: which words may make one up, and how a noun counts."""

from __future__ import annotations

from enum import Enum, auto
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from understudy.engines.copywriter.features.phrase import Phrase
from understudy.engines.copywriter.features.words import split, word_lists, word_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.engines.copywriter.features.words import Word

_LISTS = word_lists("english.toml")
_COMPOUNDS = word_pattern(_LISTS["compounds"])
_HEADS = _LISTS["countable"] | _LISTS["mass"]
_NAMES = {word.lower(): word for word in _LISTS["modifiers"] if not word.islower()}
"""Abbreviations and names of techniques with their capitals."""
_MODIFIERS = frozenset(word.lower() for word in _LISTS["modifiers"])
_ADJECTIVES = _LISTS["adjectives"] | _LISTS["participles"]
_WITHOUT = frozenset({"compatible", "works", "work", "pairs", "use", "used", "connect", "connects"})
"""Words after which "with" names another product."""
_ARTICLES = frozenset({"the", "a", "an", "its", "and", "plus"})
_SENTENCE_ENDS = frozenset(".;:!?|()[]{}•\u2013\u2014\n【】")
_CLAUSE_ENDS = _SENTENCE_ENDS | {","}
_VOWEL_LETTERS = frozenset("AEFHILMNORSX")
_READ_AS_WORDS = ("USB", "HEPA", "UHD", "EVA", "RAM", "ROM", "SIM")
_MIN_WORDS, _MAX_WORDS = 2, 4
_CACHED_WORDS = 4096


class _Kind(Enum):
    """What a word can be in a feature."""

    ADJECTIVE = auto()
    MODIFIER = auto()
    HEAD = auto()
    PLURAL = auto()
    NONE = auto()


class _About(Enum):
    """What the text speaks of: the product, perhaps it, or something else for a clause or a sentence."""

    PRODUCT = auto()
    PERHAPS = auto()
    ASIDE = auto()
    OTHER = auto()


def phrases(text: str, *, is_name: bool) -> Iterator[Phrase]:
    """Yield the phrases of a text that could be features, each with how much speaks for it.

    A name opens with brand and model, so that only what follows its first comma or "with" is read.
    """
    words = list(split(text, compounds=_COMPOUNDS))
    denied = _denied(words)
    about = _About.OTHER if is_name else _About.PRODUCT
    at = 0
    while at < len(words):
        about = _about(words, at, about, is_name=is_name)
        is_other = about in {_About.ASIDE, _About.OTHER} or at in denied
        end = at if is_other else _end(words, at)
        found = _phrase(words, at, end, about) if end > at else None
        if found:
            yield found
        at = max(end, at + 1)


def _denied(words: list[Word]) -> set[int]:
    """Return where the words of clauses are that deny something."""
    denied: set[int] = set()
    start = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or _CLAUSE_ENDS & set(words[at].gap) or " - " in words[at].gap:
            if any(word.lower in _LISTS["negations"] for word in words[start:at]):
                denied.update(range(start, at))
            start = at
    return denied


def _about(words: list[Word], at: int, about: _About, *, is_name: bool) -> _About:
    """Return what the text speaks of at this word."""
    word = words[at]
    ends = bool(_SENTENCE_ENDS & set(word.gap)) or " - " in word.gap or (is_name and "," in word.gap)
    if at and (ends or ("," in word.gap and about is _About.ASIDE)):
        about = _About.PRODUCT
    if word.lower in _LISTS["closers"] or (word.lower == "with" and at and words[at - 1].lower in _WITHOUT):
        return _About.OTHER
    if about is _About.OTHER:
        reopens = word.lower in _LISTS["reopeners"] or (is_name and word.lower == "with")
        return _About.PRODUCT if reopens else about
    return _said_by(word.lower, about)


def _said_by(word: str, about: _About) -> _About:
    if word == "with":
        return _About.PRODUCT
    if word in _LISTS["asides"]:
        return _About.ASIDE
    if word in _LISTS["doubtful"] and about is _About.PRODUCT:
        return _About.PERHAPS
    return _About.PRODUCT if word in _LISTS["openers"] and word not in _ARTICLES else about


def _end(words: list[Word], start: int) -> int:
    """Return the end of the phrase that begins here: after its last noun; `start` if there is none."""
    end, at = start, start
    while at < len(words) and (at == start or words[at].gap == " ") and not words[at].joined:
        kind = _kind(words[at].lower)
        if kind is _Kind.NONE or (kind is _Kind.ADJECTIVE and end == at > start):
            break
        at += 1
        if kind in {_Kind.HEAD, _Kind.PLURAL}:
            end = at
        if kind is _Kind.PLURAL:
            break
    return end


@lru_cache(maxsize=_CACHED_WORDS)
def _kind(word: str) -> _Kind:
    if word in _LISTS["refused"]:
        return _Kind.NONE
    if word in _ADJECTIVES and word not in _HEADS:
        return _Kind.ADJECTIVE
    if word in _HEADS or word.replace(" ", "-") in _HEADS:
        return _Kind.HEAD
    if word in _LISTS["plural"] or _singular(word) in _LISTS["countable"]:
        return _Kind.PLURAL
    return _Kind.MODIFIER if word in _MODIFIERS else _as_compound(word)


def _as_compound(word: str) -> _Kind:
    """Return what a compound of listed words is: an adjective, such as "leak-proof" or "built in"."""
    parts = word.replace("-", " ").split()
    known = len(parts) > 1 and all(part in _ADJECTIVES | _MODIFIERS | _HEADS for part in parts[:-1])
    return _Kind.ADJECTIVE if known and parts[-1] in _ADJECTIVES | {"in"} else _Kind.NONE


def _phrase(words: list[Word], start: int, end: int, about: _About) -> Phrase | None:
    """Return the phrase between two words, or None if it says too little."""
    whole = end - start <= _MAX_WORDS
    start = max(start, end - _MAX_WORDS)
    said = [word.lower for word in words[start:end]]
    head = _singular(said[-1])
    described = any(_kind(word) is _Kind.ADJECTIVE for word in said)
    if (
        len(set(said)) < len(said)
        or said[0] in _LISTS["not_first"]
        or not _tells(said, head, described=described)
    ):
        return None
    if about is _About.PERHAPS and _kind(said[0]) is not _Kind.ADJECTIVE:
        return None
    before = _before(words, start, said)
    if before is None:
        return None
    score = (
        _score(said, head, described=described)
        + before
        + _after(words, end)
        - (about is _About.PERHAPS)
        - (not whole)
    )
    return Phrase(
        text=" ".join(_NAMES.get(word, word) for word in said),
        head=head,
        words=frozenset(map(_singular, said)),
        score=score,
    )


def _tells(said: list[str], head: str, *, described: bool) -> bool:
    """Return whether a phrase says something of its own: a vague noun needs a description."""
    if len(said) == 1:
        return head in _LISTS["alone"]
    if head in _LISTS["devices"]:
        return not _LISTS["own_devices"].isdisjoint(said)
    return described or head not in _LISTS["vague"] or len(said) > _MIN_WORDS


def _before(words: list[Word], start: int, said: list[str]) -> float | None:
    """Return what the word before says: nouns that follow an unknown word are half of its name."""
    word = words[start]
    counted = word.gap.strip() != "" and any(char.isdigit() for char in word.gap)
    if start == 0 or _SENTENCE_ENDS & set(word.gap) or " - " in word.gap:
        return 2.5
    previous = words[start - 1].lower
    if counted:
        return 0.0 if number(said[-1]) == "many" or _kind(said[0]) is _Kind.ADJECTIVE else None
    if word.gap.strip() or previous in _LISTS["openers"]:
        return 1.5
    if words[start - 1].joined or any(previous in _LISTS[each] for each in ("enders", "doubtful", "skipped")):
        return 0.0
    return -0.5 if _kind(said[0]) is _Kind.ADJECTIVE else -2.5


def _after(words: list[Word], end: int) -> float:
    """Return what the next word says: a phrase that is cut short by an unknown word is doubtful."""
    if end == len(words) or words[end].gap != " ":
        return 0.5
    following = words[end].lower
    known = any(following in _LISTS[each] for each in ("enders", "closers", "doubtful", "openers"))
    return 0.5 if known else -1.0


def _score(said: list[str], head: str, *, described: bool) -> float:
    score = {1: -1.5, 2: 2.0, 3: 2.0}.get(len(said), 1.0) + described
    return score + 0.5 * (number(said[-1]) != "one") - 2.0 * (head in _LISTS["vague"])


def number(word: str) -> str:
    """Return how a noun counts: "one", "many", or "mass" for what is not counted.

    An unknown noun is taken by its ending.
    """
    word = word.lower()
    if word in _LISTS["plural"] or _singular(word) != word:
        return "many"
    if word in _LISTS["countable"]:
        return "one"
    if word in _LISTS["mass"] or word.endswith(("ing", "ity", "ness", "ware", "wear", "tion")):
        return "mass"
    return "many" if word.endswith("s") and not word.endswith("ss") else "one"


@cache
def article(feature: str) -> str:
    """Return the indefinite article for a feature, with its space; empty if it takes none."""
    first, *_, last = [*feature.split(), *feature.split()]
    if number(last) != "one":
        return ""
    if first.isupper() and not first.startswith(_READ_AS_WORDS):
        return "an " if first[0] in _VOWEL_LETTERS else "a "
    first = first.lower()
    consonant = first.startswith(("uni", "use", "usb", "uhd", "euro", "one"))
    return "an " if first[0] in "aeiou" and not consonant else "a "


@lru_cache(maxsize=_CACHED_WORDS)
def _singular(word: str) -> str:
    """Return the singular of a listed noun; any other word as it is."""
    for ending, singular in (("ves", "f"), ("ves", "fe"), ("ies", "y"), ("es", ""), ("s", "")):
        stem = word.removesuffix(ending) + singular
        if word.endswith(ending) and stem in _LISTS["countable"] and word not in _HEADS:
            return stem
    return word
