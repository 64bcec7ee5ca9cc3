"""Finds where any of a thousand phrases may begin in one pass: with most letters only a few of them do."""

import re
from collections.abc import Iterable, Iterator

LETTERS = 4
"""How many are told apart at the beginning of a phrase."""
_CAPTURING = re.compile(r"(?<!\\)\((?!\?)")
_SIGN = re.compile(r"\\.|\[(?:\\.|[^]\\])*\]|[()|]")
_BEHIND = re.compile(r"^(?:\^|\(\?<![^()]*\))+")
_LETTER = re.compile(r"[\w~ ',]")


def places(phrases: str) -> re.Pattern[str]:
    """Return what finds what stands before every place where any of these expressions matches, and others.

    That character is looked for in C: an expression that begins with what stands behind is tried everywhere.
    """
    told = _alternatives(_CAPTURING.sub("(?:", phrases))  # to capture takes ten times as long
    return re.compile(rf"[^\w](?=(?:{by_letter(told)})(?!\w))")


def by_letter(phrases: Iterable[str], letters: int = LETTERS) -> str:
    """Return what matches any of these, by the letters that each begins with."""
    found: dict[str, dict[str, None]] = {}
    for letter, rest in (each for phrase in phrases for each in _beginnings(phrase)):
        found.setdefault(letter if letters else "", {})[rest if letters else letter + rest] = None
    others = found.pop("", {})
    return "|".join([*(f"{each}(?:{by_letter(found[each], letters - 1)})" for each in found), *others])


def _beginnings(phrase: str) -> Iterator[tuple[str, str]]:
    """Yield each letter that a phrase can begin with, and what follows; no letter if that is not plain."""
    phrase = _BEHIND.sub("", phrase)
    is_group = phrase.startswith("(?:")
    end = next(sign.end() for sign in _outer_signs(phrase) if sign[0] == ")") if is_group else 1
    rest, sign = phrase[end:], phrase[end : end + 1]
    if sign in {"+", "{"} or not (is_group or _LETTER.match(phrase)):
        yield "", phrase
        return
    if sign in {"?", "*"}:
        yield from _beginnings(rest[1:])
        rest = rest[1:] if sign == "?" else phrase
    if not is_group:
        yield phrase[0], rest
        return
    for each in _alternatives(phrase[3 : end - 1]):
        yield from ((letter, more + rest) for letter, more in _beginnings(each))


def _alternatives(phrases: str) -> Iterator[str]:
    """Yield the expressions that are parted by `|`, but for those within brackets."""
    start = 0
    for sign in _outer_signs(phrases):
        if sign[0] == "|":
            yield phrases[start : sign.start()]
            start = sign.end()
    yield phrases[start:]


def _outer_signs(phrases: str) -> Iterator[re.Match[str]]:
    """Yield the signs that are in no brackets, those that close brackets among them."""
    depth = 0
    for sign in _SIGN.finditer(phrases):
        depth += (sign[0] == "(") - (sign[0] == ")")
        if not depth:
            yield sign
