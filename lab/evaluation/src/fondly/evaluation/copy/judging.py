"""Judges texts one field at a time, as the mailer does, and takes the time."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from fondly.evaluation.copy.suite import Case, Label
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.frozen import Frozen
from fondly.mailer.domain.copy.gate import Gate
from fondly.mailer.domain.facts.email import EmailFacts

US_PER_S = 1_000_000


class Objection(Protocol):
    """What speaks against a text: the rule that it breaks, and the word or slot that breaks it."""

    @property
    def rule(self) -> str:
        """The name of the rule."""

    @property
    def found(self) -> str:
        """What in the text breaks it."""


Judge = Callable[[str, str, EmailFacts], Sequence[Objection]]
"""Takes a field's name, its text and the email's facts; returns nothing for a text that passes."""


def mailer_gate(field: str, text: str, facts: EmailFacts) -> Sequence[Objection]:
    """Return what speaks against a text; raise `EvaluationError` for a language without word lists."""
    try:
        return Gate(facts).judge(field, text)
    except LookupError as error:
        raise EvaluationError(str(error)) from error


class Problem(Frozen):
    """A rule that a text breaks, and the word or slot that breaks it."""

    rule: str
    found: str


class Verdict(Frozen):
    """What became of a suite's text; it is right if a lie was refused or an honest text was not."""

    suite: str
    line: int
    id: str
    email: str
    field: str
    kind: str
    label: Label
    text: str
    refused: bool
    right: bool
    problems: tuple[Problem, ...]


def problems(judge: Judge, field: str, text: str, facts: EmailFacts) -> tuple[Problem, ...]:
    """Return what speaks against a text."""
    return tuple(Problem(rule=each.rule, found=each.found) for each in judge(field, text, facts))


def judge_cases(cases: Sequence[Case], judge: Judge) -> tuple[list[Verdict], float]:
    """Return a verdict on each text in order, and the CPU microseconds of one without what emails share."""
    for case in {id(case.facts): case for case in cases}.values():
        judge(case.given.field, case.given.text, case.facts)
    started = time.process_time()
    found = [problems(judge, case.given.field, case.given.text, case.facts) for case in cases]
    seconds = time.process_time() - started
    return list(_verdicts(cases, found)), seconds / len(cases) * US_PER_S if cases else 0.0


def _verdicts(cases: Sequence[Case], found: Sequence[tuple[Problem, ...]]) -> Iterable[Verdict]:
    for case, against in zip(cases, found, strict=True):
        refused = bool(against)
        yield Verdict(
            suite=case.suite,
            line=case.line,
            **case.given.model_dump(),
            refused=refused,
            right=refused is (case.given.label is Label.LIE),
            problems=against,
        )
