"""The measurement of what checks copy, and of a model's copy, from files to a report."""

from importlib.resources import as_file, files
from itertools import chain
from pathlib import Path

from fondly.cli.answer import Answer
from fondly.evaluation.commands.copy import JudgeOptions
from fondly.evaluation.commands.copy_tables import answer_sections, suite_sections
from fondly.evaluation.commands.start import evaluating
from fondly.evaluation.copy.answer_report import AnswerReport, evaluate_answers
from fondly.evaluation.copy.answers import read_answers
from fondly.evaluation.copy.emails import Emails, read_emails
from fondly.evaluation.copy.judges import Judge, bedrock, understudy
from fondly.evaluation.copy.recordings import recorded, recording
from fondly.evaluation.copy.report import CopyReport, evaluate_suite, shortfalls
from fondly.evaluation.copy.suite import OWN_SUITES, Suite, own_emails, read_own_suites, read_suite
from fondly.evaluation.frozen import Frozen
from fondly.operations.errors import OperationError
from fondly.operations.formatting import count

SHOWN = 10


class Measured(Frozen):
    """What was measured: a suite, answers, or both."""

    suite: CopyReport | None = None
    answers: AnswerReport | None = None

    @property
    def bad_lines(self) -> tuple[str, ...]:
        """The lines that cannot be used."""
        return tuple(line for each in (self.suite, self.answers) if each for line in each.bad_lines)

    @property
    def unmeasured(self) -> int:
        """The texts of which the judge's verdict is not known."""
        return sum(each.unmeasured for each in (self.suite, self.answers) if each)


def is_own(suite: str | None) -> bool:
    """Whether this names a suite that comes with Fondly; a file of that name goes first."""
    return suite in OWN_SUITES and not Path(suite).exists()


def measure(suite: str | None, emails: Path | None, answers: Path | None, options: JudgeOptions) -> Measured:
    """Judge the texts of a suite and of answers; without either, those of Fondly's own suites."""
    with evaluating("reading") as announce:
        known = read_emails(emails) if emails else own_emails()
        texts = None if answers and suite is None else _suite(suite, known)
        found = read_answers(answers, known) if answers else None
        announce("judging")
        judge = _judge(options)
        return Measured(
            suite=evaluate_suite(texts, judge) if texts else None,
            answers=evaluate_answers(found, judge) if found else None,
        )


def _judge(options: JudgeOptions) -> Judge:
    """Return who judges, as the options say."""
    if options.judge == "recorded":
        with as_file(files("fondly.evaluation.copy") / "recordings.jsonl") as own:
            return recorded(options.recordings or own, any_instruction=options.allow_unmeasured)
    is_bedrock = options.judge == "bedrock"
    judge: Judge = bedrock(options.model) if is_bedrock else understudy
    model = options.model if is_bedrock else options.judge
    return recording(judge, options.record, model=model) if options.record else judge


def answer(found: Measured) -> Answer:
    """Return a suite's tables, those of answers, or both."""
    suite, answers = found.suite, found.answers
    report = found if suite and answers else suite or answers or found
    sections = [suite_sections(suite)] if suite else []
    return Answer(report, chain(*sections, *([answer_sections(answers)] if answers else [])))


def bad_lines(found: Measured) -> list[str]:
    """Return the first lines that cannot be used, and how many more there are."""
    more = len(found.bad_lines) - SHOWN
    return [*found.bad_lines[:SHOWN], *([f"{count(more)} more lines cannot be used"] if more > 0 else [])]


def wrong(found: Measured, *, min_caught: float, max_refused: float) -> list[str]:
    """Return a line for each floor that is not reached, and one if lines could not be used."""
    lines = shortfalls(found.suite, min_caught=min_caught, max_refused=max_refused) if found.suite else []
    if found.bad_lines:
        lines.append(f"lines that cannot be used: {count(len(found.bad_lines))}, expected none")
    return lines


def _suite(name: str | None, emails: Emails) -> Suite:
    if name is None:
        return read_own_suites(emails)
    if is_own(name):
        return read_own_suites(emails, [name])
    if not Path(name).is_file():
        raise OperationError(f"{name}: found no such file, expected one or {', '.join(OWN_SUITES)}")
    return read_suite(Path(name), emails)
