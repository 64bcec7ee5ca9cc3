"""The figures of what checks copy, and of a model's copy."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.evaluation.commands.columns import figure
from fondly.evaluation.copy.answer_report import AnswerReport, Outcome, OutcomeRates
from fondly.evaluation.copy.judging import Problem, Verdict
from fondly.evaluation.copy.report import CopyReport, Rate, Rates, Refusals

RULES_SHOWN = 10
ALL = "all"


class _Wording(NamedTuple):
    """A text, and below it what is said of it."""

    about: str
    field: str
    text: str | None
    remark: str = ""


def suite_sections(report: CopyReport) -> Iterator[Shown]:
    """Yield the rates by kind, field and suite, then every wrong verdict with its rule and word."""
    texts = f"{len(report.verdicts):,} texts of {', '.join(report.suites)}"
    yield from (Line(f"{texts}: {_cpu(report.cpu_us_per_copy)} of code a text", "bold"), GAP)
    if report.unmeasured:
        yield from (Line(f"unmeasured: {report.unmeasured:,} texts without a verdict of the judge"), GAP)
    yield from (_kinds("lies", "caught", report.lies, report.caught), GAP)
    yield from (_kinds("honest texts", "refused", report.honest, report.refused), GAP)
    yield from (_rates("field", report.fields), GAP)
    if len(report.suites) > 1:
        yield from (_rates("suite", report.suites), GAP)
    if report.missed:
        yield from (_wrong("lies that pass", report.missed), GAP)
    if report.wronged:
        yield from (_wrong("honest texts that are refused", report.wronged), GAP)


def answer_sections(report: AnswerReport) -> Iterator[Shown]:
    """Yield the rates by field and by email, what rules refused most, then each field of template copy."""
    yield from (Line(_answers_head(report), "bold"), GAP)
    yield from (_outcomes("field", {**report.fields, ALL: report.all_fields}), GAP)
    yield from (_outcomes("fields of email", report.emails), GAP)
    yield from (_outcomes("whole emails", {ALL: report.whole_emails}), GAP)
    if report.rules:
        columns: Columns[tuple[str, int]] = (
            Column("rule", lambda rule: rule[0]),
            Column("wordings refused", lambda rule: rule[1], right=True),
        )
        yield from (Table(columns, list(report.rules.items())[:RULES_SHOWN]), GAP)
    if fallen := list(_fallen_back(report)):
        yield from (_wordings("answer", "template copy instead of", fallen), GAP)


def _cpu(microseconds: float) -> str:
    return f"{microseconds:,.0f} µs of CPU"


def _answers_head(report: AnswerReport) -> str:
    unreadable = f" ({report.unreadable:,} not JSON)" if report.unreadable else ""
    passing = f"{report.wordings.count:,} of {report.wordings.of:,} first wordings pass"
    return f"answers: {report.answers:,}{unreadable}; {passing}; {_cpu(report.cpu_us_per_copy)} a wording"


def _kinds(
    title: str, verb: str, kinds: Mapping[str, Refusals], total: Refusals
) -> Table[tuple[str, Refusals]]:
    columns: Columns[tuple[str, Refusals]] = (
        Column(title, lambda row: row[0], _style, fold=True),
        Column("texts", lambda row: row[1].both.of, right=True),
        figure("by code", lambda row: _rate(row[1].code), _style)[0],
        *figure(verb, lambda row: _rate(row[1].both), _style),
    )
    return Table(columns, [*kinds.items(), (ALL, total)])


def _rates(title: str, groups: Mapping[str, Rates]) -> Table[tuple[str, Rates]]:
    columns: Columns[tuple[str, Rates]] = (
        Column(title, lambda row: row[0]),
        Column("lies", lambda row: row[1].caught.both.of, right=True),
        figure("by code", lambda row: _rate(row[1].caught.code))[0],
        *figure("caught", lambda row: _rate(row[1].caught.both)),
        Column("honest", lambda row: row[1].refused.both.of, right=True),
        *figure("refused", lambda row: _rate(row[1].refused.both)),
    )
    return Table(columns, list(groups.items()))


def _outcomes(title: str, groups: Mapping[str, OutcomeRates]) -> Table[tuple[str, OutcomeRates]]:
    columns: Columns[tuple[str, OutcomeRates]] = (
        Column(title, lambda row: row[0], _style),
        Column("", lambda row: row[1].first_pass.of, right=True),
        *figure("first pass", lambda row: _rate(row[1].first_pass), _style),
        figure("repaired", lambda row: _rate(row[1].repaired), _style)[0],
        figure("fallen back", lambda row: _rate(row[1].fallen_back), _style)[0],
    )
    return Table(columns, list(groups.items()))


def _wrong(title: str, verdicts: Sequence[Verdict]) -> Table[_Wording]:
    rows = [
        _Wording(each.id, each.field, each.text, _objections(each.problems) if each.refused else each.kind)
        for each in verdicts
    ]
    return _wordings("id", title, rows)


def _fallen_back(report: AnswerReport) -> Iterator[_Wording]:
    for each in report.judged:
        if each.outcome is Outcome.FALLEN_BACK:
            wordings = (*each.first, *each.repair)
            yield _Wording(each.answer, each.field, "" if wordings else None)
            yield from (_Wording("", "", one.text, _objections(one.problems)) for one in wordings)


def _wordings(about: str, title: str, rows: Sequence[_Wording]) -> Table[_Wording]:
    columns: Columns[_Wording] = (
        Column(about, lambda row: row.about),
        Column("field", lambda row: row.field),
        Column(title, lambda row: row.text, below=lambda row: row.remark and f"  {row.remark}", fold=True),
    )
    return Table(columns, rows)


def _objections(problems: Sequence[Problem]) -> str:
    return "; ".join(f"{each.rule}: {each.found}" for each in problems)


def _rate(found: Rate) -> tuple[float, Rate] | None:
    return (found.rate, found) if found.of else None


def _style(row: tuple[str, Any]) -> str:
    return "bold" if row[0] == ALL else ""
