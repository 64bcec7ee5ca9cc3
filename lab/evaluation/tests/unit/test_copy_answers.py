"""Whole answers of a model: what passes at once, after a repair, or never."""

import json
from pathlib import Path
from typing import Any

import pytest

from fondly.evaluation.copy.answer_report import AnswerReport, Outcome, evaluate_answers
from fondly.evaluation.copy.answers import read_answers, wordings
from fondly.evaluation.errors import EvaluationError
from fondly.mailer.domain.copy.wording import Evidence, Wording
from lab.evaluation.tests.copy_cases import emails, judge, unknowing, write_lines

pytestmark = pytest.mark.usefixtures("lenient_code")

GOOD = {
    "subject": "Light",
    "preheader": ["Two lamps"],
    "closing": ["Bye", "free"],
    "intro": "For you",
    "lines": {"1": ["free", "Warm"], "2": "Soft"},
}
FIELDS = 6


def measured(folder: Path, *lines: object) -> AnswerReport:
    """The report on a file with these lines."""
    return evaluate_answers(read_answers(write_lines(folder, list(lines)), emails(folder)), judge)  # type: ignore[arg-type]


def outcomes(report: AnswerReport) -> dict[str, str]:
    """What became of each field of the only answer."""
    return {each.field: each.outcome.value for each in report.judged}


def test_a_field_passes_if_one_of_its_wordings_does(tmp_path: Path) -> None:
    """As in the mailer, which takes the wordings that pass."""
    report = measured(tmp_path, {"email": "A", "answer": GOOD})
    assert set(outcomes(report).values()) == {"first_pass"}
    assert (report.all_fields.first_pass.count, report.all_fields.first_pass.of) == (FIELDS, FIELDS)
    assert report.whole_emails.first_pass.count == 1
    assert (report.wordings.count, report.wordings.of) == (6, 8)
    assert report.rules == {"unproved: offer": 2}


def test_a_repair_counts_for_the_fields_that_need_it(tmp_path: Path) -> None:
    """A field that it does not mend falls back to template copy; one that had passed is not judged again."""
    answer = GOOD | {"subject": "free", "closing": ["free"], "intro": None}
    repair = {"subject": "Light", "closing": "free again", "preheader": "free"}
    report = measured(tmp_path, {"id": 5, "email": "A", "answer": answer, "repair": repair})
    found = outcomes(report)
    assert found["subject"] == "repaired"
    assert (found["closing"], found["intro"]) == ("fallen_back", "fallen_back")
    assert found["preheader"] == "first_pass"
    assert report.fields["lines"].first_pass.of == 2
    assert report.emails["A"].repaired.count == 1
    assert report.whole_emails.fallen_back.count == 1
    assert {each.answer for each in report.judged} == {"5"}
    assert next(each for each in report.judged if each.field == "preheader").repair == ()


def test_a_repaired_email_is_one_without_template_copy(tmp_path: Path) -> None:
    """It has the worst outcome of its fields."""
    answer = GOOD | {"subject": "free"}
    report = measured(tmp_path, {"email": "A", "answer": answer, "repair": {"subject": "Light"}})
    assert report.whole_emails.repaired.count == 1


def test_an_answer_that_is_not_json_has_no_field(tmp_path: Path) -> None:
    """It is the model's fault and counts; its repair may still mend everything."""
    lines = [
        {"id": "a", "email": "A", "answer": "I am sorry, but"},
        {"id": "b", "email": "A", "answer": "[1]", "repair": json.dumps(GOOD)},
    ]
    report = measured(tmp_path, *lines)
    assert (report.answers, report.unreadable) == (2, 2)
    assert report.all_fields.repaired.count == report.all_fields.fallen_back.count == FIELDS
    assert report.cpu_us_per_copy >= 0


def test_outcomes_are_ordered_from_best_to_worst() -> None:
    """An email's outcome is taken by this order."""
    assert list(Outcome) == [Outcome.AT_ONCE, Outcome.REPAIRED, Outcome.FALLEN_BACK]


def test_what_is_not_a_text_is_no_wording() -> None:
    """Numbers, blanks and nested lists are left out; evidence stays with its text."""
    line: Any = {"text": "Warm.", "evidence": ["b1: warm"]}
    found = wordings(
        {
            "subject": ["one", 2, "", ["three"]],
            "intro": {"a": "b"},
            "lines": {"1": [line], "2": "Lit.", "9": "x"},
        },
        products=2,
    )
    assert found == {
        "subject": [Wording("one")],
        "lines.1": [Wording("Warm.", (Evidence("b1", "warm"),))],
        "lines.2": [Wording("Lit.")],
    }


def test_a_wording_without_a_verdict_does_not_pass(tmp_path: Path) -> None:
    """It is counted as unmeasured."""
    read = read_answers(write_lines(tmp_path, [{"email": "A", "answer": GOOD}]), emails(tmp_path))
    report = evaluate_answers(read, unknowing)
    assert (report.unmeasured, report.wordings.count) == (8, 0)


def test_bad_lines_are_named(tmp_path: Path) -> None:
    """An unknown email, and a line without an answer."""
    report = measured(tmp_path, {"email": "A", "answer": GOOD}, {"email": "B", "answer": {}}, {"email": "A"})
    assert [reason.partition("lines.jsonl:")[2] for reason in report.bad_lines] == [
        "2: email: found 'B', expected one of A",
        "3: answer: found nothing, expected a value",
    ]


def test_a_file_without_answers_is_an_error(tmp_path: Path) -> None:
    """Rates of nothing would look like good ones."""
    with pytest.raises(EvaluationError, match="found no line, expected answers"):
        measured(tmp_path)
    with pytest.raises(EvaluationError, match=r"lines\.jsonl:1: email: found 'B'"):
        measured(tmp_path, {"email": "B", "answer": {}})
