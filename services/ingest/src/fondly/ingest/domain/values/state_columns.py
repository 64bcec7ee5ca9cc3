"""Decides what the texts of a table's columns of states mean, and asks for those that nobody knows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from json import dumps

from fondly.contracts.ingest_report import Question
from fondly.ingest.domain.errors import glimpse
from fondly.ingest.domain.formats.order_columns import is_weak
from fondly.ingest.domain.values.cell_counts import MAX_SHOWN, CellCounts
from fondly.ingest.domain.values.order_states import read_states

States = Mapping[str, CellCounts]
"""The texts of columns of states, by field."""


def meanings(states: States) -> dict[str, dict[str, str]]:
    """Return by field what its texts mean, in small letters, as far as somebody knows."""
    read = {field: read_states(cells.filled(), field) for field, cells in states.items()}
    return {
        field: {text.casefold(): meant for text, meant in each.items() if meant is not None}
        for field, each in read.items()
    }


def questions(states: States, file: str, columns: Mapping[str, str]) -> Iterator[Question]:
    """Yield what to ask of the fields, which have these columns; a column of places, `State`, is none."""
    for field, cells in states.items():
        meant = read_states(found := cells.filled(), field)
        unknown = Counter({text: each for text, each in found.items() if meant[text] is None})
        is_of_words = 2 * unknown.total() > found.total() and not any(map(str.isdigit, unknown))
        if unknown and not (is_of_words and is_weak(columns[field])):
            is_any = cells.more or len(unknown) > 2 * MAX_SHOWN or any("@" in text for text in unknown)
            shown = [] if is_any else unknown.most_common(MAX_SHOWN)
            yield _question(file, columns[field], field, {glimpse(text): each for text, each in shown})


def _question(file: str, column: str, field: str, values: dict[str, int]) -> Question:
    told = ", ".join(f"{value} {number:,}" for value, number in values.items()) or "many, not shown"
    blanks = ", ".join(f'{dumps(value, ensure_ascii=False)}: "?"' for value in values)
    meant = f"values: {{{field}: {{{blanks}}}}}, each complete, unpaid, cancelled or refunded, or "
    return Question(
        file=file,
        column=column,
        field=field,
        values=values,
        text=f"what does `{glimpse(column)}` say of an order? values: {told}",
        remedy=f"{meant if values else ''}ignore: [{dumps(column, ensure_ascii=False)}]",
    )
