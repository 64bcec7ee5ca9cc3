"""What a field may say: the words that are harmless in a language, and those that something vouches for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Self

from fondly.mailer.domain.copy.fields import HEADLINES, LINES
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.product import REDUCED, ProductFacts
from fondly.mailer.domain.facts.vouched import Vouched, vouched_by, words_of
from fondly.mailer.domain.words.compounds import MIN_NAMED_CHARS
from fondly.mailer.domain.words.lists import WordLists
from fondly.mailer.domain.words.phrases import Phrases
from fondly.mailer.domain.words.tokens import BREAK, is_slot

NUMBER, CURRENCY = "number word outside a slot", "currency outside a slot"
SELLER, REDUCTION = "a seller's word", "only beside a reduced price"
NOTHING = Phrases.of(())


@cache
def rules(lists: WordLists) -> dict[str, str]:
    """Return the rule of each word that has one, even where the catalogue has the word."""
    ruled = (
        (lists.seller, SELLER),
        (lists.restricted, "only within a known phrase"),
        (lists.audience | lists.rating, "only beside a rating"),
        (lists.price, "only beside an amount"),
        (lists.reduction_claims, REDUCTION),
        (lists.currencies, CURRENCY),
        (lists.numbers, NUMBER),
    )
    return {word: rule for words, rule in ruled for word in words}


@dataclass(frozen=True)
class Scope:
    """What the texts of one field may say about the same products."""

    lists: WordLists
    vouched: tuple[Vouched, ...]
    """What vouches for words: the products that the field may speak of, and what is known of the customer."""
    reduced: bool
    """Whether the price of a product that the field is about is reduced."""
    known: frozenset[str]
    """What is known that claims can rest on."""
    scenes: frozenset[str]
    """What moments are about, for a field that is not about one product."""
    about_one: bool
    """Whether the field is about one product."""
    of_several: Phrases
    """What a text must not say because the email has one product; nothing where it has several."""
    never: frozenset[str]
    """Words that this field must not have, whoever vouches for them."""

    @classmethod
    def of(cls, field: str, products: Sequence[ProductFacts], facts: EmailFacts, lists: WordLists) -> Self:
        """Return what a field may say of these products."""
        is_line = field.startswith(LINES)
        own = words_of((facts.brand, *facts.own_words), lists)
        return cls(
            lists=lists,
            vouched=(*(vouched_by(each.entry, lists) for each in products), own),
            reduced=any(not REDUCED.isdisjoint(each.values) for each in products),
            known=facts.known | frozenset().union(*(each.known for each in products)),
            scenes=frozenset() if is_line else lists.scenes,
            about_one=len(products) == 1,
            of_several=lists.several if facts.has_one_product and not is_line else NOTHING,
            never=lists.headline_never if field in HEADLINES else frozenset(),
        )

    def doubts(self, token: str) -> bool:
        """Whether a token needs a rule to be looked at, or somebody who vouches for it."""
        if token in self.never:
            return True
        if token == BREAK or is_slot(token) or token in self.lists.neutral or token in self.scenes:
            return False
        return token in rules(self.lists) or not self._vouches(token)

    def proves(self, word: str) -> bool:
        """Whether the catalogue has a form of the word, or a compound that it is part of."""
        stem = self.lists.endings.stem(word)
        return any(stem in each.stems for each in self.vouched) or self._is_part(word)

    def has_pair(self, pair: tuple[str, ...]) -> bool:
        """Whether the catalogue has these two words side by side."""
        return any(pair in each.pairs for each in self.vouched)

    def _vouches(self, word: str) -> bool:
        stem = self.lists.endings.stem(word)
        if stem in self.lists.neutral_stems or any(stem in each.stems for each in self.vouched):
            return True
        if word.endswith("'s"):
            return self._knows(word.removesuffix("'s"))
        if "-" in word:
            parts = word.split("-")
            return (
                any("".join(parts) in each.words for each in self.vouched)
                or all(map(self.has_pair, pairwise(parts)))
                or all(map(self._knows, parts))
            )
        return self._is_compound(word)

    def _knows(self, word: str) -> bool:
        if word in self.lists.neutral:
            return True
        return bool(word) and word not in rules(self.lists) and self._vouches(word)

    def _is_compound(self, word: str) -> bool:
        """Whether a word is part of a compound of the catalogue, or is made of two words that may be said."""
        compounds = self.lists.compounds
        if not compounds.links:
            return False
        return self._is_part(word) or any(
            (head in compounds.heads or self.proves(head)) and self._is_simple(start)
            for start, head in compounds.splits(word)
        )

    def _is_part(self, word: str) -> bool:
        return any(word in each.parts for each in self.vouched)

    def _is_simple(self, word: str) -> bool:
        """Whether a part of a compound is a known word; short stems are those of too many others."""
        if word in rules(self.lists):
            return False
        stem = self.lists.endings.stem(word)
        known = len(stem) >= MIN_NAMED_CHARS and stem in self.lists.neutral_stems
        return known or word in self.lists.neutral or self.proves(word)
