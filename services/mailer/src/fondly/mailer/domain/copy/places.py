"""Finds where any of a thousand phrases may begin in one pass: at most letters only a few of them can."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

_CAPTURING = re.compile(r"(?<!\\)\((?!\?)")
_SIGN = re.compile(r"(\\.|\[[^]]*\]|[()|])")
_BEGINNING = re.compile(
    r"(?:\(\?<![^()]*\))*(?:(?P<sign>[^\W\d_]|~)|\(\?:(?P<any>[^\W\d_][^()\\\[]*)\))(?![?*{+])"
)
"""The first letter of a phrase, or words of which any is the first."""
_REPEATED = re.compile(r"(?:^|\|).[?*{+]")


def places(phrases: str) -> re.Pattern[str]:
    """Return what finds every place where any of these expressions matches, and maybe others."""
    found: dict[str, list[str]] = {}
    for phrase in _alternatives(_CAPTURING.sub("(?:", phrases)):  # to capture takes ten times as long
        for letter, rest in _by_letter(phrase).items():
            found.setdefault(letter, []).append(rest)
    others = found.pop("", [])
    dispatched = [f"{letter}(?:{'|'.join(rests)})" for letter, rests in found.items()]
    return re.compile(rf"(?<!\w)(?=(?:{'|'.join(dispatched + others)})(?!\w))")


def _by_letter(phrase: str) -> Mapping[str, str]:
    """Return what follows each letter with which a phrase can begin; it follows none if that is not plain."""
    begins = _BEGINNING.match(phrase)
    if begins is None or _REPEATED.search(begins["any"] or ""):
        return {"": phrase}
    words, rest = sorted((begins["sign"] or begins["any"]).split("|")), phrase[begins.end() :]
    return {
        letter: f"(?:{'|'.join(word[1:] for word in some)}){rest}"
        for letter, some in groupby(words, key=lambda word: word[:1])
    }


def _alternatives(phrases: str) -> Iterator[str]:
    """Yield the expressions that are parted by `|`, but for those within brackets."""
    depth, phrase = 0, ""
    for sign in _SIGN.split(phrases):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            yield phrase
            phrase = ""
        else:
            phrase += sign
    yield phrase
