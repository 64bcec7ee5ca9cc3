"""Which rows of a column match a filter's test."""

import math
import operator
from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from understudy.personalize.filter_syntax import Clause, FilterError, Parameter, Test, Value, parse_values
from understudy.personalize.tables import Column, Numbers, Texts

Mask = NDArray[np.bool_]
Known = tuple[str | float, ...]
"""Values of a test once those of its parameters are known."""

ORDERED: Mapping[str, Callable[[Numbers, float], Mask]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""The comparisons that need an order."""


class MissingValueError(FilterError):
    """A parameter has no value."""


def allowed(
    clauses: Iterable[Clause],
    size: int,
    test: Callable[[Test], Mask],
    *,
    applies: Callable[[Clause], bool] = lambda _: True,
) -> Mask:
    """Return which of `size` items clauses allow, by what `test` says of a single test.

    These are all that any clause includes (all, if none includes) minus those excluded; a clause that does
    not apply includes and excludes nothing. An exclusion with a parameter that has no value excludes nothing;
    raises FilterError for an inclusion with one.
    """
    included: Mask | None = None
    excluded = np.zeros(size, dtype=bool)
    for clause in clauses:
        try:
            groups = [np.logical_and.reduce([test(each) for each in group]) for group in clause.where]
            found = np.asarray(np.logical_or.reduce(groups), dtype=bool)
            if not applies(clause):
                found = np.zeros(size, dtype=bool)
        except MissingValueError:
            if clause.include:
                raise
            continue
        if not clause.include:
            excluded |= found
        else:
            included = found if included is None else included | found
    return ~excluded if included is None else included & ~excluded


def known_values(value: Value, given: Mapping[str, str], comparison: str) -> Known:
    """Return a value of an expression, or what a request gives for a parameter.

    Raises FilterError for a parameter whose value is malformed, or of several values with a comparison that
    takes one, MissingValueError if it has none.
    """
    if not isinstance(value, Parameter):
        return (value,)
    if value.name not in given:
        raise MissingValueError(f"The filter parameter {value.name} has no value.")
    found = parse_values(given[value.name])
    if len(found) > 1 and comparison not in {"IN", "NOT IN"}:
        raise FilterError(f"The filter parameter {value.name} takes one value with {comparison}.")
    return found


def matching(column: Column, comparison: str, values: Known) -> Mask:
    """Return the rows whose value matches; of parts between `|`, any one may match."""
    if isinstance(column, Texts):
        wanted = {str(value) for value in values}
        hits = [value in wanted or not wanted.isdisjoint(value.split("|")) for value in column.values]
        known = np.array([*hits, False], dtype=bool)[column.codes]
        return known if comparison != "NOT IN" else ~known & (column.codes >= 0)
    numbers = [_as_number(value) for value in values]
    if comparison in ORDERED:
        return ORDERED[comparison](column, numbers[0]) if numbers else np.zeros(column.size, dtype=bool)
    known = np.isin(column, numbers)
    return known if comparison != "NOT IN" else ~known & ~np.isnan(column)


def is_number(text: str) -> bool:
    """Tell whether a text in an expression can be compared with numbers."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _as_number(value: str | float) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise FilterError(f"{value} is not a number.") from error
