"""Sentences of reviews that an email may quote: whole, telling, about the product, and about nobody."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib import resources

from fondly.contracts.records import (
    Customer,
    Identifier,
    Product,
    ProductQuotes,
    Quote,
    Record,
    Sentiment,
    SharedText,
    one_line,
)
from fondly.sentiment.domain.readings import NOTHING, Reading, Readings

MOST_OF_A_TEXT, MOST_OF_A_PRODUCT = 2, 3
MOST_KEPT = 6
"""How many wordings of a product are kept: others may have written some of them, too."""
WORDS, UNENDED = range(5, 21), range(5, 13)
"""How many words a sentence has, and one without a full stop at the end of a text."""
LIKED_STARS = 4
LONG = 5
"""From so many letters on a word says what a sentence is about."""
VAGUE = frozenset({"quality", "price", "value"})
"""Aspects whose praise anybody writes of anything."""
USE, ASPECT, OF_ITSELF = 2, 2, 1
"""How telling it is what a product does, each aspect, and that the writer does not speak of themselves."""
_SENTENCE = re.compile(r"(?:(?<=[.!?…]\s)|^)[^.!?…]+(?:[.!?…]+(?=\s|$)|$)")
_PLAIN = re.compile(r"[A-ZÄÖÜ](?:[\w'\u2019&%/-]|,(?= )| (?![ ,]))*[a-zäöüß0-9][.!]?")
_JOINED = ("On the other", "While", "As ", "So ", "And ", "Since", "Also")
"""A sentence that begins so says only half."""
_WORD = re.compile(r"[\w'\u2019-]+")
_I = re.compile(r"I(?:['\u2019]\w+)?")
_SHOUTED = re.compile(r"\b[A-ZÄÖÜ]{4,}\b|\bi\b")


class Candidate(Record):
    """A sentence of one text that may be quoted of a product, and how telling it is."""

    customer_id: Identifier | None = None
    """Who wrote it, if that is known: who is forgotten is not quoted again."""
    product_id: Identifier
    opinion_id: Identifier
    telling: int
    quote: Quote


def candidates(
    customers: Iterable[Customer], shared: Iterable[SharedText], readings: Readings
) -> Iterator[Candidate]:
    """Yield the most telling sentences of a part's favourable texts, for each of their products."""
    for customer in customers:
        for one in customer.reviews:
            if one.rating is None or one.rating >= LIKED_STARS:
                for telling, text in _sentences(one_line(one.text), one.document, readings):
                    quote = Quote(text=text, stars=one.rating, timestamp=one.timestamp)
                    for product_id in dict.fromkeys(one.product_ids):
                        yield Candidate(
                            customer_id=customer.customer_id,
                            product_id=product_id,
                            opinion_id=one.review_id,
                            telling=telling,
                            quote=quote,
                        )
    for other in shared:
        for telling, text in _sentences(other.document, other.document, readings):
            yield Candidate(
                product_id=other.product_id,
                opinion_id=other.text_id,
                telling=telling,
                quote=Quote(text=text),
            )


class BestQuotes:
    """The best quotes of products whose candidates come part by part, and then all once more.

    Memory grows with the catalogue, not with the reviews.
    """

    def __init__(self, products: Mapping[str, Product]) -> None:
        self._products = products
        self._kept: defaultdict[str, dict[str, Candidate]] = defaultdict(dict)
        self._copied = set[str]()

    def add(self, found: Iterable[Candidate]) -> None:
        """Keep the most telling candidates of each product that name nobody, one of each wording."""
        for one in found:
            product = self._products.get(one.product_id)
            if product and not _names_others(one.quote, product):
                own = self._kept[one.product_id]
                own.setdefault(_folded(one.quote.text), one)
                if len(own) > MOST_KEPT + MOST_OF_A_PRODUCT:
                    self._kept[one.product_id] = dict(self._ordered(product)[:MOST_KEPT])

    def compare(self, found: Iterable[Candidate]) -> None:
        """Note which wordings somebody else wrote, too; all candidates have been added."""
        for one in found:
            wording = _folded(one.quote.text)
            if self._writers.get(wording, one.opinion_id) != one.opinion_id:
                self._copied.add(wording)

    def chosen(self) -> Iterator[ProductQuotes]:
        """Yield the most telling quotes of each product that nobody else wrote; all have been compared."""
        for product_id in self._kept:
            ordered = self._ordered(self._products[product_id])
            if own := [one.quote for wording, one in ordered if wording not in self._copied]:
                yield ProductQuotes(product_id=product_id, quotes=tuple(own[:MOST_OF_A_PRODUCT]))

    @cached_property
    def _writers(self) -> dict[str, str]:
        return {wording: one.opinion_id for own in self._kept.values() for wording, one in own.items()}

    def _ordered(self, product: Product) -> list[tuple[str, Candidate]]:
        """Return what is kept of a product, the most telling first, by what its bullets say too."""
        words = set(_folded(" ".join(product.bullets)).split())

        def order(kept: tuple[str, Candidate]) -> tuple[int, str]:
            wording, one = kept
            own = {word for word in wording.split() if len(word) >= LONG}
            return -one.telling - min(ASPECT, len(own & words)), one.quote.text

        return sorted(self._kept[product.product_id].items(), key=order)


def _sentences(text: str, document: str, readings: Readings) -> list[tuple[int, str]]:
    """Return the most telling sentences of a text, the end of its document, with how telling they are."""
    reading = readings.get(document, NOTHING)
    if reading.score.sentiment is not Sentiment.POSITIVE:
        return []
    start = len(document) - len(text)
    found = [
        (telling, match[0])
        for match in _SENTENCE.finditer(text)
        if (telling := _telling(match[0], reading, start + match.start(), start + match.end()))
    ]
    return sorted(found, key=lambda each: -each[0])[:MOST_OF_A_TEXT]


def _telling(sentence: str, reading: Reading, begin: int, end: int) -> int:
    """Return how telling a sentence is; 0 if it must not be quoted."""
    said = [each for each in reading.aspects if begin <= each.begin and each.end <= end]
    if not _is_whole(sentence) or any(each.sentiment is not Sentiment.POSITIVE for each in said):
        return 0
    praised = sum(each.aspect not in VAGUE for each in said)
    substance = ASPECT * praised + USE * _has("use", sentence)
    return substance + OF_ITSELF * (not _has("writer", sentence)) if substance else 0


def _is_whole(sentence: str) -> bool:
    fits = len(_WORD.findall(sentence)) in (WORDS if sentence[-1] in ".!" else UNENDED)
    is_plain = _PLAIN.fullmatch(sentence) and not _SHOUTED.search(sentence)
    return bool(fits and is_plain and not sentence.startswith(_JOINED) and not _has("barred", sentence))


def _names_others(quote: Quote, product: Product) -> bool:
    """Return whether any word inside is capitalised as a name is, unless the product is called so."""
    if _has("german", quote.text):
        return False
    known = _folded(" ".join((product.name, *product.category, product.brand or ""))).split()
    inside = _WORD.findall(quote.text)[1:]
    return any(word[0].isupper() and not _I.fullmatch(word) and _folded(word) not in known for word in inside)


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _has(words: str, sentence: str) -> bool:
    return _pattern(words).search(sentence) is not None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return the pattern of all words in a table's lists, or in one list."""
    text = resources.files(__package__).joinpath("quote_words.toml").read_text(encoding="utf-8")
    lists = tomllib.loads(text)[name]
    words = " ".join(lists.values() if isinstance(lists, dict) else [lists]).replace("_", "\\s").split()
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
