"""The fields of an email's copy as they are written: figures, names and reasons are slots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fondly.mailer.domain.facts.email import EmailFacts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.slots import fill

LINES = "lines."
HEADLINES = ("subject", "preheader")
FRAME_TEXTS = ("greeting", "intro", "closing")
TEXTS = (*HEADLINES, *FRAME_TEXTS)
PRODUCT_TEXTS = (*HEADLINES, "line")
"""What is written of a product: its line, and the headlines of an email that it leads."""


def email_fields(facts: EmailFacts) -> list[str]:
    """Return the fields of an email's copy, such as `subject` or `lines.2`."""
    return [*TEXTS, *(f"{LINES}{product.number}" for product in facts.products)]


def frame_fields(occasion: Occasion) -> tuple[str, ...]:
    """Return the fields of an email's frame; an apology has headlines of its own, which sell nothing."""
    return TEXTS if occasion is Occasion.SORRY else FRAME_TEXTS


@dataclass(frozen=True)
class Copy:
    """The words of one email. `lines` has one line per product, keyed by the product's number."""

    subject: str
    preheader: str
    greeting: str
    intro: str
    lines: Mapping[str, str]
    closing: str

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Copy":
        """Return the copy with these texts by field, such as `lines.1`."""
        lines = {field.removeprefix(LINES): text for field, text in texts.items() if field.startswith(LINES)}
        return cls(**{name: texts[name] for name in TEXTS}, lines=lines)

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield each text with the name of its field, such as `lines.1`."""
        yield from ((name, getattr(self, name)) for name in TEXTS)
        yield from ((f"{LINES}{number}", line) for number, line in self.lines.items())

    def filled(self, values: Mapping[str, str]) -> "Copy":
        """Return the copy with its slots filled; raise `KeyError` for a slot without a value."""
        return Copy.of({field: fill(text, values) for field, text in self.fields()})
