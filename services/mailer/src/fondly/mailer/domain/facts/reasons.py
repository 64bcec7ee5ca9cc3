"""Why a product was picked, as a phrase that states the reason's evidence and nothing more."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from fondly.contracts.records import Product, Reason, ReasonKind
from fondly.contracts.shelves import is_shelf
from fondly.mailer.domain.facts.own_names import kind_of, own_name
from fondly.mailer.domain.language import language
from fondly.mailer.domain.language.naming import Naming
from fondly.mailer.domain.text import category_label, has_words

CACHED_REASONS = 16_384
COUNTED_CUSTOMERS = 10
"""From this number on a phrase states how many customers there are."""

LIKING = frozenset({ReasonKind.LIKED, ReasonKind.ALSO_LIKED})
"""Reasons that name a product which the customer liked."""


@dataclass(frozen=True)
class StatedReason:
    """A reason as an email states it."""

    kind: ReasonKind
    phrase: str
    own_product: str | None = None
    """The spoken title of the customer's product, if the phrase says that the pick has to do with it."""


def stated_reason(
    reason: Reason, product: Product, *, locale: str, own_category: tuple[str, ...] = ()
) -> StatedReason:
    """Return the reason in words; without evidence that can be shown, that of the assortment, which is true.

    `own_category` is that of the customer's product; it says what the product is where its name does not.
    Evidence cannot be shown when it is missing or when nothing readable is left of a name after cleaning.
    Raises `UnknownLanguageError` for a locale without a language.
    """
    # more than one has rated it, perhaps by reviews, or the reason would not be given
    raters = max(product.rating_count or 0, 2) if reason.kind is ReasonKind.WELL_RATED else None
    own = reason.product_name, reason.product_brand, own_category
    given = _Evidence(*own, reason.category, reason.customers, raters)
    return _stated(reason.kind, given, locale)


class _Evidence(NamedTuple):
    """What a reason is proved by, as the catalogue and the recommender have it."""

    product_name: str | None
    product_brand: str | None
    own_category: tuple[str, ...]
    category: tuple[str, ...]
    customers: int | None
    raters: int | None


@lru_cache(maxsize=CACHED_REASONS)
def _stated(kind: ReasonKind, given: _Evidence, locale: str) -> StatedReason:
    spoken = language(locale)
    naming = Naming.load(spoken.code)
    messages, evidence = spoken.messages, dict(_evidence(given, naming))
    message = message_of(kind)
    needed = messages.variables(message)
    if not needed <= evidence.keys():
        return StatedReason(ReasonKind.ASSORTMENT, messages.text(message_of(ReasonKind.ASSORTMENT)))
    phrase = messages.text(message, **{name: evidence[name] for name in needed})
    own_product = str(evidence["product"]) if "product" in needed else None
    return StatedReason(kind, phrase, own_product)


def message_of(kind: ReasonKind) -> str:
    """Return the id of the message that states reasons of a kind; its variables are the evidence it needs."""
    return f"reason-{kind.replace('_', '-')}"


def _evidence(given: _Evidence, naming: Naming) -> Iterator[tuple[str, str | int]]:
    """Yield each piece of evidence that can be shown, by its variable in the messages."""
    if name := own_name(given.product_name or "", given.own_category, naming, given.product_brand):
        yield "product", name
    if kind := kind_of(given.product_name or "", given.own_category, naming):
        yield "with", naming.together_with(kind)
    if category := _category(given.category, naming):
        yield "category", category
    if customers := given.raters or given.customers:
        yield "count", customers
        yield "who", _who(customers)


def _who(customers: int) -> str:
    if customers == 1:
        return "one"
    return "some" if customers < COUNTED_CUSTOMERS else "many"


def _category(path: tuple[str, ...], naming: Naming) -> str:
    """Return the category in words, or its parent where it alone means little: `headphones`, not `in-ear`.

    Empty for a shelf: nobody looks for something new in "New".
    """
    label, parent = category_label(path), category_label(path[:-1])
    if not has_words(label) or is_shelf(label):
        return ""
    means_little = has_words(parent) and naming.singular(parent) and not naming.singular(label)
    return naming.in_sentence(parent if means_little else label)
