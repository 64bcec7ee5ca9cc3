"""Where a mutant's code and test are: by their names, whatever files these are in."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from textwrap import dedent, indent
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
SOURCES = ("shared/*/src", "services/*/src", "tools/*/src", "understudy/src")
TESTS = ("tests", "*/*/tests", "understudy/tests")
KINDS = ("/**/*.py", ".py", "/*.tf")
"""What a package is: a folder, a module, or a module of Terraform."""
_TEST = re.compile(r"^ *(?:async )?def (test_\w+)", re.MULTILINE)


class Scope(NamedTuple):
    """Lines of a file, from `start` and before `end`."""

    path: Path
    start: int
    end: int

    def replaced(self, old: str, new: str) -> str:
        """The file with `new` for `old`; raise `LookupError` unless the lines have it once."""
        lines = _text(self.path).splitlines(keepends=True)
        text = "".join(lines[self.start : self.end])
        code = dedent(text)
        if code.count(old) != 1:
            raise LookupError(f"{self.path}:{self.start + 1} has {old!r} {code.count(old)} times, not once")
        margin = " " * (len(text) - len(text.lstrip(" ")))
        return "".join([*lines[: self.start], indent(code.replace(old, new), margin), *lines[self.end :]])


def find_scope(package: str, name: str) -> Scope:
    """Find a `function`, `Class.method`, `CONSTANT` or `file.tf` wherever in a package it is."""
    folder = package.replace(".", "/")
    files = _files(*(f"{source}/{folder}{kind}" for source in (*SOURCES, ".") for kind in KINDS))
    scopes = [scope for path in files for scope in _scopes(path).get(name, ())]
    _require_single(f"{name} of {package}", [scope.path for scope in scopes])
    return scopes[0]


def find_test(name: str) -> str:
    """Find `test_x`, `test_y.py::test_x` where several files have it, or all of `test_y.py`, for pytest."""
    file, _, test = name.partition("::") if ".py" in name else ("test_*.py", "", name)
    function = test.partition("[")[0]
    files = _files(*(f"{folder}/**/{file}" for folder in TESTS))
    paths = [path for path in files if function in _tests(path)]
    _require_single(name, paths)
    return f"{paths[0]}::{test}".removesuffix("::")


def _require_single(name: str, places: Sequence[Path]) -> None:
    if len(places) != 1:
        raise LookupError(f"{name}: in {', '.join(map(str, places)) or 'no file'}, not in one place")


@cache
def _files(*patterns: str) -> list[Path]:
    return sorted({path.relative_to(ROOT) for pattern in patterns for path in ROOT.glob(pattern)})


@cache
def _text(path: Path) -> str:
    return (ROOT / path).read_text("utf-8")


@cache
def _tests(path: Path) -> frozenset[str]:
    """The names of a file's tests, and none, for all of them."""
    return frozenset({"", *_TEST.findall(_text(path))})


@cache
def _scopes(path: Path) -> dict[str, list[Scope]]:
    """What a module of Python defines outside functions, by name; another file is a scope as a whole."""
    if path.suffix != ".py":
        return {path.name: [Scope(path, 0, len(_text(path)))]}
    scopes: dict[str, list[Scope]] = {}
    for name, node in _definitions(ast.parse(_text(path)).body):
        start = min(part.lineno for part in (node, *getattr(node, "decorator_list", ())))
        scopes.setdefault(name, []).append(Scope(path, start - 1, node.end_lineno or start))
    return scopes


def _definitions(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name, node
            case ast.ClassDef():
                yield node.name, node
                yield from ((f"{node.name}.{name}", inner) for name, inner in _definitions(node.body))
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name, node
