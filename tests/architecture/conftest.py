"""Terraform modules, read once for all tests."""

from collections.abc import Callable

import pytest

from tests.support import terraform
from tests.support.terraform import Module

ReadModule = Callable[[str], Module]


@pytest.fixture(scope="session")
def read_module() -> ReadModule:
    """Read a folder under `infra/`, once for all tests."""
    return terraform.read_module


@pytest.fixture(scope="session")
def pipeline(read_module: ReadModule) -> Module:
    """The module that runs the services."""
    return read_module("modules/pipeline")
