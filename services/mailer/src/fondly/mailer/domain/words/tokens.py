"""Splits copy into sentences of tokens: words in lower case, slots without a number, breaks of a clause."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

BREAK = ","
"""A comma, a colon, a semicolon, a bracket or a dash."""
CACHED_TEXTS = 16_384
_TOKEN = re.compile(
    r"\{(?:(?P<number>[0-9]{1,2})\.)?(?P<slot>[a-z0-9_.]{1,40})\}"
    r"|(?P<word>[^\W\d_]+[0-9]{0,2}(?:['’-][^\W\d_]+)*)"  # noqa: RUF001 - the typographic apostrophe
    r"|(?P<end>[.!?…]+)|(?P<break>[,:;()/–—\"“”]|(?<=\s)-(?=\s))"  # noqa: RUF001 - dashes of copy
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The tokens of one sentence, and the numbers of the products whose slots are among them."""

    tokens: tuple[str, ...]
    products: frozenset[str]
    slots: frozenset[str]
    """The slots, such as `{price}`."""

    @classmethod
    def of(cls, tokens: list[str], products: set[str]) -> Self:
        """Return the sentence of these tokens."""
        return cls(tuple(tokens), frozenset(products), frozenset(filter(is_slot, tokens)))


def is_slot(token: str) -> bool:
    """Whether a token stands for a slot."""
    return token[0] == "{"


@lru_cache(maxsize=CACHED_TEXTS)
def sentences(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of copy, in NFKC form."""
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[Sentence]:
    tokens: list[str] = []
    products: set[str] = set()
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind == "end":
            if tokens:
                yield Sentence.of(tokens, products)
            tokens, products = [], set()
        elif kind == "break":
            tokens.append(BREAK)
        elif kind == "word":
            tokens.append(found["word"].lower().replace("’", "'"))  # noqa: RUF001
        else:
            if found["number"]:
                products.add(found["number"])
            tokens.append(f"{{{found['slot']}}}")
    if tokens:
        yield Sentence.of(tokens, products)
