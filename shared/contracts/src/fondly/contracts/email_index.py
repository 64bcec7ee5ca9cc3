"""The index of a run's finished emails: what people filter, sample and judge them by, without opening them.

Each part has one `EmailIndexRow` an email, one `WordingCount` a wording and one `EmailIndexSummary`; those of
a run's parts are merged when it ends.
"""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from pydantic import Field

from fondly.contracts.records.base import Count, Identifier, Record
from fondly.contracts.records.emails import CopySource
from fondly.contracts.records.recommendations import ReasonKind, RecommendationSource

KEY_CHARS, WORDING_CHARS = 20, 16
SORRY = "sorry"
"""The occasion of an email that apologises."""
USED_OFTEN = 20
"""A wording that more emails have is listed for the whole run."""


def customer_digest(customer_id: str) -> str:
    """Return what URLs and pages call a customer: 20 hexadecimal digits, which name nobody."""
    return sha256(f"fondly-customer:{customer_id}".encode("utf-8", "replace")).hexdigest()[:KEY_CHARS]


def wording_digest(field: str, text: str, product_id: str = "") -> str:
    """Return the id of a wording: a text with slots, of a field such as `line`, on a product or on none."""
    return sha256(f"{field}\n{product_id}\n{text}".encode("utf-8", "replace")).hexdigest()[:WORDING_CHARS]


class Facet(StrEnum):
    """What emails are counted and filtered by; a count's name is `facet:value`, such as `reason:liked`."""

    REASON = "reason"
    COPY = "copy"
    """A `CopySource`."""
    TEMPLATE = "template"
    """A field with house text."""
    REFUSED = "refused"
    """A field of which a wording was refused."""
    REPAIRED = "repaired"
    OCCASION = "occasion"
    SOURCE = "source"
    """A `RecommendationSource`."""
    LANGUAGE = "language"
    VARIANT = "variant"

    def of(self, value: str) -> str:
        """Return the name of a count."""
        return f"{self}:{value}"


class IndexedProduct(Record):
    """A product as an email shows it."""

    product_id: Identifier
    name: str
    """As the email calls it, short."""


class EmailIndexRow(Record):
    """One finished email, in the order in which the part's emails go out."""

    customer_id: Identifier
    key: str
    """The customer's `customer_digest`."""
    part: Count
    name: str | None = None
    """As the email greets; None if it greets nobody by name."""
    subject: str
    preheader: str = ""
    products: tuple[IndexedProduct, ...]
    categories: tuple[str, ...] = ()
    """The distinct leaf categories of its products."""
    reasons: tuple[ReasonKind, ...]
    """As the email states them, one for each product."""
    occasion: str = ""
    copy_source: CopySource
    template_fields: tuple[str, ...] = ()
    refused_fields: tuple[str, ...] = ()
    """The fields of which some wording was refused when the email's questions were answered."""
    repaired: bool = False
    """Whether something was asked for again because all that came first was refused."""
    price: Decimal = Decimal(0)
    """Of its dearest product."""
    currency: str = ""
    source: RecommendationSource
    language: str | None = None
    """The customer's."""
    variant: str = ""
    wordings: dict[str, str] = Field(default_factory=dict)
    """The `wording_digest` of each field that has a wording of the model's, by field such as `lines.2`."""

    @property
    def is_apology(self) -> bool:
        """Whether it says sorry."""
        return self.occasion == SORRY

    def facets(self) -> Iterator[str]:
        """Yield the names of the counts that it belongs to, each once."""
        yield from (Facet.REASON.of(each) for each in dict.fromkeys(self.reasons))
        yield Facet.COPY.of(self.copy_source)
        yield from (Facet.TEMPLATE.of(each) for each in self.template_fields)
        yield from (Facet.REFUSED.of(each) for each in self.refused_fields)
        yield from [Facet.REPAIRED.of("yes")] if self.repaired else []
        yield Facet.SOURCE.of(self.source)
        named = (
            (Facet.OCCASION, self.occasion),
            (Facet.LANGUAGE, self.language),
            (Facet.VARIANT, self.variant),
        )
        yield from (facet.of(value) for facet, value in named if value)


class Risk(StrEnum):
    """Why an email should be read before a run is approved."""

    APOLOGY = "apology"
    WEAK_REASONS = "weak_reasons"
    """Little speaks for its products but that the shop sells them."""
    REPAIRED = "repaired"
    ODD_NAME = "odd_name"
    NEW_CATEGORY = "new_category"
    """Of a category of which the run before had nothing."""
    HIGH_PRICE = "high_price"
    LONG_SUBJECT = "long_subject"
    RANDOM = "random"
    """No reason: it was drawn."""


class RiskEntry(Record):
    """An email that stands out by a risk; the higher the score, the more."""

    customer_id: Identifier
    part: Count
    score: float


class CategoryCount(Record):
    """How many emails have products of a category, and the first part with one."""

    emails: Count
    part: Count


class PatternCount(Record):
    """A text without names, figures, features and quotes, and how many emails have it."""

    pattern: str
    count: Count
    example: str = ""
    """One such text; empty if all of them take up what their customers said."""


class FieldPatterns(Record):
    """The commonest patterns of a field, most frequent first, and how many texts of it there are."""

    texts: Count
    patterns: tuple[PatternCount, ...]


class WordingCount(Record):
    """A wording of the model's, and how many emails have it; its line begins with what is read of all."""

    digest: str
    count: Count
    field: str
    """Such as `subject` or `line`: lines of all products are one field."""
    text: str
    """With slots; the product is number 1, wherever it stands."""
    product_id: str = ""
    """Empty for a text on no product."""
    product_name: str = ""
    parts: tuple[int, ...] = ()
    """The first parts with such emails."""
    customer_id: Identifier | None = None
    """Whose own words it takes up: it is forgotten with them; None once another email has it, too."""


class EmailIndexSummary(Record):
    """What a part's index comes to, or that of a whole run."""

    run_id: Identifier
    parts: dict[int, int]
    """How many emails each part has."""
    facets: dict[str, dict[int, int]]
    """How many emails of which part have what; a part that has none is missing."""
    categories: dict[str, CategoryCount] = Field(default_factory=dict)
    risks: dict[Risk, tuple[RiskEntry, ...]] = Field(default_factory=dict)
    """The emails that stand out most, highest score first."""
    patterns: dict[str, FieldPatterns] = Field(default_factory=dict)
    wordings_left_out: Count = 0
    """How many of a run's wordings that are used often are not listed, the rarest."""

    @property
    def emails(self) -> int:
        """How many emails there are."""
        return sum(self.parts.values())

    def totals(self) -> dict[str, int]:
        """Return how many emails have each facet, by name in order."""
        return {name: sum(parts.values()) for name, parts in sorted(self.facets.items())}
