"""The words of an email, as they are written: figures, names and reasons stand in slots."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError

from encore.mailer.domain.slots import fill

TEXTS = ("subject", "preheader", "greeting", "intro", "closing")


class CopySource(StrEnum):
    """Who wrote the words: the model, or the plain template in its stead."""

    AI = "ai"
    TEMPLATE = "template"


class Copy(BaseModel):
    """What the writer writes. `lines` has one line a product, keyed by its number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    subject: str
    preheader: str
    greeting: str
    intro: str
    lines: dict[str, str]
    closing: str

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield each text with its name, such as `lines.1`."""
        yield from ((name, getattr(self, name)) for name in TEXTS)
        yield from ((f"lines.{number}", line) for number, line in self.lines.items())

    def filled(self, values: Mapping[str, str]) -> "Copy":
        """Return the copy with its slots filled; raise `KeyError` for a slot without a value."""
        texts = {name: fill(getattr(self, name), values) for name in TEXTS}
        lines = {number: fill(line, values) for number, line in self.lines.items()}
        return Copy(**texts, lines=lines)


class CopyError(ValueError):
    """A text that is no copy at all."""


def parse_copy(text: str) -> Copy:
    """Read the JSON object of `text`; raise `CopyError` naming the first thing wrong with it."""
    try:
        return Copy.model_validate_json(text)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in problem["loc"]) or "answer"
        raise CopyError(f"{where}: {problem['msg']}") from error
