"""Decides once for a column how its ambiguous values are read, and says why.

What a person set counts first, then what the column's own values prove, then what the file's other columns
of the same kind prove, then the custom of the shop's country or of the currency, where the other reading
would be no price or no date that anybody writes. Otherwise ambiguous values are refused. All others are read
by themselves.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from typing import Literal, cast
from zoneinfo import ZoneInfo

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.ingest_report import Convention
from fondly.ingest.domain.formats.units import Units
from fondly.ingest.domain.values.categories import PLAIN_PATHS, Categories, PathReader
from fondly.ingest.domain.values.currencies import checked_currency, is_taken_as_own, meant
from fondly.ingest.domain.values.dates import DateOrder
from fondly.ingest.domain.values.evidence import Amounts, Dates, Evidence, Example, Judge
from fondly.ingest.domain.values.people import read_time_zone
from fondly.ingest.domain.values.verdicts import (
    NAMES,
    Verdict,
    by_date_custom,
    by_evidence,
    by_money_custom,
    by_number_custom,
)

DecimalMark = Literal[".", ","]
_UNDECIDED = "undecided: ambiguous values are refused"
_DAYS_AHEAD = 2 * 366 + 1


class Reads(StrEnum):
    """What is read from a column, as far as columns differ in how it is written."""

    MONEY = "money"
    NUMBER = "number"
    MOMENT = "moment"
    PATH = "path"


@dataclass(frozen=True)
class Defaults:
    """The shop's settings: an ISO 4217 code, a locale such as `de_DE`, and an IANA time zone.

    `UnreadableError` if there is no such currency or time zone; of an unknown locale no custom is known.
    `now`, in Unix seconds, is the moment by which times are found to be too far ahead.
    """

    currency: str
    locale: str
    time_zone: str
    now: int = field(default_factory=lambda: int(time.time()))

    def __post_init__(self) -> None:
        checked_currency(self.currency)
        read_time_zone(self.time_zone)


@dataclass(frozen=True)
class Decided:
    """How a column is read.

    `decimal` and `date_order` are None if nothing decides them; `refusal` is what readers then say. A custom
    rather than evidence holds only for the currencies in `only_for`; None means all. `now` is in Unix
    seconds, as is `latest`: times after it are too far ahead. `paths` reads categories.
    """

    decimal: DecimalMark | None
    date_order: DateOrder | None
    currency: str
    time_zone: tzinfo
    now: int
    latest: int
    refusal: str
    only_for: frozenset[str] | None = None
    convention: Convention | None = None
    paths: PathReader = PLAIN_PATHS


class ColumnSurvey:
    """Sees every cell of a column in a first pass, then decides how the column is read."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._judge = _judge(reads)
        self.see = self._judge.see
        """Take note of a cell: `see(text, line)`. Bound here, since it is called for every cell of a file."""

    def begin(self, piece: str) -> None:
        """Go on with another file of the same table."""
        self._judge.piece = piece

    @property
    def evidence(self) -> Evidence:
        """What the cells seen so far prove and leave open."""
        return self._judge.evidence

    def decide(
        self,
        defaults: Defaults,
        *,
        column: str,
        chosen: Units | None = None,
        kin: Iterable["ColumnSurvey"] = (),
    ) -> Decided:
        """Decide by all cells seen; `kin` are surveys of the file's other columns of the same kind."""
        chosen = chosen or Units()
        paths, shown = self._judge.reader() if isinstance(self._judge, Categories) else (PLAIN_PATHS, None)
        currency = checked_currency(chosen.currency) if chosen.currency else defaults.currency
        is_date = self._reads is Reads.MOMENT
        by_cells = by_evidence(
            chosen.dates if is_date else chosen.decimal, self.evidence, [other.evidence for other in kin]
        )
        verdict = by_cells or self._by_custom(currency, defaults.locale)
        return Decided(
            decimal=None if is_date else cast("DecimalMark | None", verdict.choice),
            date_order=cast("DateOrder | None", verdict.choice) if is_date else None,
            currency=currency,
            time_zone=ZoneInfo(read_time_zone(defaults.time_zone)),
            now=defaults.now,
            latest=defaults.now + _DAYS_AHEAD * SECONDS_PER_DAY,
            refusal=self._refusal(verdict),
            only_for=verdict.only_for,
            convention=_several(column, paths, shown) or self._convention(column, verdict, currency),
            paths=paths,
        )

    def _by_custom(self, currency: str, locale: str) -> Verdict:
        if self._reads is Reads.MOMENT:
            return by_date_custom(self.evidence)
        if self._reads is Reads.NUMBER:
            return by_number_custom(self.evidence, locale)
        return by_money_custom(self.evidence, currency, locale)

    def _refusal(self, verdict: Verdict) -> str:
        """Return what an ambiguous value lacks, as the end of "a price …" or "a date …"."""
        if verdict.choice == "year-month-day":
            return f"with the year first ({verdict.because})"
        if self._reads is Reads.MOMENT:
            return (
                f"with a clear order of day and month ({verdict.because}): set `dates` for it in mapping.yaml"
            )
        return f"with a clear decimal mark ({verdict.because}): set `decimal` for it in mapping.yaml"

    def _convention(self, column: str, verdict: Verdict, currency: str) -> Convention | None:
        """Return what was decided, None if no cell left anything open."""
        decided = (
            [(NAMES.get(verdict.choice or "", _UNDECIDED), verdict.because)] if self.evidence.open else []
        )
        marks = sorted(mark for mark in self.evidence.marks if mark)
        own = [mark for mark in marks if is_taken_as_own(mark, currency)]
        decided += [(f"{mark} is {currency}", f"currency {currency}") for mark in own]
        foreign = [(code, mark) for mark in marks if (code := meant(mark, currency)) not in {None, currency}]
        decided += [
            (f"{mark} is {code}, not {currency}", f"{self.evidence.marks[mark].example}")
            for code, mark in foreign
        ]
        if not decided:
            return None
        reads, because = zip(*decided, strict=True)
        return Convention(column=column, reads="; ".join(reads), because="; ".join(dict.fromkeys(because)))


def _judge(reads: Reads) -> Judge:
    if reads is Reads.PATH:
        return Categories()
    return Dates() if reads is Reads.MOMENT else Amounts(money=reads is Reads.MONEY)


def _several(column: str, paths: PathReader, shown: Example | None) -> Convention | None:
    between = "several categories" if paths.level == "|" else f"levels separated by {paths.level}"
    return Convention(column=column, reads=between, because=str(shown)) if shown else None
