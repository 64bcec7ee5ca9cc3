"""How the columns of a table are read that can be written in several ways, and what speaks against it."""

from collections.abc import Iterator, Mapping, Sequence

from fondly.contracts.ingest_report import Question
from fondly.ingest.domain.formats.fields import FIELDS
from fondly.ingest.domain.formats.layout import Layout
from fondly.ingest.domain.formats.mapping import FileMapping
from fondly.ingest.domain.values.conventions import ColumnSurvey, Decided, Defaults, Reads
from fondly.ingest.domain.values.currencies import with_code
from fondly.ingest.domain.values.verdicts import Contradiction, contradiction

_PRICES = ("discounted_price", "actual_price")


def reads_of(layout: Layout) -> dict[str, Reads]:
    """Return the fields of a file that can be written in several ways, and what is read from each."""
    reads = {field: FIELDS[layout.kind][field].reads for field in layout.columns}
    return {field: Reads(each) for field, each in reads.items() if each in set(Reads)}


def states_of(layout: Layout) -> list[str]:
    """Return the fields of a file that say what became of an order."""
    return [field for field in layout.columns if FIELDS[layout.kind][field].reads == "state"]


def has_bare_prices(layout: Layout, surveys: Mapping[str, ColumnSurvey]) -> bool:
    """Return whether a file of products has prices that no cell says the currency of."""
    prices = [surveys[field].evidence for field in _PRICES if field in surveys]
    return "currency" not in layout.constants and any(each.marks[""].cells for each in prices)


def decide_columns(
    layouts: Sequence[Layout], surveys: Mapping[str, ColumnSurvey], defaults: Defaults
) -> dict[str, Decided]:
    """Decide how each column of a table is read; `layouts` are those of its pieces."""
    fields = FIELDS[layouts[0].kind]
    of = {field: next(each for each in layouts if field in each.columns) for field in surveys}
    return {
        field: each.decide(
            defaults,
            column=of[field].columns[field],
            chosen=of[field].chosen.get(field),
            kin=[
                surveys[kin] for kin in surveys if kin != field and fields[kin].reads == fields[field].reads
            ],
        )
        for field, each in surveys.items()
    }


def seen_text(layout: Layout, field: str, cells: Mapping[str, str]) -> str:
    """Return what a survey is shown of a row: an amount with the currency that another column gives it."""
    text = cells.get(field, "")
    is_money = "currency" in layout.columns and FIELDS[layout.kind][field].reads == Reads.MONEY
    return with_code(text, cells["currency"]) if is_money else text


def currency_questions(
    layout: Layout, mapping: FileMapping, surveys: Mapping[str, ColumnSurvey], decided: Mapping[str, Decided]
) -> Iterator[Question]:
    """Yield what must be asked of columns whose currency contradicts the shop's, unless a person said it."""
    if "currency" in {*mapping.columns.values(), *mapping.constants}:
        return
    for field, seen in surveys.items():
        is_money = FIELDS[layout.kind][field].reads == Reads.MONEY and field in layout.columns
        found = contradiction(seen.evidence, decided[field].currency) if is_money else None
        if found:
            yield _is_it_in(found, layout.file, layout.columns[field], decided[field].currency)


def _is_it_in(found: Contradiction, file: str, column: str, expected: str) -> Question:
    code = found.currency
    return Question(
        file=file,
        column=column,
        field="currency",
        values={code: found.cells},
        text=f"is `{column}` in {code}? found {found.example}, expected {expected}, the currency of the shop",
        remedy=f"units: {{currency: {code}}}, or set it as the shop's currency; a column of currencies that "
        "does not count goes under ignore",
    )
