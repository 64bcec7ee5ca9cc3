"""The words that may be said of a product because its catalogue entry has them, or because of its kind.

A word of the catalogue vouches for its regular forms and for words that mean the same. A seller's own words
("best", "guarantee") vouch for nothing, nor do the words of a clause that denies something: "NO CALLING
FEATURE" must not vouch for calling.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from fondly.contracts.records import Product
from fondly.mailer.domain.facts.titles import title
from fondly.mailer.domain.text import category_label, folded
from fondly.mailer.domain.words.lists import WordLists

MAX_TEXT_CHARS = 4_000
CACHED_PRODUCTS = 4_096
_WORD = re.compile(r"[^\W\d_]+[0-9]{0,2}(?:['’-][^\W\d_]+)*")  # noqa: RUF001 - the typographic apostrophe
_CLAUSE = re.compile(r"[.!?;:|,()\[\]{}•\n]+|\s[-–—]\s|\b(?:but|aber)\b")  # noqa: RUF001 - dashes of the catalogue


@dataclass(frozen=True, slots=True)
class Vouched:
    """Words, and the stems that their regular forms share."""

    words: frozenset[str]
    stems: frozenset[str]
    pairs: frozenset[tuple[str, str]] = frozenset()
    """Each word of the catalogue with the next one, as in "any router"."""
    parts: frozenset[str] = frozenset()
    """What compounds among the words are, and are made for."""


def vouched_by(product: Product, lists: WordLists) -> Vouched:
    """Return what the catalogue entry of a product, and its kind, vouch for."""
    return _vouched(product.name, product.category, product.bullets, lists)


@lru_cache(maxsize=CACHED_PRODUCTS)
def _vouched(name: str, category: tuple[str, ...], bullets: tuple[str, ...], lists: WordLists) -> Vouched:
    clauses = list(_clauses((name, category_label(category), *bullets), lists))
    own = frozenset(chain.from_iterable(clauses)) - lists.seller - lists.reduction_claims
    own = own.union(_kind_words(name, category, lists))
    words = own.union(*(lists.same.get(word, ()) for word in own)) - lists.numbers
    pairs = frozenset(chain.from_iterable(map(pairwise, clauses)))
    return Vouched(words, frozenset(map(lists.endings.stem, words)), pairs, lists.compounds.parts(words))


@lru_cache(maxsize=CACHED_PRODUCTS)
def words_of(texts: tuple[str, ...], lists: WordLists) -> Vouched:
    """Return what texts of our own, such as a brand's name, vouch for."""
    words = frozenset(chain.from_iterable(map(_words, texts))) - lists.seller
    stems = frozenset(map(lists.endings.stem, words))
    return Vouched(words, stems, parts=lists.compounds.parts(words))


def _clauses(texts: tuple[str, ...], lists: WordLists) -> Iterator[list[str]]:
    for text in texts:
        for clause in _CLAUSE.split(folded(text[:MAX_TEXT_CHARS])):
            words = _words(clause)
            if lists.negations.isdisjoint(words):
                yield words


def _words(text: str) -> list[str]:
    """Return the words in lower case, hyphenated ones also in parts and in one word."""
    found = [word.replace("’", "'") for word in _WORD.findall(folded(text))]  # noqa: RUF001
    hyphenated = [word for word in found if "-" in word]
    parts = chain.from_iterable(word.split("-") for word in hyphenated)
    return [*found, *parts, *(word.replace("-", "") for word in hyphenated)]


def _kind_words(name: str, category: tuple[str, ...], lists: WordLists) -> Iterator[str]:
    """Yield what is true of the kind that the narrowest category and the short name speak of."""
    heads = chain(_words(category_label(category)), _words(title(name)))
    for head in dict.fromkeys(heads):
        yield from lists.kind_words(head)
