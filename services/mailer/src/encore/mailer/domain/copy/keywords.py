"""The words of the shop's own that the prompt offers for a product."""

import re
from functools import lru_cache
from itertools import chain, islice

from encore.contracts.records import Product
from encore.mailer.domain.copy.forbidden_text import forbidden_text
from encore.mailer.domain.copy.unsupported_claims import never_supported
from encore.mailer.domain.facts.product import catalogue_texts
from encore.mailer.domain.text import word_set

MAX_KEYWORDS = 8
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
def keywords(product: Product) -> tuple[str, ...]:
    """Return up to eight distinct words that describe the product and that copy may repeat as they are.

    Left out are tokens with digits or signs, the name's first word, which is mostly a brand, and what the
    category says already.
    """
    name, category, *bullets = catalogue_texts(product)
    tokens = chain(_TOKEN.findall(name)[1:], *(_TOKEN.findall(text) for text in bullets))
    said = {_singular(word) for word in category.casefold().split()}
    words = (word for token in tokens if (word := _keyword(token)) and _singular(word) not in said)
    return tuple(islice(dict.fromkeys(words), MAX_KEYWORDS))


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
    return None if any(chain(forbidden_text(word), never_supported(word))) else word


def _singular(word: str) -> str:
    return word.casefold().removesuffix("s")
