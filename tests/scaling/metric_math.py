"""CloudWatch's metric math, as far as our alarms and policies use it.

Source: "Using math expressions with CloudWatch metrics", CloudWatch user guide. A time series has a value for
some minutes of a range and none for others. Arithmetic with a missing value, or a division by zero, has none;
a SUM leaves missing values out.
"""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import cache

Series = Mapping[int, float]
"""Values by minute."""
Operand = Series | float
_OPERATORS: Mapping[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


@cache
def names_in(expression: str) -> frozenset[str]:
    """The ids of metrics and other expressions that an expression uses."""
    names = {node.id for node in ast.walk(_parsed(expression)) if isinstance(node, ast.Name)}
    return frozenset(names - {"FILL", "IF", "REPEAT", "SUM"})


def evaluate(expression: str, known: Mapping[str, Series], minutes: Sequence[int]) -> Series:
    """The value of an expression in each of the minutes for which it has one."""
    value = _value(_parsed(expression), known, minutes)
    return _series(value, minutes)


@cache
def _parsed(expression: str) -> ast.expr:
    return ast.parse(expression, mode="eval").body


def _value(node: ast.AST, known: Mapping[str, Series], minutes: Sequence[int]) -> Operand:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return known[name]
        case (
            ast.BinOp(left=left, op=kind, right=right)
            | ast.Compare(left=left, ops=[kind], comparators=[right])
        ):
            first, second = (_series(_value(each, known, minutes), minutes) for each in (left, right))
            return _joined(_OPERATORS[type(kind)], first, second)
        case ast.Call(func=ast.Name(id="FILL"), args=[filled, filling]):
            return _filled(_series(_value(filled, known, minutes), minutes), filling, minutes)
        case ast.Call(func=ast.Name(id="SUM"), args=[ast.List(elts=summed)]):
            found = [_series(_value(each, known, minutes), minutes) for each in summed]
            return {
                minute: sum(series[minute] for series in found if minute in series)
                for minute in sorted(set().union(*found))
            }
        case ast.Call(func=ast.Name(id="IF"), args=[condition, yes, no]):
            choices = [_series(_value(each, known, minutes), minutes) for each in (yes, no)]
            chosen = _series(_value(condition, known, minutes), minutes)
            return {
                minute: choice[minute]
                for minute, holds in chosen.items()
                if minute in (choice := choices[0 if holds else 1])
            }
    raise NotImplementedError(ast.dump(node))


def _series(value: Operand, minutes: Sequence[int]) -> Series:
    return dict.fromkeys(minutes, value) if isinstance(value, float) else value


def _joined(join: Callable[[float, float], float], left: Series, right: Series) -> Series:
    return {
        minute: float(join(value, right[minute]))
        for minute, value in left.items()
        if minute in right and not (join is operator.truediv and right[minute] == 0)
    }


def _filled(series: Series, filling: ast.AST, minutes: Sequence[int]) -> Series:
    """A series without any value in the range stays empty; REPEAT fills only what follows a value."""
    if not series:
        return series
    filled = dict(series)
    last = None if isinstance(filling, ast.Name) else _number(filling)
    for minute in minutes:
        if minute in filled:
            last = filled[minute] if isinstance(filling, ast.Name) else last
        elif last is not None:
            filled[minute] = last
    return filled


def _number(node: ast.AST) -> float:
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int | float)
    return float(node.value)
