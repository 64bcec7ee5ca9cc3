"""Judges texts as the mailer does: by its rules in code, then by the question to its judge."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from fondly.evaluation.copy.emails import Email
from fondly.evaluation.copy.judges import Judge
from fondly.evaluation.copy.questions import field_of, product_of, question_of
from fondly.evaluation.copy.suite import Case, Label
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.frozen import Frozen
from fondly.mailer.domain.copy.answers import Judged, check_answer
from fondly.mailer.domain.copy.judge_prompt import accepted, judge_prompt
from fondly.mailer.domain.copy.question import Question
from fondly.mailer.domain.copy.wording import Wording
from fondly.mailer.domain.slots import renumbered

US_PER_S = 1_000_000


@dataclass(frozen=True)
class Text:
    """A wording of a field of an email."""

    email: Email = field(hash=False)
    field: str
    wording: Wording


class Problem(Frozen):
    """What speaks against a text: a rule and the word that breaks it, or why the judge doubts which words."""

    rule: str
    found: str
    by_judge: bool = False


Problems = tuple[Problem, ...]


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
    problems: Problems

    @property
    def refused_by_code(self) -> bool:
        """Whether the judge was not even asked."""
        return any(not each.by_judge for each in self.problems)


class Verdicts(Frozen):
    """What became of texts."""

    given: tuple[Verdict, ...]
    unmeasured: int
    """Texts of which the judge's verdict is not known."""
    cpu_us: float
    """CPU microseconds for the check of one text by code."""


def judge_cases(cases: Sequence[Case], judge: Judge) -> Verdicts:
    """Return a verdict on each text of which there is one, in order."""
    texts = [Text(each.email, each.given.field, each.given.wording) for each in cases]
    found, cpu_us = problems(texts, judge)
    given = tuple(_verdict(case, each) for case, each in zip(cases, found, strict=True) if each is not None)
    return Verdicts(given=given, unmeasured=found.count(None), cpu_us=cpu_us)


def problems(texts: Sequence[Text], judge: Judge) -> tuple[list[Problems | None], float]:
    """Return what speaks against each text, and the CPU microseconds of code for one; None is unmeasured."""
    questions = [_question(each) for each in texts]
    started = time.process_time()
    checked = [_checked(text, question) for text, question in zip(texts, questions, strict=True)]
    cpu_us = (time.process_time() - started) / len(texts) * US_PER_S if texts else 0.0
    prompts = [judge_prompt(*each) for each in zip(questions, checked, strict=True)]
    answers = iter(judge([each for each in prompts if each]))
    found = [
        _answered(judged, next(answers)) if prompt else _problems(judged)
        for prompt, judged in zip(prompts, checked, strict=True)
    ]
    return found, cpu_us


def _question(text: Text) -> Question:
    question = question_of(text.field, text.wording.text, text.email)
    if question is None:
        raise EvaluationError(f"{text.field}: the customer of this email has said nothing")
    return question


def _checked(text: Text, question: Question) -> Judged:
    """Check a text as an answer in which its product is number 1."""
    number = product_of(text.field, text.wording.text, text.email) or 1
    wording = Wording(renumbered(text.wording.text, number, 1), text.wording.evidence)
    try:
        return check_answer({field_of(text.field): [wording]}, question.ground, strict=question.strict)
    except LookupError as error:
        raise EvaluationError(str(error)) from error


def _answered(judged: Judged, answer: str | None) -> Problems | None:
    return None if answer is None else _problems(accepted(judged, answer), by_judge=True)


def _problems(judged: Judged, *, by_judge: bool = False) -> Problems:
    return tuple(Problem(rule=each.rule, found=each.found, by_judge=by_judge) for each in judged.verdicts)


def _verdict(case: Case, against: Problems) -> Verdict:
    refused = bool(against)
    return Verdict(
        suite=case.suite,
        line=case.line,
        **case.given.model_dump(exclude={"evidence"}),
        refused=refused,
        right=refused is (case.given.label is Label.LIE),
        problems=against,
    )
