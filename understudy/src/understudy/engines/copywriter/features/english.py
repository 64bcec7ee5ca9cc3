"""English features: adjectives and nouns that name a part or a quality of a product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.engines.copywriter.features.context import (
    SENTENCE_ENDS,
    About,
    Phrase,
    about_at,
    denied_words,
)
from understudy.engines.copywriter.features.lexicon import (
    LISTS,
    NAMES,
    Kind,
    kind_of,
    number,
    singular,
    split,
    word_pattern,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.engines.copywriter.features.lexicon import Word

_COMPOUNDS = word_pattern(LISTS["compounds"])
_MIN_WORDS, _MAX_WORDS = 2, 4


def phrases(text: str, *, is_name: bool) -> Iterator[Phrase]:
    """Yield the phrases of a text that could be features, each with how much speaks for it.

    A name opens with brand and model, so that only what follows its first comma or "with" is read.
    """
    words = list(split(text, compounds=_COMPOUNDS))
    denied = denied_words(words)
    about = About.OTHER if is_name else About.PRODUCT
    at = 0
    while at < len(words):
        about = about_at(words, at, about, is_name=is_name)
        is_other = about in {About.ASIDE, About.OTHER} or at in denied
        end = at if is_other else _end(words, at)
        found = _phrase(words, at, end, about) if end > at else None
        if found:
            yield found
        at = max(end, at + 1)


def _end(words: list[Word], start: int) -> int:
    """Return the end of the phrase that begins here: after its last noun; `start` if there is none."""
    end, at = start, start
    while at < len(words) and (at == start or words[at].gap == " ") and not words[at].joined:
        kind = kind_of(words[at].lower)
        if kind is Kind.NONE or (end == at > start and _begins_anew(words, at)):
            break
        at += 1
        if kind in {Kind.HEAD, Kind.PLURAL}:
            end = at
        if kind is Kind.PLURAL:
            break
    return end


def _begins_anew(words: list[Word], at: int) -> bool:
    """Return whether an adjective after a noun opens another phrase; "braided" after "nylon" does not."""
    if kind_of(words[at].lower) is not Kind.ADJECTIVE:
        return False
    return words[at].lower not in LISTS["participles"] or words[at - 1].lower not in LISTS["materials"]


def _phrase(words: list[Word], start: int, end: int, about: About) -> Phrase | None:
    """Return the phrase between two words, or None if it says too little."""
    whole = end - start <= _MAX_WORDS
    start = max(start, end - _MAX_WORDS)
    said = [word.lower for word in words[start:end]]
    head = singular(said[-1])
    described = any(kind_of(word) is Kind.ADJECTIVE for word in said)
    if (
        len(set(said)) < len(said)
        or said[0] in LISTS["not_first"]
        or not _tells(said, head, described=described)
    ):
        return None
    if about is About.PERHAPS and not _is_described(words, start):
        return None
    before = _before(words, start, said)
    if before is None:
        return None
    score = (
        _score(said, head, described=described)
        + before
        + _after(words, end)
        - (about is About.PERHAPS)
        - (not whole)
    )
    return Phrase(
        text=" ".join(NAMES.get(word, word) for word in said),
        head=head,
        words=frozenset(map(singular, said)),
        score=score,
        described=described,
    )


def _is_described(words: list[Word], start: int) -> bool:
    """Return whether a phrase begins with an adjective, or one stands before it that no feature has."""
    before = words[start - 1].lower if start else ""
    return kind_of(words[start].lower) is Kind.ADJECTIVE or before in LISTS["refused"]


def _tells(said: list[str], head: str, *, described: bool) -> bool:
    """Return whether a phrase says something of its own: a vague noun needs a description."""
    if len(said) == 1:
        return head in LISTS["alone"]
    if head in LISTS["devices"]:
        return not LISTS["own_devices"].isdisjoint(said)
    return described or head not in LISTS["vague"] or len(said) > _MIN_WORDS


def _before(words: list[Word], start: int, said: list[str]) -> float | None:
    """Return what the word before says: nouns that follow an unknown word are half of its name."""
    word = words[start]
    counted = word.gap.strip() != "" and any(char.isdigit() for char in word.gap)
    if start == 0 or SENTENCE_ENDS & set(word.gap) or " - " in word.gap:
        return 2.5
    previous = words[start - 1].lower
    if previous in LISTS["prefixes"]:
        return None
    if counted:
        return 0.0 if number(said[-1]) == "many" or kind_of(said[0]) is Kind.ADJECTIVE else None
    if word.gap.strip() or previous in LISTS["openers"]:
        return 1.5
    if words[start - 1].joined or any(previous in LISTS[each] for each in ("enders", "doubtful", "skipped")):
        return 0.0
    return -0.5 if kind_of(said[0]) is Kind.ADJECTIVE else -2.5


def _after(words: list[Word], end: int) -> float:
    """Return what the next word says: a phrase that is cut short by an unknown word is doubtful."""
    if end == len(words) or words[end].gap != " ":
        return 0.5
    following = words[end].lower
    known = any(following in LISTS[each] for each in ("enders", "closers", "doubtful", "openers"))
    return 0.5 if known else -1.0


def _score(said: list[str], head: str, *, described: bool) -> float:
    score = {1: -1.5, 2: 2.0, 3: 2.0}.get(len(said), 1.0) + described
    return score + 0.5 * (number(said[-1]) != "one") - 2.0 * (head in LISTS["vague"])
