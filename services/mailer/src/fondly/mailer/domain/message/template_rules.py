"""What a theme's templates may do: a shop writes them, and the mailer that fills them knows its customers.

What is not listed here is refused before anything runs. Nothing is called or calculated, loops go over an
email's products alone, and what includes add up to has a limit: so no template runs for long or makes much.
"""

import math
from collections.abc import Iterator, Mapping
from inspect import get_annotations
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from fondly.mailer.domain.message.shop_file import InvalidFileError

MAX_CHARS = 250_000
"""Of a template with what it includes, and of an email's template with its styles."""
LISTS = frozenset({"cards", "others", "listed", "alone", "pairs", "unpaired"})
PAIR = "pair"
"""What a loop over `email.pairs` calls a pair: only it may have a loop inside."""
LOOP = frozenset({"index", "index0", "first", "last", "length"})
FILTERS = frozenset({"wrapped", "upper", "lower", "capitalize", "trim", "default", "length", "first", "last"})
TESTS = frozenset({"defined", "none"})
BROKEN = (TemplateError, SyntaxError, RecursionError, MemoryError, TypeError, ValueError)
"""What Jinja and Python raise for templates that are wrong, or too deep to be read."""
_FILLED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.With, nodes.For, nodes.Name),
    *(nodes.Getattr, nodes.Const, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Compare, nodes.Operand),
)
_PARTS = (nodes.Include, nodes.Extends, nodes.Block)
"""For an environment that has other files."""
_EXPECTED = "expected only what the page on themes lists"


def members(*kinds: type) -> frozenset[str]:
    """Return the names of what values of these classes hold."""
    held = {name for kind in kinds for name in get_annotations(kind)}
    read = {name for kind in kinds for name, value in vars(kind).items() if isinstance(value, property)}
    return frozenset(held | read)


def sandbox(**options: Any) -> Environment:  # noqa: ANN401 - as Jinja's
    """Return an environment with the listed filters and tests, and no function at all."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, **options
    )
    environment.globals.clear()
    for given, listed in ((environment.filters, FILTERS), (environment.tests, TESTS)):
        for name in given.keys() - listed:
            del given[name]
    return environment


def check_template(
    text: str, environment: Environment, known: frozenset[str], *, place: str
) -> nodes.Template:
    """Parse a template; raise `InvalidFileError` with `place` and line unless it keeps to the rules.

    `known` are the members that values may be asked for.
    """
    try:
        tree = environment.parse(text)
        allowed = _FILLED + _PARTS if environment.loader else _FILLED
        refused = next(_refused(tree, allowed, known), None)
    except BROKEN as error:
        line = getattr(error, "lineno", None)
        said = getattr(error, "message", None) or type(error).__name__
        raise InvalidFileError(f"{place}{f':{line}' if line else ''}: {said}") from error
    if refused:
        node, found = refused
        line = next(each.lineno for each in (node, *node.find_all(nodes.Node)) if each.lineno)
        raise InvalidFileError(f"{place}:{line}: found {found}, {_EXPECTED}")
    return tree


def check_names(tree: nodes.Template, given: frozenset[str], *, place: str) -> None:
    """Raise `InvalidFileError` for a name that is none of `given`, nor that of a loop or a `with`."""
    if unknown := sorted(find_undeclared_variables(tree) - given):
        raise InvalidFileError(f"{place}: found {unknown[0]}, expected one of {', '.join(sorted(given))}")


def check_size(
    name: str, trees: Mapping[str, nodes.Template], texts: Mapping[str, str], *, place: str
) -> None:
    """Raise `InvalidFileError` for a file that is too large with what it includes, as one with itself is."""
    if _size(name, trees, texts, {}) > MAX_CHARS:
        raise InvalidFileError(
            f"{place}: found more than {MAX_CHARS} characters with what it includes, expected fewer"
        )


def _size(
    name: str, trees: Mapping[str, nodes.Template], texts: Mapping[str, str], sizes: dict[str, float]
) -> float:
    if name in trees and name not in sizes:
        sizes[name] = math.inf  # for a file that includes itself
        named = (_size(each.value, trees, texts, sizes) for each in trees[name].find_all(nodes.Const))
        sizes[name] = len(texts[name]) + sum(named)
    return sizes.get(name, 0)


def _refused(
    node: nodes.Node, allowed: tuple[type[nodes.Node], ...], known: frozenset[str], loops: int = 0
) -> Iterator[tuple[nodes.Node, str]]:
    """Yield what breaks a rule, with its node; `loops` are those around it."""
    if not isinstance(node, allowed):
        yield node, f"a {type(node).__name__.lower()}"
    elif found := _found(node, known, loops):
        yield node, found
    for child in node.iter_child_nodes():
        yield from _refused(child, allowed, known, loops + isinstance(node, nodes.For))


def _found(node: nodes.Node, known: frozenset[str], loops: int) -> str:
    """Name what is wrong with a node; empty if nothing is."""
    found = ""
    match node:
        case nodes.Getattr(attr=name) if name not in known | LOOP:
            found = f".{name}"
        case nodes.Filter(name=name) if name not in FILTERS:
            found = f"the filter {name}"
        case nodes.Test(name=name) if name not in TESTS:
            found = f"the test {name}"
        case nodes.Include(template=of) | nodes.Extends(template=of) if not isinstance(of, nodes.Const):
            found = "a file whose name is not given"
        case nodes.For() if not _is_bounded(node, loops):
            found = "a loop over anything else than products"
        case nodes.With(targets=targets) if any(getattr(each, "name", PAIR) == PAIR for each in targets):
            found = f"another {PAIR} than one of email.pairs"
    return found


def _is_bounded(loop: nodes.For, loops: int) -> bool:
    """Whether a loop goes over products, or over the two of a pair."""
    target, over = getattr(loop.target, "name", PAIR), loop.iter
    if isinstance(over, nodes.Name):
        return over.name == PAIR and target != PAIR and loops <= 1 and not loop.recursive
    name = over.attr if isinstance(over, nodes.Getattr) else ""
    return name in LISTS and (target != PAIR or name == "pairs") and not loops and not loop.recursive
