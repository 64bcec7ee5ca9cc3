"""What a sentence calls a product, by its title and its category.

Catalogue names are long: "your Orrelux USB cable" says the same as "your Orrelux Flexi 232 Fast Charging Data
Cable", and reads as a person would say it. Others stop before they say what the product is.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from fondly.contracts.records import Product
from fondly.contracts.shelves import is_shelf
from fondly.mailer.domain.facts.titles import TITLE_CHARS, title
from fondly.mailer.domain.language.naming import Naming
from fondly.mailer.domain.text import category_label, cut, folded

LONG_TITLE_CHARS = 28
MAX_CATEGORY_WORDS = 3
MIN_WORDS = 2
"""Of a name from which the words before its noun are left out."""
CACHED = 8_192
_PARTS = re.compile(r"\s*[&,/]\s*|\s+(?:and|und)\s+")


@lru_cache(maxsize=CACHED)
def own_name(name: str, category: tuple[str, ...], naming: Naming) -> str:
    """Return a product's title, or if that is long its brand and its kind; empty if it has none."""
    whole = title(name)
    words = whole.split()
    is_nameless = bool(words) and _is_no_brand(words[0], naming)
    kind = _kind(category, naming) if len(whole) > LONG_TITLE_CHARS else None
    if kind:
        spoken = naming.in_sentence(kind)
        return spoken if is_nameless or words[0].lower() in spoken.split() else f"{words[0]} {spoken}"
    while len(words) > MIN_WORDS and _is_no_brand(words[0], naming):
        words.pop(0)
    return naming.in_sentence(" ".join(words)) if is_nameless else whole


@lru_cache(maxsize=CACHED)
def kind_name(category: tuple[str, ...], naming: Naming) -> str:
    """Return what people call one product of a category, as within a sentence, or the category's label."""
    label = _kind(category, naming) or _kind(category[1:-1], naming) or category_label(category)
    return naming.in_sentence(label) if label else ""


def spoken_kind(product: Product, locale: str) -> str | None:
    """Return what an email in a locale, such as `en_GB`, calls one product of its kind; None when unsure."""
    naming, paths = Naming.load(locale.partition("_")[0]), (product.category, *product.other_categories)
    kinds = (_kind(path, naming) for path in paths if path and not is_shelf(path[-1]))
    return next(filter(None, kinds), None)


@lru_cache(maxsize=CACHED)
def telling_title(name: str, category: tuple[str, ...], naming: Naming) -> str:
    """Return the title, with the singular of its category where it does not say what it is."""
    whole, kind = title(name), _kind(category, naming)
    if not whole or not kind:
        return whole
    said = [naming.stem(word) for word in folded(whole).split()]
    missing = [word for word in kind.split() if not _is_said(word, said, naming)]
    if kind.split()[-1] not in missing:
        return whole
    told = " ".join(missing)
    return f"{cut(whole, max_chars=TITLE_CHARS - len(told) - 1)} {told}"


def _is_no_brand(word: str, naming: Naming) -> bool:
    return len(word) == 1 or word.casefold() in naming.no_brands or not any(map(str.isalpha, word))


def _is_said(word: str, said: Sequence[str], naming: Naming) -> bool:
    """Whether a word, in any form, or one that means the same is among the stems of a title."""
    alike = {naming.stem(each) for each in (folded(word), *naming.same.get(folded(word), ()))}
    return any(each in one for each in alike for one in said)


def _kind(category: tuple[str, ...], naming: Naming) -> str | None:
    """Return the singular of a category's name, None if it is not the plain plural of a few words.

    Of several it is the first, such as "desk lamp" of "Desk & Study Lamps".
    """
    first, *others = (part.split() for part in _PARTS.split(category_label(category)))
    noun = others[-1][-1:] if others else []
    return _singular(first, naming) or _singular([*first, *noun], naming)


def _singular(words: Sequence[str], naming: Naming) -> str | None:
    if not words or len(words) > MAX_CATEGORY_WORDS or not all(word.isalpha() for word in words):
        return None
    singular = naming.singular(words[-1])
    return " ".join([*words[:-1], singular]) if singular else None
