"""The figures of the gate and of a model's copy, for people."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fondly.cli.tables import cell, table
from fondly.evaluation.copy.answer_report import AnswerReport, JudgedField, Outcome, OutcomeRates
from fondly.evaluation.copy.judging import Problem, Verdict
from fondly.evaluation.copy.report import CopyReport, Rate, Rates
from fondly.operations.formatting import count

INTERVAL = "95 % interval"
RULES_SHOWN = 10


def show_suite(report: CopyReport, console: Console) -> None:
    """Print the rates by kind, field and suite, then every wrong verdict with its rule and word."""
    console.print(cell(_head(report), "bold"), soft_wrap=True)
    console.print()
    _print(_kinds("lies", "caught", report.lies, report.caught), console)
    _print(_kinds("honest texts", "refused", report.honest, report.refused), console)
    _print(_rates("field", report.fields), console)
    if len(report.suites) > 1:
        _print(_rates("suite", report.suites), console)
    if report.missed:
        _print(_wrong("lies that pass", report.missed), console)
    if report.wronged:
        _print(_wrong("honest texts that are refused", report.wronged), console)


def show_answers(report: AnswerReport, console: Console) -> None:
    """Print the rates by field and by email, what rules refused most, then each field of template copy."""
    console.print(cell(_answers_head(report), "bold"), soft_wrap=True)
    console.print()
    _print(_outcomes("field", report.fields, report.all_fields), console)
    _print(_outcomes("fields of email", report.emails), console)
    _print(_outcomes("whole emails", {}, report.whole_emails), console)
    if report.rules:
        _print(_rules(report.rules), console)
    if fallen := [each for each in report.judged if each.outcome is Outcome.FALLEN_BACK]:
        _print(_fallen_back(fallen), console)


def _print(shown: Table, console: Console) -> None:
    console.print(shown)
    console.print()


def _head(report: CopyReport) -> str:
    texts = f"{count(len(report.verdicts))} texts of {', '.join(report.suites)}"
    return f"{texts}: {_cpu(report.cpu_us_per_copy)} a text"


def _cpu(microseconds: float) -> str:
    return f"{microseconds:,.0f} µs of CPU"


def _answers_head(report: AnswerReport) -> str:
    unreadable = f" ({count(report.unreadable)} not JSON)" if report.unreadable else ""
    passing = f"{count(report.wordings.count)} of {count(report.wordings.of)} first wordings pass"
    return (
        f"answers: {count(report.answers)}{unreadable}; {passing}; {_cpu(report.cpu_us_per_copy)} a wording"
    )


def _kinds(title: str, verb: str, kinds: Mapping[str, Rate], total: Rate) -> Table:
    names = ("texts", verb, INTERVAL)
    shown = table(title, *names, right=names, fold=title)
    for kind, found in kinds.items():
        shown.add_row(cell(kind), cell(count(found.of)), *_rate(found))
    shown.add_row(cell("all", "bold"), cell(count(total.of)), *_rate(total, "bold"))
    return shown


def _rates(title: str, groups: Mapping[str, Rates]) -> Table:
    names = ("lies", "caught", f"{INTERVAL} ", "honest", "refused", INTERVAL)
    shown = table(title, *names, right=names)
    for name, found in groups.items():
        lies, honest = found.caught, found.refused
        shown.add_row(cell(name), cell(count(lies.of)), *_rate(lies), cell(count(honest.of)), *_rate(honest))
    return shown


def _wrong(title: str, verdicts: Sequence[Verdict]) -> Table:
    shown = table("id", "field", title, fold=title)
    for each in verdicts:
        shown.add_row(cell(each.id), cell(each.field), cell(each.text))
        remark = _objections(each.problems) if each.refused else each.kind
        shown.add_row(cell(""), cell(""), cell(f"  {remark}", "dim"))
    return shown


def _outcomes(title: str, groups: Mapping[str, OutcomeRates], total: OutcomeRates | None = None) -> Table:
    names = ("", "first pass", INTERVAL, "repaired", "fallen back")
    shown = table(title, *names, right=names)
    for name, found in groups.items():
        shown.add_row(cell(name), *_outcome(found))
    if total:
        shown.add_row(cell("all", "bold"), *_outcome(total, "bold"))
    return shown


def _outcome(found: OutcomeRates, style: str = "") -> tuple[Text, ...]:
    first = _rate(found.first_pass, style)
    later = (_rate(each, style)[0] for each in (found.repaired, found.fallen_back))
    return cell(count(found.first_pass.of)), *first, *later


def _rules(rules: Mapping[str, int]) -> Table:
    shown = table("rule", "wordings refused", right=("wordings refused",))
    for rule, times in list(rules.items())[:RULES_SHOWN]:
        shown.add_row(cell(rule), cell(count(times)))
    return shown


def _fallen_back(fields: Sequence[JudgedField]) -> Table:
    title = "template copy instead of"
    shown = table("answer", "field", title, fold=title)
    for each in fields:
        shown.add_row(cell(each.answer), cell(each.field), cell("" if each.first or each.repair else None))
        for wording in (*each.first, *each.repair):
            shown.add_row(cell(""), cell(""), cell(wording.text))
            shown.add_row(cell(""), cell(""), cell(f"  {_objections(wording.problems)}", "dim"))
    return shown


def _objections(problems: Sequence[Problem]) -> str:
    return "; ".join(f"{each.rule}: {each.found}" for each in problems)


def _rate(found: Rate, style: str = "") -> tuple[Text, Text]:
    if not found.of:
        return cell(None), cell(None)
    return cell(f"{found.rate:.3f}", style), cell(f"{found.low:.3f} to {found.high:.3f}")
