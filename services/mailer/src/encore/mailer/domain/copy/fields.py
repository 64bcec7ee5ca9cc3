"""The fields of an email's copy as they are written: figures, names and reasons are slots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from encore.mailer.domain.slots import fill

TEXTS = ("subject", "preheader", "greeting", "intro", "closing")


class CopySource(StrEnum):
    """Who wrote the copy of an email."""

    AI = "ai"
    """The model, all of it."""
    MIXED = "mixed"
    """The model, except for some fields that have house text."""
    TEMPLATE = "template"
    """This service: all fields have house text."""


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
        lines = {
            field.removeprefix("lines."): text for field, text in texts.items() if field.startswith("lines.")
        }
        return cls(**{name: texts[name] for name in TEXTS}, lines=lines)

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield each text with the name of its field, such as `lines.1`."""
        yield from ((name, getattr(self, name)) for name in TEXTS)
        yield from ((f"lines.{number}", line) for number, line in self.lines.items())

    def filled(self, values: Mapping[str, str]) -> "Copy":
        """Return the copy with its slots filled; raise `KeyError` for a slot without a value."""
        return Copy.of({field: fill(text, values) for field, text in self.fields()})
