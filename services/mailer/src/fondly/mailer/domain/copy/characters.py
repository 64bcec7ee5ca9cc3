"""The characters of copy: letters of its language and plain punctuation.

Everything else could imitate what the word lists refuse: letters of other scripts look like Latin ones, marks
strike letters through, and emoji such as 💯 are figures.
"""

import re
from functools import cache, lru_cache

from fondly.mailer.domain.slots import SLOT
from fondly.mailer.domain.words.lists import WordLists

PUNCTUATION = " .,;:!?'’\"“”„()/–—…&-"  # noqa: RUF001 - signs of copy
CACHED_TEXTS = 16_384
_LINK = re.compile(r"[^\W\d_]\.[^\W\d_]|//|\bwww\b|\bhttps?\b", re.IGNORECASE)
_TOUCHING = re.compile(r"[^\W_]\{|\}[^\W_]|\}\{|[@#_-]\{")


@lru_cache(maxsize=CACHED_TEXTS)
def odd_characters(text: str, lists: WordLists) -> tuple[str, str] | None:
    """Return (rule, what breaks it) for the first character that copy must not have."""
    own_words = SLOT.sub(" ", text)
    if found := _allowed(lists).search(own_words):
        return "only letters and plain punctuation belong into copy; figures are slots", _shown(found[0])
    if found := _LINK.search(own_words):
        return "link", found[0]
    if found := _TOUCHING.search(text):
        return "slot not separated from the text around it", found[0]
    return None


@cache
def _allowed(lists: WordLists) -> re.Pattern[str]:
    letters = "".join(sorted(lists.letters | {each.upper() for each in lists.letters}))
    return re.compile(
        rf"(?<![A-Za-z])[0-9]|[0-9](?=[0-9]{{2}})|[^0-9A-Za-z{letters}{re.escape(PUNCTUATION)}]"
    )


def _shown(char: str) -> str:
    return char if char.isprintable() else f"U+{ord(char):04X}"
