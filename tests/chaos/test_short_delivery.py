from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.delivery_run import SES, SMTP, STORMY_DELIVERY, run_delivery
from tests.chaos.delivery_verdict import judge_delivery
from tests.chaos.fleet import DEPLOYED


@pytest.mark.timeout(700)
@pytest.mark.parametrize("transport", [SMTP, SES])
def test_nobody_gets_two_and_nobody_is_forgotten_in_a_storm(transport: str, tmp_path: Path) -> None:
    """Kills, deployments, faults of AWS and the provider, duplicates: held, a sample, then the rest, once."""
    storm = replace(
        STORMY_DELIVERY,
        transport=transport,
        seed=1,
        emails=60,
        part_size=15,
        sample=20,
        processes=1,
        kill_every_s=(2.0, 4.0),
        max_kills=4,
        held_s=3.0,
        per_s=10.0,
    )
    found = run_delivery(storm, tmp_path / "logs")
    assert found.tally.kills.total() > 0
    assert found.tally.interference[DEPLOYED] > 0
    assert len(found.tally.by_fault()) > 0
    assert [check for check in judge_delivery(found) if not check.kept] == []
