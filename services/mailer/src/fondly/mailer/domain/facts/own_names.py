"""What a sentence calls a product, by its title and its category.

Catalogue names are long: "your Orrelux USB cable" says the same as "your Orrelux Flexi 232 Fast Charging Data
Cable", and reads as a person would say it. Others stop before they say what the product is.
"""

from collections.abc import Sequence
from functools import lru_cache

from fondly.mailer.domain.facts.features import in_sentence
from fondly.mailer.domain.facts.titles import TITLE_CHARS, title
from fondly.mailer.domain.text import category_label, cut, folded
from fondly.mailer.domain.words.lists import WordLists

LONG_TITLE_CHARS = 28
MAX_CATEGORY_WORDS = 3
CACHED = 8_192


@lru_cache(maxsize=CACHED)
def own_name(name: str, category: tuple[str, ...], lists: WordLists) -> str:
    """Return a product's title, or if that is long its first word and its kind; empty if it has none."""
    whole = title(name)
    if len(whole) <= LONG_TITLE_CHARS:
        return whole
    kind = _kind(category, lists)
    return f"{whole.split()[0]} {in_sentence(kind, lists)}" if kind else whole


@lru_cache(maxsize=CACHED)
def telling_title(name: str, category: tuple[str, ...], lists: WordLists) -> str:
    """Return the title, with the singular of its category where it does not say what it is."""
    whole, kind = title(name), _kind(category, lists)
    if not whole or not kind:
        return whole
    said = [lists.endings.stem(word) for word in folded(whole).split()]
    missing = [word for word in kind.split() if not _is_said(word, said, lists)]
    if kind.split()[-1] not in missing:
        return whole
    told = " ".join(missing)
    return f"{cut(whole, max_chars=TITLE_CHARS - len(told) - 1)} {told}"


def _is_said(word: str, said: Sequence[str], lists: WordLists) -> bool:
    """Whether a word, in any form, or one that means the same is among the stems of a title."""
    stem = lists.endings.stem
    alike = {stem(each) for each in (folded(word), *lists.same.get(folded(word), ()))}
    return any(each in one for each in alike for one in said)


def _kind(category: tuple[str, ...], lists: WordLists) -> str | None:
    """Return the singular of a category's name, None if it is not the plain plural of a few words."""
    words = category_label(category).split()
    if not words or len(words) > MAX_CATEGORY_WORDS or not all(word.isalpha() for word in words):
        return None
    last = words[-1]
    one = next((last[: -len(end)] + left for end, left in lists.plurals if last.endswith(end)), None)
    return " ".join([*words[:-1], one]) if one else None
