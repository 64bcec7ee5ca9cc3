"""The fields of an email's copy as they are written: figures, names and reasons are slots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fondly.mailer.domain.copy.checks import MAX_SHOWN
from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.slots import fill, owner, slots_in

LINES = "lines."
LINE, QUOTE, GREETING = "line", "quote", "greeting"
HEADLINES = ("subject", "preheader")
FRAME_TEXTS = ("intro", "closing")
TEXTS = (*HEADLINES, GREETING, *FRAME_TEXTS)
PRODUCT_TEXTS = (LINE,)
"""What is written of every product."""
HERO_TEXTS = (*HEADLINES, LINE)
"""What is written of the product that an email begins with, unless its customer has a frame of their own."""
OWN_TEXTS = (*HEADLINES, "intro", LINE, "closing")
"""What is written to a customer of their own words; the line is that on the first product."""


def frame_fields(occasion: Occasion) -> tuple[str, ...]:
    """Return the fields of an email's frame; an apology has headlines of its own, which sell nothing."""
    return (*HEADLINES, *FRAME_TEXTS) if occasion is Occasion.SORRY else FRAME_TEXTS


def kind_of(field: str) -> str:
    """Return what a field is asked for as: the lines of all products as `line`."""
    return LINE if field.startswith(LINES) else field


def product_of(field: str, text: str, facts: EmailFacts) -> ProductFacts | None:
    """Return the product that a text is about: that of its line, or the first of its slots."""
    number = field.removeprefix(LINES) if field.startswith(LINES) else ""
    return facts.product(number or next(filter(str.isdigit, map(owner, slots_in(text))), ""))


def email_fields(facts: EmailFacts) -> list[str]:
    """Return the fields of an email's copy, such as `subject` or `lines.2`."""
    return [*TEXTS, *(f"{LINES}{product.number}" for product in facts.products)]


def fits(field: str, text: str, values: Mapping[str, str]) -> bool:
    """Whether a text is short enough once its slots are filled."""
    most = MAX_SHOWN.get(field)
    return most is None or len(fill(text, values)) <= most


@dataclass(frozen=True)
class Copy:
    """The words of one email.

    `lines` has the lines of products, and `quotes` the sentences of reviews, keyed by the product's number;
    a product may have none.
    """

    subject: str
    preheader: str
    greeting: str
    intro: str
    lines: Mapping[str, str]
    closing: str
    quotes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Mapping[str, str], quotes: Mapping[str, str] | None = None) -> "Copy":
        """Return the copy with these texts by field, such as `lines.1`."""
        lines = {field.removeprefix(LINES): text for field, text in texts.items() if field.startswith(LINES)}
        return cls(**{name: texts[name] for name in TEXTS}, lines=lines, quotes=quotes or {})

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield each text with the name of its field, such as `lines.1`."""
        yield from ((name, getattr(self, name)) for name in TEXTS)
        yield from ((f"{LINES}{number}", line) for number, line in self.lines.items())

    def filled(self, values: Mapping[str, str]) -> "Copy":
        """Return the copy with its slots filled; raise `KeyError` for a slot without a value."""
        return Copy.of({field: fill(text, values) for field, text in self.fields()}, self.quotes)
