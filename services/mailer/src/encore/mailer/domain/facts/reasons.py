"""Why a product was picked, as a phrase that states the reason's evidence and nothing more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter

from encore.contracts.records import Product, Reason, ReasonKind
from encore.mailer.domain.facts import figures
from encore.mailer.domain.facts.titles import title
from encore.mailer.domain.text import category_label, has_words

COUNTED_CUSTOMERS = 5
"""From this number on a phrase states how many customers there are."""

LIKING = frozenset({ReasonKind.LIKED, ReasonKind.ALSO_LIKED})
"""Reasons that name a product which the customer liked."""
OWNING = LIKING | {ReasonKind.BOUGHT_TOGETHER, ReasonKind.GOES_WITH, ReasonKind.BETTER_RATED}
"""Reasons that name a product which the customer has."""

PHRASES: Mapping[ReasonKind, str] = {
    ReasonKind.LIKED: "because you liked {product}",
    ReasonKind.ALSO_LIKED: "liked by {customers} who liked {product} too",
    ReasonKind.BOUGHT_TOGETHER: "bought by {customers} who bought {product} too",
    ReasonKind.GOES_WITH: "to go with your {product}",
    ReasonKind.BETTER_RATED: "rated higher than your {product}",
    ReasonKind.NEW: "new in our shop",
    ReasonKind.POPULAR_IN_CATEGORY: "popular in {category}",
    ReasonKind.WELL_RATED: "well rated by {raters}",
    ReasonKind.DISCOVERY: "something new for you in {category}",
    ReasonKind.POPULAR: "popular with our customers",
    ReasonKind.FEATURED: "featured in our shop",
    ReasonKind.ASSORTMENT: "from our range",
}
"""A phrase of each kind, to follow a dash or a colon; its fields are the evidence that it needs."""

BOUGHT_ALONGSIDE = "{customers} with something like your {product} bought one like it"
"""The phrase for what goes together because customers buy it together, not because a person says so."""


@dataclass(frozen=True)
class StatedReason:
    """A reason as an email states it."""

    kind: ReasonKind
    phrase: str
    own_product: str | None = None
    """The spoken name of the customer's product that the phrase names."""


def stated_reason(reason: Reason, product: Product, *, locale: str) -> StatedReason:
    """Return the reason in words; without evidence that can be shown, that of the assortment, which is true.

    Evidence cannot be shown when it is missing or when nothing readable is left of a name after cleaning.
    """
    evidence = dict(_evidence(reason, product, locale))
    learned = reason.kind is ReasonKind.GOES_WITH and reason.customers is not None
    phrase = BOUGHT_ALONGSIDE if learned else PHRASES[reason.kind]
    needed = _fields(phrase)
    if not needed <= evidence.keys():
        return StatedReason(ReasonKind.ASSORTMENT, PHRASES[ReasonKind.ASSORTMENT])
    own_product = evidence["product"] if "product" in needed else None
    return StatedReason(reason.kind, phrase.format_map(evidence), own_product)


def _evidence(reason: Reason, product: Product, locale: str) -> Iterator[tuple[str, str]]:
    """Yield each piece of evidence that can be shown, by its field in the phrases."""
    if name := title(reason.product_name or ""):
        yield "product", name
    if category := _category(reason.category):
        yield "category", category
    if reason.customers:
        yield "customers", "a customer" if reason.customers == 1 else _customers(reason.customers, locale)
    counted = (product.rating_count or 0) >= COUNTED_CUSTOMERS
    yield "raters", _customers(product.rating_count or 0, locale) if counted else "our customers"


def _category(path: tuple[str, ...]) -> str:
    """Return the category in words, after its parent where it means little alone: `Headphones (In-Ear)`."""
    label, parent = category_label(path), category_label(path[:-1])
    if not has_words(label):
        return ""
    alone = len(label.split()) > 1 or label.endswith("s") or len(parent.split()) != 1
    return label if alone or not has_words(parent) else f"{parent} ({label})"


def _customers(number: int, locale: str) -> str:
    return "customers" if number < COUNTED_CUSTOMERS else f"{figures.count(number, locale)} customers"


def _fields(phrase: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(phrase) if field}
