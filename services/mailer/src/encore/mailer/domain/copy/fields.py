"""The fields of an email's copy as they are written: figures, names and reasons are slots."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError

from encore.mailer.domain.slots import fill

TEXTS = ("subject", "preheader", "greeting", "intro", "closing")


class CopySource(StrEnum):
    """Who wrote the copy: the model, or this service by its template."""

    AI = "ai"
    TEMPLATE = "template"


class Copy(BaseModel):
    """The words of one email. `lines` has one line per product, keyed by the product's number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    subject: str
    preheader: str
    greeting: str
    intro: str
    lines: dict[str, str]
    closing: str

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield each text with the name of its field, such as `lines.1`."""
        yield from ((name, getattr(self, name)) for name in TEXTS)
        yield from ((f"lines.{number}", line) for number, line in self.lines.items())

    def filled(self, values: Mapping[str, str]) -> "Copy":
        """Return the copy with its slots filled; raise `KeyError` for a slot without a value."""
        texts = {name: fill(getattr(self, name), values) for name in TEXTS}
        lines = {number: fill(line, values) for number, line in self.lines.items()}
        return Copy(**texts, lines=lines)


class CopyFormatError(ValueError):
    """An answer that is not copy in the expected format."""


def parse_copy(answer: str) -> Copy:
    """Read copy from its JSON object; raise `CopyFormatError` naming the first thing wrong with it."""
    try:
        return Copy.model_validate_json(answer)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        reason = f"{field}: {first['msg']}" if field else first["msg"]
        raise CopyFormatError(f"not the expected JSON: {reason}") from error
