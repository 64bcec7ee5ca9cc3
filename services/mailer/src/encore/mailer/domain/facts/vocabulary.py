"""The words that the shop itself uses for a product: what the writer may say about it."""

import re
from functools import lru_cache
from itertools import chain, islice

from encore.contracts.records import Product
from encore.mailer.domain.copy import lies
from encore.mailer.domain.text import category_label, clean, word_set

MAX_KEYWORDS = 8
MAX_BULLETS = 8
MAX_BULLET_CHARS = 400
CACHED_PRODUCTS = 4_096
CACHED_WORDS = 16_384
KEYWORD_CHARS = range(4, 19)
ACRONYM_CHARS = range(2, 6)

_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_TOKEN = re.compile(r"[^\s,;:.!?()|/\[\]]+")
FILLERS = word_set("""
about after also always around because been before being both comes does each easy ensure ensures every
from full get gives give good great have help helps high into just keep keeps like made make makes more
most much need needs note only other over perfect please product products quality really same should some
such sure than that their them then there these they this those through under upto used user using very
well what when where which while will with within without work works would year years your
""")


@lru_cache(maxsize=CACHED_PRODUCTS)
def vocabulary(product: Product) -> frozenset[str]:
    """Return every word of the product's name, bullets and category, in lower case, also by its parts."""
    words = chain.from_iterable(_WORD.findall(text.casefold()) for text in _texts(product))
    return frozenset(chain.from_iterable((word, *word.split("-")) for word in words))


@lru_cache(maxsize=CACHED_PRODUCTS)
def keywords(product: Product) -> tuple[str, ...]:
    """Return up to eight distinct words that describe the product and may stand in copy as they are.

    Tokens with digits or signs never qualify, nor does the name's first word, which is mostly a brand, nor
    what the category says already.
    """
    name, category, *bullets = _texts(product)
    tokens = chain(_TOKEN.findall(name)[1:], *(_TOKEN.findall(text) for text in bullets))
    said = {_singular(word) for word in category.casefold().split()}
    words = (word for token in tokens if (word := _keyword(token)) and _singular(word) not in said)
    return tuple(islice(dict.fromkeys(words), MAX_KEYWORDS))


def _texts(product: Product) -> list[str]:
    bullets = (clean(bullet, max_chars=MAX_BULLET_CHARS) for bullet in product.bullets[:MAX_BULLETS])
    return [clean(product.name, max_chars=MAX_BULLET_CHARS), category_label(product.category), *bullets]


@lru_cache(maxsize=CACHED_WORDS)
def _keyword(token: str) -> str | None:
    if not _WORD.fullmatch(token):
        return None
    if token.isupper() and len(token) in ACRONYM_CHARS:
        word = token
    elif len(token) in KEYWORD_CHARS and token.casefold() not in FILLERS:
        word = token.casefold()
    else:
        return None
    return None if any(lies.found_in(word)) else word


def _singular(word: str) -> str:
    return word.casefold().removesuffix("s")
