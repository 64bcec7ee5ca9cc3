"""The features of a product: noun phrases that stand in its catalogue entry letter by letter.

A model proposes them, code accepts them, and a person may edit them. They are facts, so emails say them in
slots.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256

from pydantic import NonNegativeInt

from fondly.contracts.records import Identifier, Product, Record
from fondly.mailer.domain.text import category_label, folded
from fondly.mailer.domain.words.lists import WordLists

MAX_FEATURES = 6
MAX_CHARS = 40
MAX_WORDS = 5
FEATURE = re.compile(r"[^\W\d_]+[0-9]{0,2}(?:[ '’-][^\W\d_]+[0-9]{0,2})*")  # noqa: RUF001 - the typographic apostrophe
"""The form of a feature: words of letters, which may end in a digit or two such as those of "USB3"."""
_CLAUSE = re.compile(r"[.!?;:|,()\[\]{}•\n]+|\s[-–—]\s|\b(?:but|aber)\b")  # noqa: RUF001 - dashes of the catalogue
_WORD = re.compile(r"[^\W\d_]+[0-9]{0,2}")
Clauses = list[tuple[str, str]]
"""The clauses of a catalogue entry, each as plain words and as it is written."""
_GAP = re.compile(r"[\W_]+")


class ProductFeatures(Record):
    """What emails may say that a product has; `features` are in the order in which they are offered."""

    product_id: Identifier
    product_name: str
    digest: str
    """Of the name and the bullets that they were read from."""
    features: tuple[str, ...]
    refused: tuple[str, ...] = ()
    """What the model proposed besides, each with the reason why it was refused."""
    edited: bool = False
    """True if a person has decided; a new catalogue entry then changes nothing."""
    edited_by: str = ""
    """Who has decided, as they called themselves."""
    model_id: str = ""
    prompt_version: str = ""
    prompt_key: str = ""
    payer: str = ""
    input_tokens: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    cache_read_tokens: NonNegativeInt = 0
    cache_write_tokens: NonNegativeInt = 0
    updated_at: datetime


def digest_of(product: Product) -> str:
    """Return a digest of what features are read from."""
    return sha256("\n".join((product.name, *product.bullets)).encode("utf-8", "replace")).hexdigest()[:24]


def accept(
    proposed: Iterable[str], product: Product, lists: WordLists
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the features that the catalogue entry proves, and the refused ones with the reason."""
    clauses = [(_plain(clause), clause) for clause in _clauses(product)]
    category = _plain(category_label(product.category))
    accepted: dict[str, str] = {}
    refused: list[str] = []
    for text in proposed:
        feature = " ".join(text.split())
        problem = _unfit_form(feature, lists) or _unproved(feature, clauses, lists)
        if _plain(feature) == category:
            problem = "says no more than the category"
        if problem:
            refused.append(f"{feature[:MAX_CHARS]}: {problem}")
        elif len(accepted) < MAX_FEATURES:
            accepted.setdefault(feature.casefold(), in_sentence(feature, lists))
    return tuple(accepted.values()), tuple(refused)


def in_sentence(feature: str, lists: WordLists) -> str:
    """Write a feature as within a sentence: names, abbreviations and German nouns keep their capitals."""
    first, *others = (_in_sentence(word, lists) for word in feature.split(" "))
    if others and others[0][:1].isupper() and first.endswith(lists.adjective_endings):
        first = first[:1].lower() + first[1:]
    return " ".join((first, *others))


def _in_sentence(word: str, lists: WordLists) -> str:
    lower = word.lower()
    if spelling := lists.spellings.get(lower):
        return spelling
    if "-" in word:
        return "-".join(part if len(part) == 1 else _in_sentence(part, lists) for part in word.split("-"))
    if word.isupper() and len(word) <= lists.longest_acronym and lower not in lists.common:
        return word
    inner_capital = any(char.isupper() for char in word[1:]) and not word.isupper()
    return word if inner_capital or lists.keeps_capitals else lower


def _unfit_form(feature: str, lists: WordLists) -> str | None:
    """Return what keeps a text from being a noun phrase that an email may say."""
    words = _WORD.findall(folded(feature))
    if len(feature) > MAX_CHARS or len(words) > MAX_WORDS or not FEATURE.fullmatch(feature):
        return "not a few plain words"
    if bad := lists.no_features.intersection([*words, *folded(feature).split()]):
        return f"{min(bad)!r} is no feature"
    if words[0] in lists.loose_ends or words[-1] in lists.loose_ends:
        return "not a noun phrase"
    return None


def _unproved(feature: str, clauses: Clauses, lists: WordLists) -> str | None:
    """Return what keeps the catalogue entry from proving a feature."""
    found = [clause for text, clause in clauses if f" {_plain(feature)} " in f" {text} "]
    if not found:
        return "not in the catalogue entry"
    denied = all(not lists.negations.isdisjoint(_WORD.findall(folded(clause))) for clause in found)
    return "denied by the catalogue entry" if denied else None


def _clauses(product: Product) -> Iterator[str]:
    for text in (product.name, *product.bullets):
        yield from filter(str.strip, _CLAUSE.split(text))


def _plain(text: str) -> str:
    return _GAP.sub(" ", folded(text)).strip()
