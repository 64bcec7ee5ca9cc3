"""Looks through the columns that say what became of orders: what their texts mean, and what nobody knows."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from json import dumps

from fondly.contracts.ingest_report import Question
from fondly.ingest.domain.errors import glimpse
from fondly.ingest.domain.formats.order_columns import is_weak
from fondly.ingest.domain.values.cell_counts import MAX_SHOWN, CellCounts
from fondly.ingest.domain.values.order_states import read_states


class StateColumns:
    """Counts the texts of a table's columns of states, by field."""

    def __init__(self) -> None:
        self._cells: defaultdict[str, CellCounts] = defaultdict(CellCounts)

    def see(self, field: str) -> Callable[[str], None]:
        """Return what takes note of a cell of the field."""
        return self._cells[field].see

    def meanings(self) -> dict[str, dict[str, str]]:
        """Return by field what its texts mean, in small letters, as far as somebody knows."""
        read = {field: read_states(cells.filled(), field) for field, cells in self._cells.items()}
        return {
            field: {text.casefold(): meant for text, meant in states.items() if meant is not None}
            for field, states in read.items()
        }

    def questions(self, file: str, columns: Mapping[str, str]) -> Iterator[Question]:
        """Yield what to ask of the fields, which have these columns in the file."""
        for field, cells in self._cells.items():
            meant = read_states(found := cells.filled(), field)
            unknown = Counter({text: each for text, each in found.items() if meant[text] is None})
            if unknown and not _is_address(columns[field], found, unknown):
                is_any = cells.more or len(unknown) > 2 * MAX_SHOWN or any("@" in text for text in unknown)
                shown = [] if is_any else unknown.most_common(MAX_SHOWN)
                yield _question(file, columns[field], field, {glimpse(text): each for text, each in shown})


def _is_address(column: str, found: Counter[str], unknown: Counter[str]) -> bool:
    """Return whether a column such as `State` names places: most of its texts are words that nobody knows."""
    return is_weak(column) and 2 * unknown.total() > found.total() and not any(map(str.isdigit, unknown))


def _question(file: str, column: str, field: str, values: dict[str, int]) -> Question:
    told = ", ".join(f"{value} {number:,}" for value, number in values.items()) or "many, not shown"
    blanks = ", ".join(f'{dumps(value, ensure_ascii=False)}: "?"' for value in values)
    meant = (
        f"values: {{{field}: {{{blanks}}}}}, each complete, unpaid, cancelled or refunded, or "
        if values
        else ""
    )
    return Question(
        file=file,
        column=column,
        field=field,
        values=values,
        text=f"what does `{glimpse(column)}` say of an order? values: {told}",
        remedy=f"{meant}ignore: [{dumps(column, ensure_ascii=False)}]",
    )
