"""Writes a mapping for a file, for a person to complete."""

import json
from collections.abc import Iterator

from fondly.ingest.domain.formats.fields import FIELDS, missing
from fondly.ingest.domain.formats.layout import Layout
from fondly.ingest.domain.formats.vocabulary import nearest_field

MAX_COMPARED = 100


def write_mapping(layout: Layout) -> str:
    """Return a mapping in YAML of how the file is read, with what could be added in comments."""
    return "\n".join(_lines(layout)) + "\n"


def _lines(layout: Layout) -> Iterator[str]:
    yield f"# How Fondly reads {_quoted(layout.file)}: as {layout.format}."
    lacking = missing(layout.kind, [*layout.columns, *layout.constants])
    if lacking:
        yield f"# Missing: {', '.join(lacking)}. Name their columns below, or give them under constants."
    yield f"kind: {layout.kind}"
    yield "columns:"
    for field, at in layout.indexes.items():
        yield f"  {_quoted(layout.header[at])}: {field}"
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
        yield f"  # {_quoted(name)}: {near or 'FIELD'}"
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
