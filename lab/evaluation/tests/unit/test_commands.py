"""`fondly evaluate` starts quickly."""

import json

import pytest

from tools.cli.tests.unit.test_startup import HEAVY, LOADED, python


@pytest.mark.parametrize("name", ["recommendations", "reasons", "sentiment", "copy", "sample"])
def test_help_loads_no_heavy_module(name: str) -> None:
    """What a command needs is loaded when it runs."""
    done = python(LOADED, "evaluate", name, "--help")
    assert done.returncode == 0
    loaded = {each.partition(".")[0] for each in json.loads(done.stderr)}
    assert loaded & HEAVY == set()
