"""Weighs what a column proves against what it leaves open."""

from collections.abc import Sequence
from typing import NamedTuple

from fondly.ingest.domain.rejects import FEW_ROWS
from fondly.ingest.domain.values.currencies import MINOR_UNITS, home_marks, meant
from fondly.ingest.domain.values.evidence import Evidence, Example, Tally
from fondly.ingest.domain.values.locales import Marks, marks_of

NAMES = {
    ".": "decimal point",
    ",": "decimal comma",
    "day-month-year": "day before month",
    "month-day-year": "month before day",
    "year-month-day": "year first",
}
_OTHER_MARK = {".": ",", ",": "."}
_USUAL_DECIMALS = 2
_NEARLY_ALL = 0.95


class Verdict(NamedTuple):
    """What was chosen, if anything, and why; a custom holds for the currencies `only_for`, None being all."""

    choice: str | None
    because: str
    only_for: frozenset[str] | None = None


def by_evidence(chosen: str | None, own: Evidence, kin: Sequence[Evidence]) -> Verdict | None:
    """Return the verdict of a person, of the column or of its kin; None if none of them says anything."""
    if chosen is not None:
        return Verdict(chosen, "set in mapping.yaml")
    if own.proved:
        return _agreed(own.proved)
    proved: dict[str, Example] = {}
    for choice, example in (item for other in kin for item in other.proved.items()):
        proved[choice] = min(proved.get(choice, example), example)
    if not proved:
        return None
    verdict = _agreed(proved)
    return verdict._replace(because=f"another column, {verdict.because}")


def _agreed(proved: dict[str, Example]) -> Verdict:
    if len(proved) == 1:
        [(choice, example)] = proved.items()
        return Verdict(choice, str(example))
    told = (
        f"{NAMES[choice]} in {example}"
        for choice, example in sorted(proved.items(), key=lambda item: item[1])
    )
    return Verdict(None, " but ".join(told))


def by_money_custom(column: Evidence, currency: str, locale: str) -> Verdict:
    """Take ambiguous separators for group marks, if the customs of shop and currency leave no doubt.

    Of an amount that is read so, three digits would be the decimals otherwise, which hardly any price has. A
    currency with three decimals is never decided, nor is a column in which points and commas are ambiguous.
    """
    currencies = {
        code for kind in column.open if (code := meant(kind.mark, currency) if kind.mark else currency)
    }
    separators = {kind.separator for kind in column.open}
    if len(separators) != 1 or not currencies or column.has_overflown:
        return _undecided("decimal mark")
    [separator] = separators
    custom = marks_of(locale)
    usual = all(MINOR_UNITS[code] <= _USUAL_DECIMALS for code in currencies)
    if not (usual and all(_groups(separator, home_marks(code), custom) for code in currencies)):
        return _undecided("decimal mark")
    by_currency = all(home_marks(code) for code in currencies)
    because = f"currency {', '.join(sorted(currencies))}" if by_currency else f"locale {locale}"
    return Verdict(_OTHER_MARK[separator], because, frozenset(currencies))


class Contradiction(NamedTuple):
    """The currency that nearly all amounts of a column are in, though the shop's is another."""

    currency: str
    cells: int
    example: Example


def contradiction(column: Evidence, currency: str) -> Contradiction | None:
    """Return what contradicts a shop's currency; amounts in several currencies are read as they are written.

    So are a few cells of another currency: that a shop sells some products in it is no contradiction.
    """
    by_code: dict[str | None, list[Tally]] = {}
    for mark, tally in column.marks.items():
        by_code.setdefault(meant(mark, currency) if mark else currency, []).append(tally)
    cells = {code: sum(tally.cells for tally in tallies) for code, tallies in by_code.items()}
    code = max(cells, key=lambda each: cells[each])
    if code in {None, currency} or cells[code] <= FEW_ROWS or cells[code] < _NEARLY_ALL * sum(cells.values()):
        return None
    return Contradiction(
        f"{code}", cells[code], min(tally.example for tally in by_code[code] if tally.example)
    )


def by_number_custom(column: Evidence, locale: str) -> Verdict:
    """Take ambiguous separators for group marks, if that is the custom of the shop's country."""
    separators, custom = {kind.separator for kind in column.open}, marks_of(locale)
    if custom is None or separators != {custom.group}:
        return _undecided("decimal mark")
    return Verdict(custom.decimal, f"locale {locale}")


def by_date_custom(column: Evidence) -> Verdict:
    """Take dates with points for day before month: no country that puts the month first writes points.

    Where a shop is does not decide other dates: many files come from tools of another country, and either
    reading is a date.
    """
    if {kind.separator for kind in column.open} != {"."}:
        return _undecided("order of day and month")
    return Verdict("day-month-year", "dates with points have the day first")


def _groups(separator: str, *customs: Marks | None) -> bool:
    """Whether one custom has this group mark, and none has it for a decimal mark."""
    known = [marks for marks in customs if marks is not None]
    return any(marks.group == separator for marks in known) and all(
        marks.decimal != separator for marks in known
    )


def _undecided(what: str) -> Verdict:
    return Verdict(None, f"nothing else in the column shows the {what}")
