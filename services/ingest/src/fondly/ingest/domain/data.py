"""Reads the tables of words and names that the rules rest on; each explains itself in its file."""

import tomllib
from importlib.resources import files
from typing import Any


def read_table(package: str, name: str) -> dict[str, Any]:
    """Return a TOML file that stands beside the modules of a package."""
    return tomllib.loads(files(package).joinpath(name).read_text("utf-8"))
