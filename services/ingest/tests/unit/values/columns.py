"""Columns for tests: what a survey decides after it has seen given cells."""

from collections.abc import Iterable, Sequence

from fondly.ingest.domain.formats.units import Units
from fondly.ingest.domain.values.conventions import ColumnSurvey, Decided, Defaults, Reads

NOW = 1_795_651_200
"""26 November 2026, 00:00 UTC."""
GERMAN = Defaults("EUR", "de_DE", "Europe/Berlin", NOW)
AMERICAN = Defaults("USD", "en_US", "America/New_York", NOW)
INDIAN = Defaults("INR", "en_IN", "Asia/Kolkata", NOW)


def surveyed(reads: Reads, cells: Iterable[str]) -> ColumnSurvey:
    """Return the survey of a column below a header line."""
    survey = ColumnSurvey(reads)
    for line, cell in enumerate(cells, start=2):
        survey.see(cell, line)
    return survey


def decided(
    reads: Reads,
    cells: Iterable[str],
    shop: Defaults = AMERICAN,
    *,
    chosen: Units | None = None,
    kin: Sequence[ColumnSurvey] = (),
) -> Decided:
    """Return what is decided for a column named `price`."""
    return surveyed(reads, cells).decide(shop, column="price", chosen=chosen, kin=kin)
