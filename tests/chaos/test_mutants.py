"""Every mutant can still be made: nobody has moved the code that it replaces, or renamed its test."""

import ast
import tomllib
from functools import cache

import pytest

from tests.chaos.mutants import MUTANTS, ROOT, Mutant

KNOWN = [Mutant(**mutant) for mutant in tomllib.loads(MUTANTS.read_text("utf-8"))["mutant"]]


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of a file's functions."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@pytest.mark.parametrize("mutant", KNOWN, ids=[mutant.name for mutant in KNOWN])
def test_a_mutant_replaces_code_that_is_there_once(mutant: Mutant) -> None:
    """A protection whose mutant cannot be made is one that nobody checks any more."""
    assert (ROOT / mutant.file).read_text("utf-8").count(mutant.old) == 1
    file, _, test = mutant.test.partition("::")
    assert names_in(file) >= ({test.partition("[")[0]} if test else set())


def test_each_mutant_has_a_name_of_its_own() -> None:
    """`make mutants NAME=…` finds it by that."""
    assert len({mutant.name for mutant in KNOWN}) == len(KNOWN)
