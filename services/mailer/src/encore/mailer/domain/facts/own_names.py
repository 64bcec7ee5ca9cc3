"""What a sentence calls a product that the customer has.

Catalogue names are long: "your Orrelux USB cable" says the same as "your Orrelux Flexi 232 Fast Charging Data
Cable", and reads as a person would say it.
"""

from encore.mailer.domain.facts.features import in_sentence
from encore.mailer.domain.facts.titles import title
from encore.mailer.domain.text import category_label
from encore.mailer.domain.words.lists import WordLists

LONG_TITLE_CHARS = 28
MAX_CATEGORY_WORDS = 3


def own_name(name: str, category: tuple[str, ...], lists: WordLists) -> str:
    """Return the title, or if that is long the first word of the name with what one of its category is.

    Empty if nothing of the name can be read.
    """
    whole = title(name)
    if len(whole) <= LONG_TITLE_CHARS:
        return whole
    one = _one_of(category_label(category), lists)
    return f"{whole.split()[0]} {one}" if one else whole


def _one_of(label: str, lists: WordLists) -> str | None:
    """Return the singular of a category's name, None if it is not the plain plural of a few words."""
    words = label.split()
    if not words or len(words) > MAX_CATEGORY_WORDS or not all(word.isalpha() for word in words):
        return None
    last = words[-1]
    one = next((last[: -len(end)] + left for end, left in lists.plurals if last.endswith(end)), None)
    return in_sentence(" ".join([*words[:-1], one]), lists) if one else None
