"""Decides how each column of a table is read, by all of its cells, whatever the number of its files."""

from collections.abc import Mapping, Sequence

from fondly.ingest.domain.formats.fields import FIELDS
from fondly.ingest.domain.formats.layout import Layout
from fondly.ingest.domain.values.conventions import Chosen, ColumnSurvey, Decided, Defaults, Reads


def reads_of(layout: Layout) -> dict[str, Reads]:
    """Return the fields of a file that can be written in several ways, and what is read from each."""
    reads = {field: FIELDS[layout.kind][field].reads for field in layout.columns}
    return {field: Reads(each) for field, each in reads.items() if each is not None}


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
            chosen=_chosen(of[field], field),
            kin=[
                surveys[kin] for kin in surveys if kin != field and fields[kin].reads == fields[field].reads
            ],
        )
        for field, each in surveys.items()
    }


def _chosen(layout: Layout, field: str) -> Chosen | None:
    units = layout.chosen.get(field)
    return (
        None if units is None else Chosen(decimal=units.decimal, dates=units.dates, currency=units.currency)
    )
