from dataclasses import replace
from pathlib import Path

import pytest

from encore.stack.sample import write_sample
from tests.chaos.run import CALM_WEATHER, STORMY_WEATHER, run_file
from tests.chaos.verdict import judge

CUSTOMERS, PRODUCTS = 40, 12
MAX_REPEATED = 0.2
"""A crash repeats the calls in flight, which weigh more among so few."""


@pytest.mark.timeout(400)
def test_a_storm_changes_nothing_that_a_customer_sees(tmp_path: Path) -> None:
    """Killed services, faults, duplicates, disorder and wrong clocks: the same emails, paid for once."""
    file = tmp_path / "sample.csv"
    write_sample(file, customers=CUSTOMERS, products=PRODUCTS)
    storm = replace(
        STORMY_WEATHER,
        seed=1,
        processes=1,
        kill_every_s=(1.5, 3.0),
        most_kills=6,
        part_reviews=10,
        parallel_emails=4,
    )
    calm = run_file(file, replace(CALM_WEATHER, part_reviews=10), tmp_path / "calm")
    stormy = run_file(file, storm, tmp_path / "storm")
    assert sum(stormy.tally.kills.values()) > 0
    assert len(stormy.tally.by_fault()) > 0
    assert [check for check in judge(stormy, calm, max_repeated=MAX_REPEATED) if not check.kept] == []
