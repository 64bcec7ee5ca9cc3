"""Composes the texts of one email from phrases that state only the facts."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from understudy.engines.copywriter import phrases
from understudy.engines.copywriter.facts import sayable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.engines.copywriter.facts import Facts, Product

MAX_SUBJECT_CHARS = 60
MAX_PREHEADER_CHARS = 110
MAX_LINE_CHARS = 200
_SLOT_CHARS = 12
"""The minimum length assumed for a filled slot."""

_NO_REASON = frozenset({"", "assortment"})
"""The kinds of reason that tell the customer nothing."""
_REASON = frozenset({"n.reason", "liked", "goes with"})
"""What says why a product was picked, by its name in the phrases."""

_SLOT = re.compile(r"\{[^}]*\}")
_NEED = re.compile(r"\{([^}]+)\}|\[([^]]+)\]")


@dataclass(frozen=True)
class EmailCopy:
    """The texts of an email, in which facts are slots such as `{1.name}`."""

    subject: str
    preheader: str
    greeting: str
    intro: str
    lines: Mapping[str, str]
    closing: str


def compose_email(facts: Facts, *, attempt: int = 0) -> EmailCopy:
    """Return texts for these facts; the same facts and attempt always give the same texts."""
    digest = hashlib.blake2b(f"{attempt}{facts.source}".encode(errors="surrogatepass"))
    chance = random.Random(digest.digest())  # noqa: S311 - variety, not secrecy
    words = _email_words(facts)

    def text(*parts: tuple[str, ...], max_chars: int = MAX_LINE_CHARS) -> str:
        picked = (_pick(chance, variants, words, max_chars)[1] for variants in parts)
        return " ".join(filter(None, picked))

    return EmailCopy(
        subject=text(phrases.SUBJECTS, max_chars=MAX_SUBJECT_CHARS),
        preheader=text(phrases.PREHEADERS, max_chars=MAX_PREHEADER_CHARS),
        greeting=text(phrases.GREETINGS if facts.knows_first_name else phrases.NAMELESS_GREETINGS),
        intro=text(phrases.OPENINGS, phrases.BRIDGES, phrases.INVITATIONS),
        lines=_lines(chance, facts.products),
        closing=text(phrases.CLOSINGS, phrases.SIGNATURES),
    )


def _email_words(facts: Facts) -> dict[str, str]:
    """Return what the texts about the whole email may use, by its name in the phrases."""
    words = {"brand": facts.brand, "category": _shared_category(facts.products)}
    words |= _marks(
        liked=any(product.liked for product in facts.products),
        goes_with=any(product.reason == "goes_with" for product in facts.products),
        reasons=all(product.reason not in _NO_REASON for product in facts.products),
    )
    if facts.knows_first_name:
        words["customer.first_name"] = "{customer.first_name}"
    for product in facts.products:
        if product.n == 1:
            slots = ("discount", "saving")
            words |= {f"1.{slot}": f"{{1.{slot}}}" for slot in slots if product.has(slot)}
    return {name: text for name, text in words.items() if text}


def _shared_category(products: tuple[Product, ...]) -> str:
    """Return the category that most of the products share, or an empty string."""
    counts = Counter(sayable(product.category) for product in products)
    category, count = counts.most_common(1)[0] if counts else ("", 0)
    return _within(category) if count * 2 > len(products) else ""


def _lines(chance: random.Random, products: tuple[Product, ...]) -> dict[str, str]:
    """Return one line per product; no two share a phrase as long as unused ones remain."""
    used: set[str] = set()
    return {str(product.n): _line(chance, product, used) for product in products}


def _line(chance: random.Random, product: Product, used: set[str]) -> str:
    """Return a lead and one or two further phrases that do not repeat a fact."""
    words = _product_words(product)
    offers = phrases.OFFERS if product.has("was_price") else phrases.PLAIN_OFFERS
    more = chance.sample([phrases.DETAILS, offers], chance.randint(1, 2))
    line = ""
    for variants in (phrases.LEADS, *more):
        fresh = tuple(phrase for phrase in variants if phrase not in used)
        phrase, text = _pick(chance, fresh, words, MAX_LINE_CHARS - len(line) - 1)
        line = f"{line} {text}".strip()
        used.add(phrase)
        said = _needs(phrase) - {"n.name"}
        spent = said | _REASON if said & _REASON else said
        words = {name: text for name, text in words.items() if name not in spent}
    return line


def _product_words(product: Product) -> dict[str, str]:
    """Return what a line may use, by its name in the phrases."""
    words = {f"n.{slot.partition('.')[2]}": f"{{{slot}}}" for slot in product.slots}
    words["n.name"] = f"{{{product.n}.name}}"
    words["category"] = _within(sayable(product.category))
    words |= _marks(liked=product.reason == "liked", goes_with=product.reason == "goes_with")
    if product.reason in _NO_REASON:
        words["n.reason"] = ""
    return {name: text for name, text in (words | _keywords(product)).items() if text}


def _marks(*, liked: bool, goes_with: bool, reasons: bool = False) -> dict[str, str]:
    """Return the words that only mark phrases, of what is known."""
    marks = {"liked": liked, "goes with": goes_with, "reasons": reasons}
    return {mark: " " for mark, known in marks.items() if known}


def _keywords(product: Product) -> dict[str, str]:
    known = dict.fromkeys(word.lower() for word in product.keywords)
    first, second, *_ = *(word for word in known if word in phrases.SAYABLE_KEYWORDS), "", ""
    return {"keyword": first, "Keyword": first.capitalize(), "another keyword": second}


def _within(words: str) -> str:
    """Write words as they appear within a sentence: only abbreviations keep their capitals."""
    return " ".join(word if word.isupper() else word.lower() for word in words.split())


def _pick(
    chance: random.Random,
    variants: tuple[str, ...],
    words: Mapping[str, str],
    max_chars: int = MAX_LINE_CHARS,
) -> tuple[str, str]:
    """Return a phrase whose needs the words meet, and its text; two empty strings if none fits."""
    known = frozenset(words)
    for phrase in chance.sample(variants, len(variants)):
        if _needs(phrase) <= known:
            text = _filled(phrase, words)
            if len(_SLOT.sub(lambda slot: slot[0].ljust(_SLOT_CHARS), text)) <= max_chars:
                return phrase, text
    return "", ""


@cache
def _needs(phrase: str) -> frozenset[str]:
    return frozenset(slot or word for slot, word in _NEED.findall(phrase))


def _filled(phrase: str, words: Mapping[str, str]) -> str:
    text = _NEED.sub(lambda match: words[match[1] or match[2]], phrase).strip()
    return text[:1].upper() + text[1:]
