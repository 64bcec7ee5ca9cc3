"""Every Terraform module has the same layout, and describes its inputs and outputs."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.architecture.conftest import ReadModule

INFRA = Path(__file__).parents[2] / "infra"
MODULES = (".", *sorted(f"modules/{path.name}" for path in (INFRA / "modules").iterdir()))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_its_files(module: str) -> None:
    """Knowing one module is enough to find your way in all of them."""
    expected = {"main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md"}
    assert expected <= {path.name for path in (INFRA / module).iterdir()}


@pytest.mark.parametrize("module", MODULES)
def test_inputs_are_typed_and_described(read_module: "ReadModule", module: str) -> None:
    """No input has the type `any`, and each has a description, as each output has."""
    read = read_module(module)
    for name, variable in read.variables.items():
        assert variable.get("description"), name
        assert "any" not in re.findall(r"\w+", str(variable["type"])), name
    outputs = {name: body for block in read.blocks("output") for name, body in block.items()}
    assert [name for name, body in outputs.items() if not body.get("description")] == []
