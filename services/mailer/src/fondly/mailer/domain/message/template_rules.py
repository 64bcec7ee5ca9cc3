"""What a theme's templates may do: a shop writes them, and the mailer that fills them knows its customers.

What is not listed here is refused before anything runs. Nothing is called or calculated, loops go over an
email's products alone, and what includes add up to has a limit: so no template runs for long or makes much.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from inspect import get_annotations
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from fondly.contracts.errors import InvalidFileError

MAX_CHARS = 250_000
"""Of a template with what it includes, and of an email's template with its styles."""
LISTS = frozenset({"cards", "others", "listed", "alone", "pairs", "unpaired"})
PAIR = "pair"
"""What a loop over `email.pairs` calls a pair: only it may have a loop inside."""
LOOP = frozenset({"index", "index0", "first", "last", "length"})
FILTERS = frozenset({"wrapped", "upper", "lower", "capitalize", "trim", "default", "length", "first", "last"})
_FILLED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.With, nodes.For, nodes.Name),
    *(nodes.Getattr, nodes.Const, nodes.CondExpr, nodes.Filter, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Compare, nodes.Operand),
)
_PARTS = (nodes.Include, nodes.Extends, nodes.Block)


def members(*kinds: type) -> frozenset[str]:
    """Return the names of what values of these classes hold."""
    read = {name for kind in kinds for name, value in vars(kind).items() if isinstance(value, property)}
    return frozenset(read.union(*map(get_annotations, kinds)))


def sandbox(**options: Any) -> Environment:  # noqa: ANN401 - as Jinja's
    """Return an environment without any function."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, **options
    )
    environment.globals.clear()
    return environment


@contextmanager
def problems_of(place: str) -> Iterator[None]:
    """Raise `InvalidFileError` for templates that are wrong, or too deep for Python to read."""
    try:
        yield
    except InvalidFileError:
        raise
    except (TemplateError, SyntaxError, RecursionError, MemoryError, TypeError, ValueError) as error:
        line, said = getattr(error, "lineno", None), getattr(error, "message", type(error).__name__)
        raise InvalidFileError(f"{place}{f':{line}' if line else ''}: {said}") from error


def check_template(
    text: str, environment: Environment, known: frozenset[str], *, place: str
) -> nodes.Template:
    """Parse a template; raise `InvalidFileError` with its line for a broken rule or an unknown member."""
    with problems_of(place):
        tree = environment.parse(text)
        allowed = _FILLED + _PARTS if environment.loader else _FILLED
        for node, found in _refused(tree, allowed, known | LOOP):
            line = next(each.lineno for each in (node, *node.find_all(nodes.Node)) if each.lineno)
            raise InvalidFileError(f"{place}:{line}: found {found}, expected what the page on themes lists")
    return tree


def size_with_parts(
    name: str, trees: Mapping[str, nodes.Template], texts: Mapping[str, str], sizes: dict[str, float]
) -> float:
    """Return the characters of a file with those that it names; `sizes` are those known."""
    if name in trees and name not in sizes:
        sizes[name] = math.inf  # for a file that includes itself
        named = [each.value for each in trees[name].find_all(nodes.Const)]
        sizes[name] = len(texts[name]) + sum(size_with_parts(part, trees, texts, sizes) for part in named)
    return sizes.get(name, 0)


def _refused(
    node: nodes.Node, allowed: tuple[type[nodes.Node], ...], known: frozenset[str], loops: int = 0
) -> Iterator[tuple[nodes.Node, str]]:
    """Yield what breaks a rule, with its node; `loops` are those around it."""
    match node:
        case nodes.Getattr(attr=name) if name not in known:
            yield node, f".{name}"
        case nodes.Filter(name=name) if name not in FILTERS:
            yield node, f"the filter {name}"
        case nodes.Include(template=of) | nodes.Extends(template=of) if not isinstance(of, nodes.Const):
            yield node, "a file whose name is not given"
        case nodes.For() if not _is_bounded(node, loops):
            yield node, "a loop over anything else than products"
        case nodes.With(targets=targets) if any(getattr(each, "name", PAIR) == PAIR for each in targets):
            yield node, f"another {PAIR} than one of email.pairs"
        case _ if not isinstance(node, allowed):
            yield node, f"a {type(node).__name__.lower()}"
    for child in node.iter_child_nodes():
        yield from _refused(child, allowed, known, loops + isinstance(node, nodes.For))


def _is_bounded(loop: nodes.For, loops: int) -> bool:
    """Whether a loop goes over products, or over the two of a pair."""
    target, over = getattr(loop.target, "name", PAIR), loop.iter
    if isinstance(over, nodes.Name):
        return over.name == PAIR and target != PAIR and loops <= 1 and not loop.recursive
    name = over.attr if isinstance(over, nodes.Getattr) else ""
    return name in LISTS and (target != PAIR or name == "pairs") and not loops and not loop.recursive
