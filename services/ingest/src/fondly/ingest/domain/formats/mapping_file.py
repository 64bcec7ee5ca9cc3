"""Writes a mapping for a file, for a person to complete."""

import json
from collections.abc import Iterator, Sequence

from fondly.contracts.ingest_report import Question
from fondly.ingest.domain.formats.fields import FIELDS, missing
from fondly.ingest.domain.formats.guess import Guess
from fondly.ingest.domain.formats.layout import Layout
from fondly.ingest.domain.formats.vocabulary import MAX_COMPARED, nearest_field


def write_mapping(guess: Guess, *, open_: Sequence[str] = (), questions: Sequence[Question] = ()) -> str:
    """Return a mapping in YAML of how the file is read, with what is unsure or could be added in comments.

    `open_` says in a line each what is wrong with the file, `questions` what must be answered of its columns.
    """
    lines = [*_lines(guess, guess.layout)] if guess.layout else []
    if guess.layout is None or not guess.layout.columns:
        lines = [*(f"# {line}".rstrip() for line in lines), "ignore: []"]
    problems = dict.fromkeys(filter(None, [guess.problem, *open_]))
    told = [f"# Open: {problem}" for problem in problems]
    asked = [
        line for each in questions for line in (f"# Open: {each.text}", f"#   answer it by {each.remedy}")
    ]
    return "\n".join([*map(_on_one_line, [*told, *asked]), *lines]) + "\n"


def _on_one_line(text: str) -> str:
    return " ".join(text.splitlines())


def _lines(guess: Guess, layout: Layout) -> Iterator[str]:
    how = "by the guesses below" if guess.reasons else f"as {layout.format}"
    yield f"# How Fondly reads {_quoted(layout.file)}: {how}."
    lacking = missing(layout.kind, [*layout.columns, *layout.constants])
    if lacking:
        yield f"# Missing: {', '.join(lacking)}. Name their columns below, or give them under constants."
    yield f"kind: {layout.kind}"
    yield "columns:"
    for field, at in layout.indexes.items():
        reason = guess.reasons.get(layout.header[at])
        unsure = f" # a guess: {_on_one_line(reason)}" if reason else ""
        yield f"  {_quoted(layout.header[at])}: {field}{unsure}"
    yield from _composed(layout)
    yield from _unread(layout)
    yield from _constants(layout)
    yield from _UNITS


def _composed(layout: Layout) -> Iterator[str]:
    found = {field: name for field, name in layout.columns.items() if field not in layout.indexes}
    if found:
        yield "  # Read from several columns of this format; name one here to read it instead."
    for field, name in found.items():
        yield f"  # {_quoted(name)}: {field}"


def _unread(layout: Layout) -> Iterator[str]:
    free = [field for field in FIELDS[layout.kind] if field not in {*layout.columns, *layout.constants}]
    if layout.ignored:
        yield "  # Not read. Remove the # and name a field to read one, or list it under ignore."
    for at, name in enumerate(layout.ignored):
        near = nearest_field(name, layout.kind, free) if at < MAX_COMPARED else None
        yield f"  # {_quoted(name)}: " + (f"{near[0]} # its name is like {near[1]!r}" if near else "FIELD")
    yield f"# Fields without a column: {', '.join(free) or 'none'}."


def _constants(layout: Layout) -> Iterator[str]:
    if not layout.constants:
        yield from ("# constants: # the same in every row", "#   currency: EUR")
        return
    yield "constants:"
    for field, text in layout.constants.items():
        yield f"  {field}: {_quoted(text)}"


def _quoted(text: str) -> str:
    """Return a text as YAML and JSON write one in quotes."""
    return json.dumps(text, ensure_ascii=False)


_UNITS = (
    "# units: # how values are written, where they leave a doubt",
    '#   decimal: "," # or "."',
    "#   dates: day-month-year # or month-day-year, year-month-day",
    "#   currency: EUR # of amounts without one",
    "#   prices_in: cents # or units",
    "#   fields: # for single fields",
    '#     rating: {decimal: "."}',
    "# values: # what cells mean, by field",
    '#   suppressed: {"2": "yes"}',
    "# ignore: [] # columns that are not to be reported as unknown",
)
