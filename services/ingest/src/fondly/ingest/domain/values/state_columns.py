"""Looks through the columns that say what became of orders: what their texts mean, and what nobody knows."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from json import dumps

from fondly.contracts.ingest_report import Question
from fondly.ingest.domain.errors import glimpse
from fondly.ingest.domain.text import clean
from fondly.ingest.domain.values.order_states import KEPT, read_states
from fondly.ingest.domain.values.texts import says_nothing

MOST_STATES = 100
"""A column with more texts than that is about something else, and may hold personal data."""
SHOWN = 8


class StateColumns:
    """Counts the texts of a table's columns of states, by field."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    def see(self, field: str) -> Callable[[str, int], None]:
        """Return what takes note of a cell of the field: a text and its line."""
        return partial(_see, self._counts.setdefault(field, Counter()))

    def meanings(self) -> dict[str, dict[str, str]]:
        """Return by field what each of its texts means, as far as somebody knows."""
        return {
            field: {text: meant for text, meant in self._meant(field).items() if meant is not None}
            for field in self._counts
        }

    def questions(self, file: str, columns: Mapping[str, str]) -> Iterator[Question]:
        """Yield what to ask of the fields, which have these columns in the file."""
        for field, counts in self._counts.items():
            meant = self._meant(field)
            unknown = Counter({clean(text): each for text, each in counts.items() if meant[text] is None})
            if unknown:
                is_any = len(counts) == MOST_STATES
                shown = {} if is_any else {glimpse(text): each for text, each in unknown.most_common(SHOWN)}
                yield _question(file, glimpse(columns[field]), field, shown)

    def _meant(self, field: str) -> dict[str, str | None]:
        by_text = {text: clean(text) for text in self._counts[field]}
        meant = read_states(by_text.values(), field)
        return {text: KEPT if says_nothing(said) else meant[said] for text, said in by_text.items()}


def _see(counts: Counter[str], text: str, _line: int) -> None:
    if text in counts or len(counts) < MOST_STATES:
        counts[text] += 1


def _question(file: str, column: str, field: str, values: Mapping[str, int]) -> Question:
    ignored = f"ignore: [{dumps(column, ensure_ascii=False)}]"
    text, remedy = f"is `{column}` what became of an order? it has {MOST_STATES} values and more", ignored
    if values:
        told = ", ".join(f"{value} {number:,}" for value, number in values.items())
        blanks = ", ".join(f'{dumps(value, ensure_ascii=False)}: "?"' for value in values)
        text = f"what does `{column}` say of an order? values: {told}"
        remedy = (
            f"values: {{{field}: {{{blanks}}}}}, each complete, unpaid, cancelled or refunded, or {ignored}"
        )
    return Question(file=file, column=column, field=field, values=dict(values), text=text, remedy=remedy)
