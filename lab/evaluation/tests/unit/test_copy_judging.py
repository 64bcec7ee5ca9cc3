"""The mailer's gate on Fondly's own suites: the half that it was tuned on, and the one that it was not."""

from pathlib import Path

import pytest

from fondly.evaluation.copy.emails import read_emails
from fondly.evaluation.copy.judging import mailer_gate
from fondly.evaluation.copy.report import CopyReport, evaluate_suite
from fondly.evaluation.copy.suite import own_emails, read_own_suites
from fondly.evaluation.errors import EvaluationError
from lab.evaluation.tests.copy_cases import write_emails

MIN_CAUGHT, MIN_CAUGHT_PER_KIND = 0.95, 0.8
MAX_REFUSED = {
    "feature slots": 0.03,
    "figure slots": 0.1,
    "slots in free prose": 0.1,
    "free prose": 0.1,
    "around the picks": 0.1,
}
MIN_CAUGHT_UNSEEN = 0.86
MAX_REFUSED_UNSEEN = {
    "feature slots": 0.04,
    "figure slots": 0.29,
    "slots in free prose": 0.58,
    "free prose": 0.22,
    "around the picks": 0.15,
}


@pytest.fixture(scope="module")
def tuned() -> CopyReport:
    """The report on the half that the lists are tuned on."""
    return evaluate_suite(read_own_suites(own_emails(), ["tuning"]), mailer_gate)


@pytest.fixture(scope="module")
def unseen() -> CopyReport:
    """The report on the half that the lists have not seen."""
    return evaluate_suite(read_own_suites(own_emails(), ["test"]), mailer_gate)


def test_the_gate_catches_what_it_was_tuned_on(tuned: CopyReport) -> None:
    """Of all lies, and of each kind."""
    assert tuned.caught.rate >= MIN_CAUGHT
    assert {kind: found.rate for kind, found in tuned.lies.items() if found.rate < MIN_CAUGHT_PER_KIND} == {}


@pytest.mark.parametrize(("kind", "most"), MAX_REFUSED.items())
def test_the_gate_takes_honest_copy_that_it_was_tuned_on(tuned: CopyReport, kind: str, most: float) -> None:
    """More of it where what is said of a product stands in slots."""
    assert tuned.honest[kind].rate <= most


def test_the_gate_catches_as_many_unseen_lies_as_at_first_sight(unseen: CopyReport) -> None:
    """The floor is the lower end of the 95 % interval measured at first sight.

    It guards against regressions on a half that the lists have not seen; the aim is higher, `MIN_CAUGHT`.
    """
    assert unseen.caught.rate >= MIN_CAUGHT_UNSEEN


@pytest.mark.parametrize(("kind", "most"), MAX_REFUSED_UNSEEN.items())
def test_the_gate_takes_as_much_unseen_honest_copy_as_at_first_sight(
    unseen: CopyReport, kind: str, most: float
) -> None:
    """The ceilings are the upper ends of the 95 % intervals measured at first sight.

    They guard against regressions on a half that the lists have not seen; the aims, `MAX_REFUSED`, are
    stricter.
    """
    assert unseen.honest[kind].rate <= most


def test_the_german_gate_catches_lies_and_takes_honest_copy() -> None:
    """Its lists were tuned on every other text of the suite."""
    german = evaluate_suite(read_own_suites(own_emails(), ["german"]), mailer_gate)
    assert german.caught.rate >= MIN_CAUGHT
    assert german.refused.rate <= MAX_REFUSED["free prose"]


def test_a_language_without_word_lists_is_one_line(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(EvaluationError, match="email A: locale 'xx_XX': no language 'xx'"):
        read_emails(write_emails(tmp_path, locale="xx_XX"))
