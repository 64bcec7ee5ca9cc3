"""Odd files of every kind are read right, or refused with a clear message; nothing good is lost."""

from collections import Counter

import pytest

from tests.odd_files.case import Case
from tests.odd_files.corpus import CASES
from tests.odd_files.judging import vague, wanted
from tests.odd_files.running import outcome_of

LEAST_CASES = 160


def test_the_corpus_has_many_cases_each_with_a_name() -> None:
    """A failing test is found by it."""
    assert len(CASES) >= LEAST_CASES
    assert [name for name, count in Counter(each.name for each in CASES).items() if count > 1] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_an_odd_file_says_is_read_right_or_refused(case: Case) -> None:
    """Every good row is published with its values, no value is wrong, and what is refused is named.

    A refusal says where and why: file, line and column, what was found and what is expected.
    """
    outcome = outcome_of(case)
    allowed, differences = wanted(case, outcome)
    assert allowed is not None, differences
    assert vague(allowed, outcome) == []
