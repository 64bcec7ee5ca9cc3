"""Filter expressions: which items may be recommended.

expression := clause { "|" clause }
clause     := (INCLUDE | EXCLUDE) ItemID WHERE any [ IF all ]
any        := all { OR all }              all := condition { AND condition }
condition  := Dataset "." FIELD ( [NOT] IN "(" value { "," value } ")" | comparison one )
one        := value | "(" value ")"       value := string | number | $NAME

A clause filters by one dataset. Source: Amazon Personalize developer guide, "Filter expressions".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\$\w+|-?\d+(?:\.\d+)?|[A-Za-z_][\w.]*|<=|>=|[=<>(),|])')
_COMPARISONS = frozenset({"=", "<", "<=", ">", ">="})
_MAX_FIELDS = 5
_MOST_PARSED = 64
"""How many expressions are kept as they were parsed: each request names one."""


class FilterError(ValueError):
    """The expression, or the value of a parameter, is invalid; the message says why."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A `$NAME` in an expression, whose value comes with each request."""

    name: str


Value = str | float | Parameter


@dataclass(frozen=True, slots=True)
class Test:
    """One condition: `operator` is `IN`, `NOT IN` or a comparison."""

    dataset: str
    field: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """Includes or excludes the items for which all tests of any group of `where` hold.

    It applies to users for whom all tests of `users` hold.
    """

    include: bool
    where: tuple[tuple[Test, ...], ...]
    users: tuple[Test, ...]

    def tests(self) -> Iterator[Test]:
        """Yield every test of the clause."""
        for group in self.where:
            yield from group
        yield from self.users


@lru_cache(_MOST_PARSED)
def parse_filter(text: str) -> tuple[Clause, ...]:
    """Return the clauses of an expression; raise FilterError if it is invalid."""
    clauses = _Parser.of(text).clauses()
    tests = [test for clause in clauses for test in clause.tests()]
    for test in tests:
        parameters = [value for value in test.values if isinstance(value, Parameter)]
        if parameters and test.operator == "NOT IN":
            raise FilterError(
                f"Invalid input symbol: ${parameters[0].name}. "
                "Placeholders are not allowed with NOT_IN operator."
            )
    if len(fields_of(clauses)) > _MAX_FIELDS:
        raise FilterError(f"Invalid Expression: more than {_MAX_FIELDS} fields.")
    return clauses


def fields_of(clauses: Iterable[Clause]) -> set[tuple[str, str]]:
    """Return the fields that clauses read, each with its dataset in capitals."""
    return {(test.dataset.upper(), test.field) for clause in clauses for test in clause.tests()}


def parse_values(text: str) -> tuple[str | float, ...]:
    """Return the values of a parameter: quoted strings or numbers, separated by commas."""
    parser = _Parser.of(text)
    values = parser.values()
    parser.expect_end()
    plain = tuple(value for value in values if isinstance(value, str | float))
    if len(plain) < len(values):
        raise FilterError(f"Invalid filter value: {text}.")
    return plain


class _Parser:
    """A recursive-descent parser with one method for each rule of the grammar."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    @classmethod
    def of(cls, text: str) -> Self:
        tokens, position, text = [], 0, text.strip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise FilterError(f"Invalid Expression at '{text[position:][:20]}'.")
            tokens.append(match.group(1))
            position = match.end()
        return cls(tokens)

    def clauses(self) -> tuple[Clause, ...]:
        clauses = [self._clause()]
        while self._accept("|"):
            clauses.append(self._clause())
        self.expect_end()
        return tuple(clauses)

    def values(self) -> tuple[Value, ...]:
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        return tuple(values)

    def expect_end(self) -> None:
        if self._at < len(self._tokens):
            raise FilterError(f"Invalid Expression at '{self._tokens[self._at]}'.")

    def _clause(self) -> Clause:
        include = self._accept("INCLUDE")
        if not include:
            self._expect("EXCLUDE")
        self._expect("ITEMID")
        self._expect("WHERE")
        where = [self.tests()]
        while self._accept("OR"):
            where.append(self.tests())
        users = self.tests() if self._accept("IF") else ()
        if any(test.dataset.upper() != "CURRENTUSER" for test in users):
            raise FilterError("Invalid Expression: IF accepts only CurrentUser.")
        if len({test.dataset.upper() for group in where for test in group}) > 1:
            raise FilterError("Invalid Expression: one expression filters by one dataset; join them with |.")
        return Clause(include, tuple(where), users)

    def tests(self) -> tuple[Test, ...]:
        tests = [self._test()]
        while self._accept("AND"):
            tests.append(self._test())
        return tuple(tests)

    def _test(self) -> Test:
        dataset, dot, field = self._next().partition(".")
        if not dot or not field:
            raise FilterError(f"Invalid Expression at '{dataset}'.")
        operator = self._next().upper()
        if operator == "NOT":
            self._expect("IN")
            operator = "NOT IN"
        if operator in _COMPARISONS:
            return Test(dataset, field, operator, (self._one(),))
        if operator not in {"IN", "NOT IN"}:
            raise FilterError(f"Invalid Expression at '{operator}'.")
        self._expect("(")
        values = self.values()
        self._expect(")")
        return Test(dataset, field, operator, values)

    def _one(self) -> Value:
        if not self._accept("("):
            return self._value()
        value = self._value()
        self._expect(")")
        return value

    def _value(self) -> Value:
        token = self._next()
        if token.startswith("$"):
            return Parameter(token[1:])
        if token.startswith('"'):
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        try:
            return float(token)
        except ValueError as error:
            raise FilterError(f"Invalid input symbol: {token}.") from error

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise FilterError("Invalid Expression: it ends unexpectedly.")
        self._at += 1
        return self._tokens[self._at - 1]

    def _peek(self) -> str:
        """Return the next word in capitals, empty at the end."""
        return self._tokens[self._at].upper() if self._at < len(self._tokens) else ""

    def _accept(self, word: str) -> bool:
        found = self._peek() == word
        self._at += found
        return found

    def _expect(self, word: str) -> str:
        token = self._next()
        if token.upper() != word:
            raise FilterError(f"Invalid Expression at '{token}': expected {word}.")
        return word
