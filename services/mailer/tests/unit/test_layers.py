import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from fondly.mailer import domain

FOLDER = Path(next(iter(domain.__path__)))
LAYERS = ("text", "slots", "locales", "language", "facts", "copy", "message", "record", "run_state")


def imported_layers(path: Path) -> Iterator[str]:
    """The layers of the domain that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if module.startswith(f"{domain.__name__}."):
            yield module.removeprefix(f"{domain.__name__}.").split(".")[0]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_itself_and_those_before_it(layer: str) -> None:
    """So the domain can be read from the top down."""
    allowed = set(LAYERS[: LAYERS.index(layer) + 1])
    modules = (FOLDER / layer).rglob("*.py") if (FOLDER / layer).is_dir() else [FOLDER / f"{layer}.py"]
    assert {found for path in modules for found in imported_layers(path)} <= allowed


def test_every_module_belongs_to_a_layer() -> None:
    """A new module has to take its place among them; `languages` holds no code."""
    packages = {path.parent.name for path in FOLDER.glob("*/__init__.py")}
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert packages | modules == set(LAYERS)
