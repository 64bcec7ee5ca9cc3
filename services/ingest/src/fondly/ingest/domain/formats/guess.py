"""The best guess of what a file's columns mean, also where that is not clear, for a person to correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.fields import missing
from fondly.ingest.domain.formats.layout import Layout, UnrecognisedError
from fondly.ingest.domain.formats.mapping import FileMapping
from fondly.ingest.domain.formats.recognise import SeveralColumnsError, recognise
from fondly.ingest.domain.formats.vocabulary import likest_column


@dataclass(frozen=True)
class Guess:
    """How a file would be read by `mapping`; `reasons` say by column why it is only a guess.

    Without a `layout` nothing could be guessed, for the reason in `problem`.
    """

    mapping: FileMapping
    layout: Layout | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def guess(header: Sequence[str], *, file: str, mapping: FileMapping | None = None) -> Guess:
    """Return how a file is best read: every round settles one thing that `recognise` finds unclear."""
    said, reasons = mapping or FileMapping(), dict[str, str]()
    while True:
        try:
            return Guess(said, recognise(header, file=file, mapping=said), reasons)
        except SeveralColumnsError as error:
            first, *others = error.columns
            reasons[first] = f"or {', '.join(map(repr, others))}"
            said = _with(said, first, error.field)
        except UnrecognisedError as error:
            found = _nearest(error.layout)
            if found is None:
                return Guess(said, error.layout, reasons, str(error))
            column, meant, name = found
            reasons[column] = f"its name is most like {name!r}"
            said = _with(said.model_copy(update={"kind": error.layout.kind}), column, meant)
        except FileError as error:
            return Guess(said, None, reasons, str(error))


def _with(mapping: FileMapping, column: str, meant: str) -> FileMapping:
    return mapping.model_copy(update={"columns": {**mapping.columns, column: meant}})


def _nearest(layout: Layout) -> tuple[str, str, str] | None:
    """Return a column for a field that is missing, that field, and the name of it that the column is like."""
    for lacking in missing(layout.kind, [*layout.columns, *layout.constants]):
        for meant in lacking.split(" or "):
            if found := likest_column(meant, layout.kind, layout.ignored):
                return found.column, meant, found.name
    return None
