"""What a campaign costs: what it is provisioned for, or what it is asked if that is more."""

from decimal import Decimal

import pytest

from encore.runtime.runs.campaigns import REQUESTS, TPS_HOURS, CampaignUse
from encore.runtime.runs.pricing import price_of


@pytest.mark.parametrize(
    ("use", "hours", "beyond"),
    [
        (CampaignUse(tps=1, existed_s=3_600, requests=0, asked_s=0), "1", 0),
        (CampaignUse(tps=2, existed_s=1_800, requests=100, asked_s=60), "1", 0),
        (CampaignUse(tps=1, existed_s=7_200, requests=9_050, asked_s=181), "2", 8_869),
        (CampaignUse(tps=10, existed_s=3_600, requests=9_050, asked_s=905), "10", 0),
    ],
)
def test_requests_within_what_is_provisioned_cost_nothing_more(
    use: CampaignUse, hours: str, beyond: int
) -> None:
    """Idle hours are charged, and so is every request beyond the least, while they come."""
    expected = {TPS_HOURS: Decimal(hours), REQUESTS: Decimal(beyond)}
    assert use.units == {unit: amount for unit, amount in expected.items() if amount}


def test_no_campaign_costs_nothing() -> None:
    """One that never existed has no units, rather than some of zero."""
    assert CampaignUse(tps=1, existed_s=0, requests=0, asked_s=0).units == {}


def test_an_hour_of_one_request_a_second_costs_as_much_as_its_requests() -> None:
    """The price of a request is the same, provisioned or beyond."""
    of_hour, of_request = price_of(TPS_HOURS), price_of(REQUESTS)
    assert of_hour is not None
    assert of_request is not None
    assert of_hour == 3_600 * of_request
