"""Evaluates expressions, given as the parser's trees."""

import operator
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import hcl2
from lark import Token, Tree

from tests.support.hcl.functions import FUNCTIONS, as_text
from tests.support.hcl.values import EvaluationError, Value

Node = Tree[Token]

_OPERATORS: Mapping[str, Callable[[Value, Value], Value]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}
_ESCAPES = {"\\n": "\n", "\\t": "\t", '\\"': '"', "\\\\": "\\"}
_LITERALS = {"true": True, "false": False, "null": None}
_INTERPOLATION = re.compile(r"\$\{([^{}]+)\}")
_TOKENS = frozenset({"new_line_or_comment"})


@dataclass(frozen=True)
class Scope:
    """What names mean: `lookup` finds `var`, `local`, a resource's type and so on."""

    lookup: Callable[[str], Value]
    folder: Path
    names: Mapping[str, Value]

    def with_names(self, **names: Value) -> "Scope":
        """Return a scope in which these names hide others."""
        return replace(self, names={**self.names, **names})


def evaluate(node: Node, scope: Scope) -> Value:
    """Return the value of an expression; raise `EvaluationError` if it has none."""
    rule = _RULES.get(str(node.data))
    if rule is None:
        raise EvaluationError(f"no such expression: {node.data}")
    return rule(node, scope)


def parts(node: Node) -> list[Node]:
    """Return a node's children without tokens and comments."""
    return [each for each in node.children if isinstance(each, Tree) and str(each.data) not in _TOKENS]


def word(node: Node) -> str:
    """Return the text of an identifier, keyword or literal."""
    return str(node.children[0])


def _inner(node: Node, scope: Scope) -> Value:
    return evaluate(parts(node)[0], scope)


def _identifier(node: Node, scope: Scope) -> Value:
    name = word(node)
    return scope.names[name] if name in scope.names else scope.lookup(name)


def _number(node: Node, _scope: Scope) -> Value:
    text = word(node)
    return int(text) if str(node.data) == "int_lit" else float(text)


def _string(node: Node, scope: Scope) -> Value:
    pieces = [_piece(part, scope) for part in parts(node)]
    if (
        len(pieces) == 1
        and str(parts(parts(node)[0])[0].data if parts(parts(node)[0]) else "") == "interpolation"
    ):
        return pieces[0]
    return "".join(as_text(piece) for piece in pieces)


def _piece(part: Node, scope: Scope) -> Value:
    [child] = part.children
    if isinstance(child, Tree):
        return evaluate(child, scope)
    text = str(child)
    if text.startswith(("$${", "%%{")):
        return text[1:]
    for escape, character in _ESCAPES.items():
        text = text.replace(escape, character)
    return text


def _heredoc(node: Node, scope: Scope) -> Value:
    lines = word(node).split("\n")[1:]
    end = next(number for number, line in enumerate(lines) if line.strip() and line.strip() == _mark(node))
    text = textwrap.dedent("\n".join([*lines[:end], ""]))
    return _INTERPOLATION.sub(lambda found: as_text(_parsed(found[1], scope)), text)


def _parsed(text: str, scope: Scope) -> Value:
    """The value of an expression in a here document, which the parser leaves as text."""
    body = hcl2.parses_to_tree(f"it = {text}\n").children[0]
    return evaluate(parts(parts(body)[0])[1], scope)


def _mark(node: Node) -> str:
    return word(node).split("\n", 1)[0].lstrip("<-").strip()


def _tuple(node: Node, scope: Scope) -> Value:
    return [evaluate(each, scope) for each in parts(node)]


def _object(node: Node, scope: Scope) -> Value:
    return {
        _key(key, scope): evaluate(value, scope) for key, value in (parts(element) for element in parts(node))
    }


def _key(node: Node, scope: Scope) -> str:
    """A bare name is the key itself; anything else, as in `(name)`, is evaluated."""
    inner = parts(node)[0]
    while str(inner.data) == "expr_term" and len(inner.children) == 1 and isinstance(inner.children[0], Tree):
        inner = inner.children[0]
    if str(inner.data) in {"identifier", "keyword"}:
        return word(inner)
    return as_text(evaluate(inner, scope))


def _conditional(node: Node, scope: Scope) -> Value:
    condition, yes, no = parts(node)
    return evaluate(yes if evaluate(condition, scope) else no, scope)


def _binary(node: Node, scope: Scope) -> Value:
    left, term = parts(node)
    sign, right = parts(term)
    symbol = word(sign)
    value = evaluate(left, scope)
    if symbol == "&&":
        return bool(value) and bool(evaluate(right, scope))
    if symbol == "||":
        return bool(value) or bool(evaluate(right, scope))
    return _OPERATORS[symbol](value, evaluate(right, scope))


def _unary(node: Node, scope: Scope) -> Value:
    value = _inner(node, scope)
    return not value if str(node.children[0]) == "!" else -value


def _call(node: Node, scope: Scope) -> Value:
    name = word(parts(node)[0])
    listed = parts(node)[1:]
    arguments = parts(listed[0]) if listed else []
    if name in {"try", "can"}:
        return _attempt(name, arguments, scope)
    values = [evaluate(each, scope) for each in arguments]
    if listed and any(str(each) == "..." for each in listed[0].children if isinstance(each, Token)):
        values = [*values[:-1], *values[-1]]
    if name == "file":
        return Path(scope.folder, values[0]).read_text("utf-8")
    if name == "fileset":
        root = Path(scope.folder, values[0])
        return sorted(path.relative_to(root).as_posix() for path in root.glob(values[1]))
    if name not in FUNCTIONS:
        raise EvaluationError(f"no such function: {name}")
    try:
        return FUNCTIONS[name](*values)
    except (TypeError, KeyError, IndexError, ValueError) as error:
        raise EvaluationError(f"{name}: {error}") from error


def _attempt(name: str, arguments: list[Node], scope: Scope) -> Value:
    for argument in arguments:
        try:
            value = evaluate(argument, scope)
        except EvaluationError:
            continue
        return True if name == "can" else value
    if name == "can":
        return False
    raise EvaluationError("try: no argument has a value")


def _get_attribute(node: Node, scope: Scope) -> Value:
    term, name = parts(node)
    return member(evaluate(term, scope), word(parts(name)[0]))


def _index(node: Node, scope: Scope) -> Value:
    term, index = parts(node)
    if str(index.data) == "short_index":
        return member(evaluate(term, scope), int(str(index.children[-1])))
    return member(evaluate(term, scope), evaluate(parts(index)[0], scope))


def _splat(node: Node, scope: Scope) -> Value:
    term, splat = parts(node)
    value = evaluate(term, scope)
    values = value if isinstance(value, list) else [] if value is None else [value]
    for step in parts(splat):
        name = word(parts(step)[0])
        values = [member(each, name) for each in values]
    return list(values)


def member(value: Value, key: Value) -> Value:
    """Return an attribute or element; raise `EvaluationError` if there is none."""
    try:
        return value[int(key) if isinstance(value, list) else key]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise EvaluationError(f"no {key!r} in {type(value).__name__}: {error}") from error


def _for_tuple(node: Node, scope: Scope) -> Value:
    intro, value, *condition = parts(node)
    return [evaluate(value, inner) for inner in _iterations(intro, condition, scope)]


def _for_object(node: Node, scope: Scope) -> Value:
    intro, key, value, *condition = parts(node)
    grouped = any(str(each) == "..." for each in node.children if isinstance(each, Token))
    found: dict[str, Value] = {}
    for inner in _iterations(intro, condition, scope):
        name, result = as_text(evaluate(key, inner)), evaluate(value, inner)
        if grouped:
            found.setdefault(name, []).append(result)
        else:
            found[name] = result
    return found


def _iterations(intro: Node, conditions: list[Node], scope: Scope) -> Iterator[Scope]:
    *names, source = parts(intro)
    for key, value in entries(evaluate(source, scope)):
        given = (value,) if len(names) == 1 else (key, value)
        inner = scope.with_names(**{word(name): each for name, each in zip(names, given, strict=True)})
        if all(evaluate(parts(condition)[0], inner) for condition in conditions):
            yield inner


def entries(value: Value) -> list[tuple[Value, Value]]:
    """Return keys and values of a map in Terraform's order, or positions and elements of a list."""
    if isinstance(value, Mapping):
        return [(key, value[key]) for key in sorted(value)]
    if isinstance(value, list | tuple):
        return list(enumerate(value))
    raise EvaluationError(f"nothing to go through: {value!r}")


_RULES: Mapping[str, Callable[[Node, Scope], Value]] = {
    "attr_splat_expr_term": _splat,
    "binary_op": _binary,
    "conditional": _conditional,
    "expr_term": _inner,
    "float_lit": _number,
    "for_object_expr": _for_object,
    "for_tuple_expr": _for_tuple,
    "full_splat_expr_term": _splat,
    "function_call": _call,
    "get_attr_expr_term": _get_attribute,
    "heredoc_template": _heredoc,
    "heredoc_template_trim": _heredoc,
    "identifier": _identifier,
    "index_expr_term": _index,
    "int_lit": _number,
    "interpolation": _inner,
    "literal_value": lambda node, _scope: _LITERALS[word(node)],
    "object": _object,
    "string": _string,
    "tuple": _tuple,
    "unary_op": _unary,
}
