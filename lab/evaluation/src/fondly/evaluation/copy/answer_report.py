"""How much of a model's copy passes at once, after a repair, or not at all, so that it is template copy."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from fondly.evaluation.copy.answers import Answer, Answers, Wordings
from fondly.evaluation.copy.fields import GROUPS, fields_of, group
from fondly.evaluation.copy.judges import Judge
from fondly.evaluation.copy.judging import Problem, Text, problems
from fondly.evaluation.copy.report import Rate, rate
from fondly.evaluation.frozen import Frozen

UNMEASURED = (Problem(rule="not measured", found="", by_judge=True),)
Wrong = Mapping[Text, tuple[Problem, ...] | None]
"""What speaks against each text; None if the judge's verdict is not known."""


class Outcome(StrEnum):
    """When a field got a wording that passes; template copy if it never did."""

    AT_ONCE = "first_pass"
    REPAIRED = "repaired"
    FALLEN_BACK = "fallen_back"


class JudgedWording(Frozen):
    """A wording and what speaks against it."""

    text: str
    problems: tuple[Problem, ...]


class JudgedField(Frozen):
    """What became of a field of one answer."""

    answer: str
    email: str
    field: str
    outcome: Outcome
    first: tuple[JudgedWording, ...]
    repair: tuple[JudgedWording, ...]


class OutcomeRates(Frozen):
    """The three rates of some fields, which add up to 1."""

    first_pass: Rate
    repaired: Rate
    fallen_back: Rate


class AnswerReport(Frozen):
    """What became of a model's answers; a whole email has the worst outcome of its fields."""

    answers: int
    unreadable: int
    """Answers that are not JSON."""
    all_fields: OutcomeRates
    fields: dict[str, OutcomeRates]
    emails: dict[str, OutcomeRates]
    whole_emails: OutcomeRates
    wordings: Rate
    """The wordings of first answers that pass."""
    rules: dict[str, int]
    """How often each rule refused a wording, most often first."""
    cpu_us_per_copy: float
    """CPU microseconds of code for one wording."""
    unmeasured: int
    """Wordings of which the judge's verdict is not known; they count as refused."""
    bad_lines: tuple[str, ...]
    judged: tuple[JudgedField, ...]


def evaluate_answers(found: Answers, judge: Judge) -> AnswerReport:
    """Judge every wording of every field that the emails of these answers have."""
    texts = list(dict.fromkeys(text for answer in found.answers for text in _texts(answer)))
    known, cpu_us = problems(texts, judge)
    wrong = dict(zip(texts, known, strict=True))
    by_answer = [list(_judged(answer, wrong)) for answer in found.answers]
    judged = [each for fields in by_answer for each in fields]
    wordings = [wording for each in judged for wording in (*each.first, *each.repair)]
    return AnswerReport(
        answers=len(found.answers),
        unreadable=sum(answer.first is None for answer in found.answers),
        all_fields=_rates(each.outcome for each in judged),
        fields={
            name: _rates(each.outcome for each in judged if group(each.field) == name) for name in GROUPS
        },
        emails={
            name: _rates(each.outcome for each in judged if each.email == name)
            for name in sorted({answer.name for answer in found.answers})
        },
        whole_emails=_rates(map(_worst, by_answer)),
        wordings=rate(not wording.problems for each in judged for wording in each.first),
        rules=dict(Counter(each.rule for wording in wordings for each in wording.problems).most_common()),
        cpu_us_per_copy=cpu_us,
        unmeasured=known.count(None),
        bad_lines=tuple(map(str, found.bad)),
        judged=tuple(judged),
    )


def _texts(answer: Answer) -> Iterable[Text]:
    return (
        Text(answer.email, field, wording)
        for given in (answer.first, answer.repair)
        for field, wordings in (given or {}).items()
        for wording in wordings
    )


def _judged(answer: Answer, wrong: Wrong) -> Iterable[JudgedField]:
    for field in fields_of(len(answer.email.products)):
        first = _wordings(answer, answer.first, field, wrong)
        passed = _passes(first)
        repair = () if passed else _wordings(answer, answer.repair, field, wrong)
        mended = Outcome.REPAIRED if _passes(repair) else Outcome.FALLEN_BACK
        yield JudgedField(
            answer=answer.id,
            email=answer.name,
            field=field,
            outcome=Outcome.AT_ONCE if passed else mended,
            first=first,
            repair=repair,
        )


def _wordings(answer: Answer, given: Wordings | None, field: str, wrong: Wrong) -> tuple[JudgedWording, ...]:
    texts = [Text(answer.email, field, each) for each in (given or {}).get(field, ())]
    return tuple(
        JudgedWording(
            text=each.wording.text, problems=UNMEASURED if wrong[each] is None else wrong[each] or ()
        )
        for each in texts
    )


def _passes(found: Sequence[JudgedWording]) -> bool:
    return any(not each.problems for each in found)


def _rates(outcomes: Iterable[Outcome]) -> OutcomeRates:
    found = list(outcomes)
    return OutcomeRates(**{kind.value: rate(each is kind for each in found) for kind in Outcome})


def _worst(fields: Iterable[JudgedField]) -> Outcome:
    found = {each.outcome for each in fields}
    return next(kind for kind in reversed(Outcome) if kind in found)
