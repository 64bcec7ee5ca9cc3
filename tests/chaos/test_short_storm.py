from dataclasses import replace
from pathlib import Path

import pytest

from fondly.evaluation.sample import write_sample
from tests.chaos.fleet import DEPLOYED
from tests.chaos.run import CALM_CONDITIONS, STORM_CONDITIONS, run_file
from tests.chaos.verdict import judge

CUSTOMERS, PRODUCTS = 40, 12


@pytest.mark.timeout(700)
def test_customers_get_the_same_emails_in_a_storm(tmp_path: Path) -> None:
    """Kills, deployments, faults, duplicates and wrong clocks change no email and repeat little paid work."""
    file = tmp_path / "sample.csv"
    write_sample(file, customers=CUSTOMERS, products=PRODUCTS)
    storm = replace(
        STORM_CONDITIONS,
        seed=1,
        processes=1,
        kill_every_s=(1.5, 3.0),
        max_kills=6,
        part_reviews=10,
        parallel_emails=4,
    )
    calm = run_file(file, replace(CALM_CONDITIONS, part_reviews=10), tmp_path / "calm")
    stormy = run_file(file, storm, tmp_path / "storm")
    assert sum(stormy.tally.kills.values()) > 0
    assert stormy.tally.interference[DEPLOYED] > 0
    assert len(stormy.tally.by_fault()) > 0
    broken = [f"{check.promise}: {check.found}" for check in judge(stormy, calm) if not check.kept]
    assert not broken, "\n".join(broken)
