"""Every mutant can still be made: the code that it replaces is there once, and so is its test."""

import pytest

from tests.chaos.anchors import find_scope, find_test
from tests.chaos.mutants import known_mutants

KNOWN = known_mutants()


def test_each_mutant_replaces_code_that_is_there_once() -> None:
    """A protection whose mutant cannot be made is one that nobody checks any more."""
    for mutant in KNOWN:
        assert mutant.find().replaced(mutant.old, mutant.new), mutant.name
        assert find_test(mutant.test), mutant.name


def test_each_mutant_has_a_name_of_its_own() -> None:
    """`make mutants NAME=…` finds it by that."""
    assert len({mutant.name for mutant in KNOWN}) == len(KNOWN)


def test_a_name_that_is_missing_or_in_several_places_is_an_error() -> None:
    """The message says what was looked for and where it is."""
    with pytest.raises(LookupError, match=r"Ledger\.no of fondly\.runtime: in no file"):
        find_scope("fondly.runtime", "Ledger.no")
    with pytest.raises(LookupError, match=r"log of fondly\.runtime: in shared/runtime/.*, shared/runtime/"):
        find_scope("fondly.runtime", "log")
    with pytest.raises(LookupError, match=r"test_no: in no file"):
        find_test("test_no")
