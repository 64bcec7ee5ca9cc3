"""The mailer's gate on the half of Encore's suites that it was not tuned on."""

from pathlib import Path

import pytest

from encore.evaluation.copy.emails import read_emails
from encore.evaluation.copy.gate import mailer_gate
from encore.evaluation.copy.report import CopyReport, evaluate_suite
from encore.evaluation.copy.suite import own_emails, read_own_suites
from encore.evaluation.errors import EvaluationError
from tools.evaluation.tests.copy_cases import write_emails

MIN_CAUGHT, MIN_CAUGHT_PER_KIND = 0.95, 0.8
MAX_REFUSED = {"feature slots": 0.03, "slots in free prose": 0.1, "free prose": 0.1, "around the picks": 0.1}


@pytest.fixture(scope="module")
def report() -> CopyReport:
    """The report on the test half."""
    return evaluate_suite(read_own_suites(own_emails(), ["test"]), mailer_gate)


def test_the_gate_catches_what_it_was_not_tuned_on(report: CopyReport) -> None:
    """Of all lies, and of each kind."""
    assert report.caught.rate >= MIN_CAUGHT
    assert {kind: found.rate for kind, found in report.lies.items() if found.rate < MIN_CAUGHT_PER_KIND} == {}


@pytest.mark.parametrize(("kind", "most"), MAX_REFUSED.items())
def test_the_gate_takes_honest_copy(report: CopyReport, kind: str, most: float) -> None:
    """More of it where what is said of a product stands in slots."""
    assert report.honest[kind].rate <= most


def test_the_german_gate_catches_lies_and_takes_honest_copy() -> None:
    """Its lists were tuned on every other text of the suite."""
    german = evaluate_suite(read_own_suites(own_emails(), ["german"]), mailer_gate)
    assert german.caught.rate >= MIN_CAUGHT
    assert german.refused.rate <= MAX_REFUSED["free prose"]


def test_a_language_without_word_lists_is_one_line(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(EvaluationError, match="email A: locale 'xx_XX': no language 'xx'"):
        read_emails(write_emails(tmp_path, locale="xx_XX"))
