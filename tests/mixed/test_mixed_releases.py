"""This release and the one before side by side: `make mixed` has the latter's services."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from fondly.evaluation.sample import write_sample
from fondly.operations.topology import SERVICES
from tests.chaos.fleet import BASELINE, HERE
from tests.mixed.running import Made, make

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(BASELINE == HERE, reason="no release before: run `make mixed`"),
]
CUSTOMERS, PRODUCTS = 520, 110
"""Enough for Personalize to train on."""
BEFORE, NOW = dict.fromkeys(SERVICES, BASELINE), dict.fromkeys(SERVICES, HERE)
ODD = set(SERVICES[::2])
MIXES: Mapping[str, Mapping[str, str]] = {
    "the new before the old": {service: HERE if service in ODD else BASELINE for service in SERVICES},
    "the old before the new": {service: BASELINE if service in ODD else HERE for service in SERVICES},
    "both at each queue": BEFORE | {f"{service}-2": HERE for service in SERVICES},
}
"""The Python of each process."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that each mix takes to delivered emails."""
    path = tmp_path_factory.mktemp("data") / "sample.csv"
    write_sample(path, seed=11, customers=CUSTOMERS, products=PRODUCTS)
    return path


@pytest.fixture(scope="module")
def alone(file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Made]:
    """What the release before makes of the file, and what this one makes of it."""
    before, now = (make(file, tasks, tmp_path_factory.mktemp("alone")) for tasks in (BEFORE, NOW))
    return before, now


@pytest.mark.parametrize("tasks", MIXES.values(), ids=MIXES)
def test_everybody_gets_one_email_whichever_release_works(
    tasks: Mapping[str, str], file: Path, alone: tuple[Made, Made], tmp_path: Path
) -> None:
    """Byte by byte the one that both releases write, where they write the same; nothing is a dead letter.

    Whoever only one of them writes to, as somebody who speaks of danger, has one or none.
    """
    before, now = alone
    same = dict(before.emails.items() & now.emails.items())
    made = make(file, tasks, tmp_path)
    assert made.dead_letters == 0
    assert set(made.arrived.values()) == {1}
    for own, old, new in (
        (made.arrived, before.arrived, now.arrived),
        (made.emails, before.emails, now.emails),
    ):
        assert old.keys() & new.keys() <= own.keys() <= old.keys() | new.keys()
    assert dict(made.emails.items() & same.items()) == same
