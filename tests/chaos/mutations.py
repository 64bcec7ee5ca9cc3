"""Small mutations of a module, drawn from its syntax tree: what a hurried person might get wrong.

Each replaces some bytes of the source. What no test should have to notice stays as it is: docstrings,
annotations, what is logged, how an error is worded.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from tests.chaos.anchors import ROOT

OPERATORS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Lt: ("<", "<=", ">="),
    ast.LtE: ("<=", "<", ">"),
    ast.Gt: (">", ">=", "<="),
    ast.GtE: (">=", ">", "<"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
}
"""How each is written, and what is written in its place."""
OPPOSITES = {"min": "max", "any": "all", "startswith": "endswith"}
OPPOSITES |= {second: first for first, second in OPPOSITES.items()}
SAYING = re.compile(r"(log\.\w+|print|cast|NewType|TypeVar|Literal|dataclass|warnings\.warn)$")
"""Calls whose arguments only people read, or type checkers; `frozen` and `slots` are for these."""
KEPT_DECORATORS = {"property", "cached_property", "staticmethod", "classmethod"}
EXPRESSION = re.compile(r" (AND|OR) |attribute_(not_)?exists|(<=|<>|[=<>]) :|if_not_exists")
CLAUSES = (
    (r" AND [^\"']+?(?= AND |\"|')", ""),
    (r"(?<=[\"'])[^\"']+? AND ", ""),
    (r" OR [^\"')]+(?= OR |\"|'|\))", ""),
    (r" AND ", " OR "),
    (r" OR ", " AND "),
    (r"(?<= )=(?= )", "<>"),
    (r"(?<= )<>(?= )", "="),
    (r"(?<= )<(?= )", "<="),
    (r"(?<= )<=(?= )", "<"),
    (r"(?<= )>(?= )", ">="),
    (r"(?<= )>=(?= )", ">"),
    (r"attribute_exists", "attribute_not_exists"),
    (r"attribute_not_exists", "attribute_exists"),
)
"""What is replaced in DynamoDB's expressions: a clause is dropped, a comparison or test turned round."""

Edit: TypeAlias = tuple[int, int, str]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Mutation(NamedTuple):
    """Bytes `start` to `end` of a file that become `new`; it shows where lines `first` to `last` run."""

    path: str
    start: int
    end: int
    new: str
    scope: str
    """The function it is in, such as `Ledger.fail`; empty for what runs when the module is imported."""
    first: int
    last: int

    def apply(self) -> bytes:
        """The file's source with the mutation."""
        source = (ROOT / self.path).read_bytes()
        return source[: self.start] + self.new.encode() + source[self.end :]

    def is_python(self) -> bool:
        """Whether the mutated source can be compiled."""
        try:
            compile(self.apply(), self.path, "exec")
        except SyntaxError:
            return False
        return True

    def changed(self) -> str:
        """The lines that it removes and adds, begun by - and +, without margins."""
        old, new = (ROOT / self.path).read_text("utf-8"), self.apply().decode()
        lines = list(unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm=""))[3:]
        return "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines)


def mutations_of(path: str) -> list[Mutation]:
    """Every mutation of a file, named relative to the checkout, in the order of its source."""
    module = _Module((ROOT / path).read_bytes())
    found = {
        Mutation(path, *edit, place.scope if place.is_called else "", place.first, place.last)
        for place, node in _walk(module.tree, _Place())
        for edit in module.edits(node)
    }
    return sorted(found)


class _Place(NamedTuple):
    """Where a node is: the definition around it, whether it runs only when that is called, its statement."""

    scope: str = ""
    is_called: bool = False
    first: int = 1
    last: int = 1


def _walk(node: ast.AST, place: _Place) -> Iterator[tuple[_Place, ast.AST]]:
    """Each node that may be mutated, and where it is."""
    if isinstance(node, ast.stmt):
        place = place._replace(first=node.lineno)
    if end := getattr(node, "end_lineno", None):
        yield place._replace(last=end), node
    for field, child in _children(node):
        inside = place
        if field == "body" and isinstance(node, Definition):
            scope = f"{place.scope}.{node.name}".lstrip(".")
            inside = _Place(scope, is_called=not isinstance(node, ast.ClassDef))
        yield from _walk(child, inside)


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for field, value in ast.iter_fields(node) if not _is_said(node) else ():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and field not in {"annotation", "returns"}:
                yield field, child


def _is_said(node: ast.AST) -> bool:
    """Whether what is inside is a docstring, part of a string, logged, an error's words, or for types."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr() | ast.Raise(exc=ast.Call()):
            return True
        case ast.Call(func=named) | ast.Subscript(value=named):
            return bool(SAYING.match(ast.unparse(named)))
        case ast.If(test=named) | ast.Assign(targets=[named]):
            return ast.unparse(named) in {"TYPE_CHECKING", "__all__"}
        case _:
            return isinstance(node, (ast.Import, ast.ImportFrom))


class _Module:
    """A module's source and tree, and what may be replaced in it."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self.tree = ast.parse(source)
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def edits(self, node: ast.AST) -> Iterator[Edit]:
        """All replacements of a node, or of what lies between its parts."""
        for rule in (self._of_statement, self._of_operators, self._of_expression, self._of_elements):
            yield from rule(node)
        match node:
            case ast.Constant() | ast.JoinedStr():
                yield from self._of_constant(node)
            case ast.Call() if not _is_said(node):
                yield from self._of_call(node)

    def _of_statement(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Expr(value=ast.Await(value=value) | value) if not _is_said(node) and not _is_said(value):
                yield self._edit(node, "pass")
            case ast.Raise() | ast.Delete() | ast.Break() | ast.Continue() | ast.AugAssign():
                yield self._edit(node, "pass")
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
                yield self._edit(node, "pass")
            case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
                yield self._edit(value, "None")
            case ast.If(test=test) | ast.While(test=test):
                yield from self._of_test(test, ("False", "True") if isinstance(node, ast.If) else ("False",))
            case ast.FunctionDef(decorator_list=found) | ast.AsyncFunctionDef(decorator_list=found):
                for start, end in map(self._span, found):
                    if self._source[start:end].decode() not in KEPT_DECORATORS:
                        yield self._source.rindex(b"@", 0, start), end, ""

    def _of_test(self, test: ast.expr, constants: Sequence[str]) -> Iterator[Edit]:
        yield from (self._edit(test, constant) for constant in constants)
        yield self._edit(test, f"not ({self._text(test)})")

    def _of_operators(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.AugAssign(target=left, op=operator, value=right):
                yield from self._operator(operator, left, right)
            case ast.BinOp(left=left, op=operator, right=right):
                yield from self._operator(operator, left, right)
            case ast.Compare(left=left, ops=comparisons, comparators=others):
                for compared, (before, after) in zip(comparisons, pairwise([left, *others]), strict=True):
                    yield from self._operator(compared, before, after)
            case ast.BoolOp(op=operator, values=values):
                for before, after in pairwise(values):
                    yield from self._operator(operator, before, after)
                for kept in ([v for v in values if v is not dropped] for dropped in values):
                    word = f" {OPERATORS[type(operator)][0]} "
                    yield self._edit(node, word.join(f"({self._text(value)})" for value in kept))
            case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
                yield self._edit(node, f"({self._text(operand)})")

    def _of_expression(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.IfExp(test=test, body=body, orelse=other):
                yield from (self._edit(node, self._text(each)) for each in (body, other))
                yield self._edit(test, f"not ({self._text(test)})")
            case ast.Slice(lower=lower, upper=upper):
                yield from (self._edit(bound, "") for bound in (lower, upper) if bound)
            case ast.comprehension(ifs=tests):
                for test in tests:
                    yield from self._of_test(test, ["True"])
            case ast.ExceptHandler(type=ast.expr() as caught):
                yield self._edit(caught, "()")
            case ast.withitem(optional_vars=None, context_expr=entered):
                yield self._edit(entered, '__import__("contextlib").nullcontext()')

    def _of_elements(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Tuple(elts=[first, second], ctx=ast.Load()):
                yield from (self._edit(node, f"({self._text(each)},)") for each in (first, second))
            case ast.Set(elts=elements) | ast.List(elts=elements) | ast.Tuple(elts=elements):
                if len(elements) > 1 and not isinstance(getattr(node, "ctx", None), ast.Store):
                    yield from self._without_each(elements)
            case ast.Dict(keys=keys, values=values) if None not in keys:
                spans = [(self._span(k)[0], self._span(v)[1]) for k, v in zip(keys, values, strict=True) if k]
                yield from _without_each(spans)

    def _of_constant(self, node: ast.Constant | ast.JoinedStr) -> Iterator[Edit]:
        text = self._text(node)
        if EXPRESSION.search(text) and text.lstrip("f")[:1] in {'"', "'"}:
            start, _ = self._span(node)
            for pattern, new in CLAUSES:
                for found in re.finditer(pattern, text):
                    before = start + len(text[: found.start()].encode())
                    yield before, before + len(found[0].encode()), new
            return
        match node:
            case ast.Constant(value=bool() as value):
                yield self._edit(node, str(not value))
            case ast.Constant(value=int() | float() as value):
                yield from (self._edit(node, str(value + step)) for step in (1, -1))
            case ast.Constant(value=str() as value):
                yield self._edit(node, '""' if value else '"mutated"')

    def _of_call(self, node: ast.Call) -> Iterator[Edit]:
        arguments = sorted([*node.args, *node.keywords], key=self._span)
        yield from self._without_each(node.keywords, arguments)
        alike = ast.unparse(node.func) in {"min", "max", "hmac.compare_digest"}
        for first, second in pairwise([] if alike else node.args):
            (start, middle), (other, end) = self._span(first), self._span(second)
            between = self._source[middle:other].decode()
            yield start, end, self._text(second) + between + self._text(first)
        match node.func:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in OPPOSITES:
                _, end = self._span(node.func)
                yield end - len(name), end, OPPOSITES[name]
            case ast.Attribute(value=owner) if not arguments:
                yield self._edit(node, self._text(owner))
        if isinstance(node.func, ast.Name) and node.func.id in {"min", "max", "sorted", "set", "abs"}:
            yield from (self._edit(node, self._text(each)) for each in node.args)

    def _without_each(self, dropped: Sequence[ast.AST], among: Sequence[ast.AST] = ()) -> Iterator[Edit]:
        spans = [self._span(each) for each in among or dropped]
        yield from _without_each(spans, {self._span(each) for each in dropped})

    def _operator(self, operator: ast.AST, before: ast.AST, after: ast.AST) -> Iterator[Edit]:
        written, *others = OPERATORS.get(type(operator), ("",))
        (_, start), (end, _) = self._span(before), self._span(after)
        between = self._source[start:end].decode()
        yield from ((start, end, between.replace(written, other, 1)) for other in others)

    def _edit(self, node: ast.AST, new: str) -> Edit:
        return *self._span(node), new

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self._source[start:end].decode()

    def _span(self, node: ast.AST) -> tuple[int, int]:
        line, column, last, end = (
            getattr(node, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")
        )
        return self._starts[line - 1] + column, self._starts[last - 1] + end


def _without_each(
    spans: Sequence[tuple[int, int]], dropped: set[tuple[int, int]] | None = None
) -> Iterator[Edit]:
    """Each without the comma that divides it from a neighbour."""
    for index, (start, end) in enumerate(spans):
        if dropped is None or (start, end) in dropped:
            if index:
                yield spans[index - 1][1], end, ""
            elif len(spans) > 1:
                yield start, spans[1][0], ""
            else:
                yield start, end, ""
