"""The script that a text is written in, and whether its letters and marks are all of it."""

import unicodedata
from functools import lru_cache

CACHED_CHARACTERS = 4_096
MAX_MARKS_IN_A_ROW = 3
ONE_SYSTEM = {"HIRAGANA": "CJK", "KATAKANA": "CJK"}
"""Scripts that are written together, by the name of the one they count as."""
UNSCRIPTED = frozenset({"MODIFIER", "COMBINING", "MATHEMATICAL", "VARIATION", "MASCULINE", "FEMININE"})


def script_of(text: str) -> str | None:
    """Return the one script of all letters of `text`, as Unicode calls it, such as `LATIN`.

    None for a text without letters, of several scripts, or with marks that its script does not write: the
    accented letters of Latin, Greek and Cyrillic are characters of their own, so a loose mark is an ornament.
    """
    if text.isascii():
        return "LATIN" if any(map(str.isalpha, text)) else None
    scripts, marks = set[str](), 0
    for char in text:
        is_mark = unicodedata.category(char).startswith("M")
        marks = marks + 1 if is_mark else 0
        if is_mark or char.isalpha():
            scripts.add(_script(char))
        if marks > MAX_MARKS_IN_A_ROW:
            return None
    found = scripts.pop() if len(scripts) == 1 else None
    return None if found in UNSCRIPTED else found


@lru_cache(maxsize=CACHED_CHARACTERS)
def _script(char: str) -> str:
    """The first word of the character's name, by which Unicode names scripts."""
    first = unicodedata.name(char, "COMBINING").replace("-", " ").split()[0]
    return ONE_SYSTEM.get(first, first)
