"""The hostile inputs of `cases.yaml`."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

FILE = Path(__file__).with_name("cases.yaml")


@dataclass(frozen=True)
class Case:
    """One input; `field` is the part of a model's answer that it stands in."""

    id: str
    text: str
    never: list[str] = field(default_factory=list)
    field: str = ""


def cases(group: str) -> list[Case]:
    """Return the inputs of a group, in the order of the file."""
    return [_case(**each) for each in _read()[group]]


def parameters(group: str) -> pytest.MarkDecorator:
    """Return a decorator that runs a test for each input of a group, under the input's id."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in cases(group)])


@cache
def _read() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = yaml.load(FILE.read_text("utf-8"), yaml.CSafeLoader)
    return found


def _case(*, text: str = "", url: str = "", times: int = 1, **rest: Any) -> Case:  # noqa: ANN401 - of the file
    return Case(text=(text or url) * times, **rest)
