"""What a sentence calls a product, by its title and its category.

Catalogue names are long: "your Orrelux USB cable" says the same as "your Orrelux Flexi 232 Fast Charging Data
Cable", and reads as a person would say it. Others stop before they say what the product is. Where nothing
shows what it is, nothing is said: a shelf such as "Gifts", or a word of another language, is no noun.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from fondly.contracts.records import Product
from fondly.contracts.shelves import is_shelf
from fondly.mailer.domain.facts.titles import TITLE_CHARS, title, work_title
from fondly.mailer.domain.language.kinds import Kind
from fondly.mailer.domain.language.naming import Naming, names_a_thing
from fondly.mailer.domain.text import category_label, clean, cut, folded

LONG_TITLE_CHARS, UNCUT_CHARS = 28, 50
MIN_WORDS = 2
"""Of a name from which the words before its noun are left out."""
MAX_LEARNED_WORDS = 3
MAX_BRAND_CHARS = 30
CACHED = 8_192
_PARTS = re.compile(r"\s*[&,/+]\s*|\s+(?:and|und)\s+")
_MEASURES = re.compile(
    r"\s(?=\d[\d.,x/-]*\s?(?:[mck]?m|[mc]?l|kg|(?<=\d\d)\s?g|oz|lb|w|v|ah|[gt]b|inch|zoll|pcs|pieces|stück|sheets|blatt)\b"
    r"(?:\s\S+){0,3}$)",
    re.IGNORECASE,
)
"""Where a measure and up to three words end a title: the noun comes before them."""
_FOR = re.compile(r"\s+(?:for|für)\s.*")


def spoken_kind(product: Product, locale: str) -> str | None:
    """Return what an email in a locale, such as `en_GB`, calls a product of its kind; None when unsure."""
    kind = kind_of(product.name, product.category, Naming.load(locale.partition("_")[0]))
    return kind.noun if kind else None


@lru_cache(maxsize=CACHED)
def own_name(name: str, category: tuple[str, ...], naming: Naming, brand: str | None = None) -> str:
    """Return a product's title, or if that is long its brand and its kind; empty if it has none.

    The brand is the stated one, else what stands before a dash, else the first word if it may be one.
    A work keeps its title, with its author or artist, behind its kind where the language says it so.
    """
    kind = kind_of(name, category, naming)
    if kind and kind.is_work:
        whole = work_title(name)
        is_bare = naming.has_compounds or not whole or _is_named(kind, _stems(whole, naming), naming)
        return whole if is_bare else f"{kind.noun} {whole}"
    whole = title(name)
    words = whole.split()
    is_nameless = bool(words) and _is_no_brand(words[0], naming)
    if kind and len(whole) > LONG_TITLE_CHARS:
        maker = _maker(whole, naming, brand)
        is_said = maker.casefold() in kind.noun.casefold().split()
        return kind.noun if is_said or not maker else f"{maker} {kind.noun}"
    while len(words) > MIN_WORDS and _is_no_brand(words[0], naming) and not words[1].islower():
        words.pop(0)
    is_titled = whole.split(" ")[0].casefold() in naming.articles
    return " ".join(words) if is_titled else naming.in_sentence(" ".join(words)) if is_nameless else whole


@lru_cache(maxsize=CACHED)
def kind_name(name: str, category: tuple[str, ...], naming: Naming) -> str:
    """Return what people call a product, as within a sentence, or its category's label; empty for a shelf."""
    if kind := kind_of(name, category, naming):
        return kind.noun
    label = category_label(tuple(level for level in category if not is_shelf(level)))
    is_one = len(_PARTS.split(label)) == 1
    return naming.in_sentence((is_one and naming.singular(label)) or label) if label else ""


@lru_cache(maxsize=CACHED)
def telling_title(name: str, category: tuple[str, ...], naming: Naming) -> str:
    """Return the title, with the noun of its kind where it does not say it; that of a work is whole."""
    whole, kind = title(name), kind_of(name, category, naming)
    if not whole or not kind:
        return whole
    if kind.is_work:
        return work_title(name)
    said = _stems(whole, naming)
    if _is_named(kind, said, naming) or _titled(whole, naming):
        return whole
    missing = (word for word in kind.noun.split() if not _is_said(word, said, naming))
    told = " ".join(word[0].upper() + word[1:] for word in missing)
    start, *measures = _MEASURES.split(cut(whole, max_chars=TITLE_CHARS - len(told) - 1), maxsplit=1)
    return " ".join((start, told, *measures))


@lru_cache(maxsize=CACHED)
def kind_of(name: str, category: tuple[str, ...], naming: Naming) -> Kind | None:
    """Return what people call a product; None when unsure.

    First what its category lists and its title says, then a work by any level, then what the category is.
    Where that says nothing, it is what the title ends with.
    """
    whole = title(name)
    levels = [category_label((level,)) for level in reversed(category) if not is_shelf(level)]
    if any(map(naming.is_foreign, (whole, *levels))):
        return None
    if levels and levels[0].casefold().endswith(naming.apart):
        levels = []
    listed, said = [_listed(label, naming) for label in levels], _stems(whole, naming)
    leaf = next(iter(listed), ())
    work = next((kind for kinds in listed for kind in kinds if kind.is_work), None)
    if named := next((kind for kind in leaf if _is_named(kind, said, naming)), None):
        return named
    if work and (not leaf or leaf[0].is_work):
        return work
    believed = None if work else _believed(levels, listed, said, naming)
    return believed or _titled(whole, naming)


def _titled(whole: str, naming: Naming) -> Kind | None:
    """Return what a title ends with, but for a measure; no flavour, and nothing that may have been cut."""
    kind = naming.known(whole) or naming.known(_MEASURES.split(whole)[0])
    is_sure = kind and not (kind.is_work or kind.is_mass) and len(whole) <= UNCUT_CHARS
    return kind if is_sure else None


@lru_cache(maxsize=CACHED)
def _listed(label: str, naming: Naming) -> tuple[Kind, ...]:
    """Return the kinds that a category lists: "Desk & Study Lamps" are desk lamps and study lamps."""
    *others, last = (_FOR.sub("", part) for part in _PARTS.split(label))
    kinds = [_of_part(part, last, naming) for part in others]
    return tuple(kind for kind in (*kinds, naming.kind(last)) if kind)


def _of_part(part: str, last: str, naming: Naming) -> Kind | None:
    kind = naming.kind(part)
    is_several = naming.singular(part) or (kind and kind.plural != kind.noun and part.endswith(kind.plural))
    shared = " ".join([part, *last.split()[-1:]])
    is_known = naming.singular(shared.casefold()) in naming.kinds
    is_whole = kind and (is_several or kind.is_mass or kind.is_work) and not is_known
    return kind if is_whole else naming.kind(shared)


def _believed(
    levels: Sequence[str], listed: Sequence[Sequence[Kind]], said: Sequence[str], naming: Naming
) -> Kind | None:
    """Return the countable thing that the category is, or the one above if it only describes ("In-Ear")."""
    for label, kinds in zip(levels, listed, strict=True):
        if kinds:
            is_one = len(kinds) == len(_PARTS.split(label)) and len(set(map(_head, kinds))) == 1
            return kinds[0] if is_one and not kinds[0].is_mass else None
        singular = naming.singular(label)
        if singular or naming.has_compounds:
            return _learned(label, singular, said, naming)
    return None


def _learned(label: str, singular: str | None, said: Sequence[str], naming: Naming) -> Kind | None:
    """Return a noun that no table has, if the product's own title says one, or ends with it."""
    noun = naming.in_sentence(singular or label)
    words = noun.split()
    is_said = naming.stem(folded(words[-1])) in (said if singular else said[-1:])
    last = words[-1].casefold()
    is_foreign = last.endswith(naming.foreign_endings) or names_a_thing(last)
    is_foreign |= singular is not None and naming.signs.isdisjoint(said)
    is_noun = len(words) <= MAX_LEARNED_WORDS and all(word.isalpha() for word in words)
    return Kind(noun, label, naming.indefinite) if is_said and is_noun and not is_foreign else None


def _head(kind: Kind) -> str:
    return kind.noun.split()[-1]


def _stems(text: str, naming: Naming) -> list[str]:
    return [naming.stem(word) for word in folded(text).split()]


def _maker(whole: str, naming: Naming, brand: str | None) -> str:
    stated = clean(brand or "", max_chars=MAX_BRAND_CHARS + 1)
    before, dash, _ = whole.partition(" \u2013 " if " \u2013 " in whole else " - ")
    is_maker = dash and before.replace(" ", "").isalpha() and len(before) <= MAX_BRAND_CHARS
    maker = stated or (before if is_maker else whole.split(maxsplit=1)[0])
    is_common = not stated and (
        maker.casefold() in naming.beginnings or is_shelf(maker) or naming.known(maker)
    )
    return "" if is_common or _is_no_brand(maker, naming) or len(maker) > MAX_BRAND_CHARS else maker


def _is_no_brand(word: str, naming: Naming) -> bool:
    lower = word.casefold().strip("'\u2018\u2019.,:")
    return len(word) == 1 or lower in naming.no_brands or not any(map(str.isalpha, word))


def _is_named(kind: Kind, said: Sequence[str], naming: Naming) -> bool:
    return any(_is_said(head, said, naming) for head in kind.heads or (_head(kind),))


def _is_said(word: str, said: Sequence[str], naming: Naming) -> bool:
    """Whether a word, in any form, or one that means the same is among the stems of a title."""
    alike = {naming.stem(each) for each in (folded(word), *naming.same.get(folded(word), ()))}
    parts = {part for one in said for part in (one, *one.split("-"))}
    return not alike.isdisjoint(parts) or (
        naming.has_compounds and any(one.endswith((*alike,)) for one in said)
    )
