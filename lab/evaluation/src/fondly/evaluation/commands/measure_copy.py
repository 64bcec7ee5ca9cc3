"""The measurement of the gate and of a model's copy, from files to a report."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from fondly.cli.output import console, print_json, say
from fondly.evaluation.commands.copy_tables import show_answers, show_suite
from fondly.evaluation.commands.start import evaluating
from fondly.evaluation.copy.answer_report import AnswerReport, evaluate_answers
from fondly.evaluation.copy.answers import read_answers
from fondly.evaluation.copy.emails import Facts, read_emails
from fondly.evaluation.copy.gate import mailer_gate
from fondly.evaluation.copy.report import CopyReport, evaluate_suite, shortfalls
from fondly.evaluation.copy.suite import OWN_SUITES, Suite, own_emails, read_own_suites, read_suite
from fondly.operations.errors import OperationError
from fondly.operations.formatting import count

STANDARD_OUTPUT = Path("-")
SHOWN = 10


class Measured(BaseModel):
    """What was measured: a suite, answers, or both."""

    model_config = ConfigDict(frozen=True)

    suite: CopyReport | None = None
    answers: AnswerReport | None = None

    @property
    def bad_lines(self) -> tuple[str, ...]:
        """The lines that cannot be used."""
        return tuple(line for each in (self.suite, self.answers) if each for line in each.bad_lines)


def is_own(suite: str | None) -> bool:
    """Whether this names a suite that comes with Fondly; a file of that name goes first."""
    return suite in OWN_SUITES and not Path(suite).exists()


def measure(suite: str | None, emails: Path | None, answers: Path | None) -> Measured:
    """Judge the texts of a suite and of answers; without either, those of Fondly's own suites."""
    with evaluating("reading") as announce:
        facts = read_emails(emails) if emails else own_emails()
        texts = None if answers and suite is None else _suite(suite, facts)
        found = read_answers(answers, facts) if answers else None
        announce("judging")
        return Measured(
            suite=evaluate_suite(texts, mailer_gate) if texts else None,
            answers=evaluate_answers(found, mailer_gate) if found else None,
        )


def show(found: Measured, out: Path | None) -> None:
    """Print the tables and write the JSON, or print the JSON alone; say which lines cannot be used."""
    for line in found.bad_lines[:SHOWN]:
        say(line)
    if len(found.bad_lines) > SHOWN:
        say(f"{count(len(found.bad_lines) - SHOWN)} more lines cannot be used")
    report = _one_or_both(found)
    if out == STANDARD_OUTPUT:
        print_json(report)
        return
    if found.suite:
        show_suite(found.suite, console())
    if found.answers:
        show_answers(found.answers, console())
    if out:
        out.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")


def wrong(found: Measured, *, min_caught: float, max_refused: float) -> list[str]:
    """Return a line for each floor that is not reached, and one if lines could not be used."""
    lines = shortfalls(found.suite, min_caught=min_caught, max_refused=max_refused) if found.suite else []
    if found.bad_lines:
        lines.append(f"lines that cannot be used: {count(len(found.bad_lines))}, expected none")
    return lines


def _suite(name: str | None, facts: Facts) -> Suite:
    if name is None:
        return read_own_suites(facts)
    if is_own(name):
        return read_own_suites(facts, [name])
    if not Path(name).is_file():
        raise OperationError(f"{name}: found no such file, expected one or {', '.join(OWN_SUITES)}")
    return read_suite(Path(name), facts)


def _one_or_both(found: Measured) -> BaseModel:
    """Return the report of what alone was measured, or both."""
    if found.suite and found.answers:
        return found
    return found.suite or found.answers or found
