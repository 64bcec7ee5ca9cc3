"""Converts inputs to the types that variables declare."""

from tests.support.hcl.expressions import Node, Scope, evaluate, parts, word
from tests.support.hcl.functions import as_text
from tests.support.hcl.values import EvaluationError, Value


def convert(value: Value, kind: Node, scope: Scope) -> Value:
    """Return `value` as the type `kind`, with the defaults of optional members; raise `EvaluationError`."""
    node = plain(kind)
    if str(node.data) == "identifier":
        return _primitive(value, word(node))
    name, arguments = word(parts(node)[0]), parts(parts(node)[1])
    if value is None:
        return None
    if name in {"list", "set", "tuple"}:
        return [convert(each, arguments[0], scope) for each in value]
    if name == "map":
        return {key: convert(each, arguments[0], scope) for key, each in value.items()}
    if name == "object":
        return _object(value, plain(arguments[0]), scope)
    raise EvaluationError(f"no such type: {name}")


def plain(node: Node) -> Node:
    """Return an expression without the wrappers that the parser puts around it."""
    while str(node.data) == "expr_term":
        [node] = parts(node)
    return node


def _primitive(value: Value, name: str) -> Value:
    if value is None or name == "any":
        return value
    if name == "string":
        return as_text(value) if not isinstance(value, str) else value
    if name == "bool" and not isinstance(value, bool):
        raise EvaluationError(f"no bool: {value!r}")
    if name == "number" and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise EvaluationError(f"no number: {value!r}")
    return value


def _object(value: Value, members: Node, scope: Scope) -> Value:
    found: dict[str, Value] = {}
    for element in parts(members):
        key, kind = parts(element)
        name, node = word(plain(parts(key)[0])), plain(kind)
        optional = str(node.data) == "function_call" and word(parts(node)[0]) == "optional"
        inner, *default = parts(parts(node)[1]) if optional else [node]
        given = value.get(name)
        if name not in value and not optional:
            raise EvaluationError(f"missing: {name}")
        if given is None and default:
            given = evaluate(default[0], scope)
        found[name] = convert(given, inner, scope)
    return found
