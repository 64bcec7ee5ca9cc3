"""Which rows match a test of a filter and how clauses are joined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.test_personalize_filters import texts

from understudy.personalize.filter_syntax import (
    Clause,
    FilterError,
    Parameter,
    fields_of,
    parse_filter,
    parse_values,
)
from understudy.personalize.filter_syntax import Test as Condition
from understudy.personalize.matching import Mask, MissingValueError, allowed, known_values, matching
from understudy.personalize.tables import Column

WORDS = texts(["red", "red|blue", "", "green"])
NUMBERS = np.array([1.0, 2.5, np.nan, -3.0])


@pytest.mark.parametrize(
    ("column", "operator", "values", "expected"),
    [
        (WORDS, "IN", ("red",), [1, 1, 0, 0]),
        (WORDS, "IN", ("blue", "green"), [0, 1, 0, 1]),
        (WORDS, "IN", ("red|blue",), [0, 1, 0, 0]),
        (WORDS, "IN", ("RED",), [0, 0, 0, 0]),
        (WORDS, "IN", (), [0, 0, 0, 0]),
        (WORDS, "NOT IN", ("red",), [0, 0, 0, 1]),
        (WORDS, "=", ("green",), [0, 0, 0, 1]),
        (NUMBERS, "IN", (1.0, -3.0), [1, 0, 0, 1]),
        (NUMBERS, "NOT IN", (1.0,), [0, 1, 0, 1]),
        (NUMBERS, "=", ("2.5",), [0, 1, 0, 0]),
        (NUMBERS, "<", (2.5,), [1, 0, 0, 1]),
        (NUMBERS, "<=", (2.5,), [1, 1, 0, 1]),
        (NUMBERS, ">", (-3.0,), [1, 1, 0, 0]),
        (NUMBERS, ">=", (-3.0,), [1, 1, 0, 1]),
        (NUMBERS, "<", (), [0, 0, 0, 0]),
    ],
)
def test_rows_match_by_value(
    column: Column, operator: str, values: tuple[str | float, ...], expected: list[int]
) -> None:
    """What is empty is like nothing and unlike nothing; of parts, one is enough."""
    assert matching(column, operator, values).astype(int).tolist() == expected


def test_a_word_is_no_number() -> None:
    """The value that a request gives for a column of numbers must be one."""
    with pytest.raises(FilterError, match="dear is not a number"):
        matching(NUMBERS, "<", ("dear",))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", ("a",)), (2.0, (2.0,)), (Parameter("P"), ("x", 3.0))],
)
def test_values_are_known_once_a_request_has_given_them(
    value: str | float | Parameter, expected: tuple[str | float, ...]
) -> None:
    """A parameter may have several."""
    assert known_values(value, {"P": '"x", 3'}, "IN") == expected


def test_a_parameter_without_a_value_is_named() -> None:
    """So that a caller sees what to give."""
    with pytest.raises(MissingValueError, match="COLOUR has no value"):
        known_values(Parameter("COLOUR"), {"colour": '"red"'}, "IN")


@pytest.mark.parametrize("text", ["$OTHER", "Items.PRICE", "bare", '"a" "b"', "", '"a",'])
def test_values_are_quoted_or_numbers(text: str) -> None:
    """Nothing else stands for a parameter."""
    with pytest.raises(FilterError):
        parse_values(text)


def test_values_may_have_quotes() -> None:
    """Behind a backslash, as the documentation has it."""
    assert parse_values(r'"a \"b\"","c, d",-1.5') == ('a "b"', "c, d", -1.5)


def clause(number: int, *, include: bool) -> Clause:
    """Return a clause whose only test is known by a number."""
    return Clause(include, ((Condition("Items", str(number), "=", ()),),), ())


masks = st.lists(
    st.tuples(st.booleans(), st.lists(st.booleans(), min_size=6, max_size=6)), min_size=1, max_size=5
)


@settings(deadline=None)
@given(parts=masks)
def test_what_is_included_and_not_excluded_is_allowed(parts: list[tuple[bool, list[bool]]]) -> None:
    """All inclusions together, minus all exclusions together; everything is included if nothing says so."""
    clauses = [clause(number, include=include) for number, (include, _) in enumerate(parts)]

    def test(asked: Condition) -> Mask:
        return np.array(parts[int(asked.field)][1])

    found = allowed(clauses, 6, test).tolist()
    for place in range(6):
        included = [mask[place] for include, mask in parts if include]
        excluded = any(mask[place] for include, mask in parts if not include)
        assert found[place] == ((any(included) if included else True) and not excluded)


def test_a_missing_value_turns_off_an_exclusion_only() -> None:
    """An inclusion without its value would include anything."""

    def test(_asked: Condition) -> Mask:
        raise MissingValueError

    assert allowed([clause(0, include=False)], 3, test).all()
    with pytest.raises(MissingValueError):
        allowed([clause(0, include=True)], 3, test)


def test_a_clause_that_does_not_apply_says_nothing() -> None:
    """It neither includes nor excludes."""

    def test(_asked: Condition) -> Mask:
        return np.ones(3, dtype=bool)

    both = [clause(0, include=True), clause(1, include=False)]
    found = allowed(both, 3, test, applies=lambda each: each.include)
    assert found.all()
    assert not allowed(both, 3, test, applies=lambda each: not each.include).any()


def test_the_fields_of_an_expression() -> None:
    """Each once, whichever way datasets are spelt."""
    expression = (
        'INCLUDE ItemID WHERE Items.KIND IN ("a") AND items.PRICE < 5'
        ' | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*") IF CurrentUser.AGE > 1'
    )
    assert fields_of(parse_filter(expression)) == {
        ("ITEMS", "KIND"),
        ("ITEMS", "PRICE"),
        ("INTERACTIONS", "EVENT_TYPE"),
        ("CURRENTUSER", "AGE"),
    }
