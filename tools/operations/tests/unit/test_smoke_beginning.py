"""What a smoke test on AWS asks of the services' settings before it pays for anything."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from fondly.operations.errors import OperationError
from fondly.operations.shop import load_shop
from fondly.operations.smoke import beginning
from fondly.operations.smoke.beginning import BUDGET, RECORDS, Beginning

ENOUGH = {BUDGET: "5", RECORDS: "true"}


@pytest.mark.parametrize(
    "settings", [{}, {**ENOUGH, BUDGET: "5.01"}, {**ENOUGH, RECORDS: "false"}, {RECORDS: "true"}]
)
def test_services_without_budget_or_recording_are_refused(
    settings: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line has what Terraform needs."""
    told = r"mailer needs settings = { all = { FONDLY_RUN_BUDGET_USD = 5, FONDLY_RECORD_CALLS = true } }"
    found = {"sentiment": ENOUGH, "recommender": ENOUGH, "mailer": settings}
    monkeypatch.setattr(beginning, "task_settings", lambda _, name: found[name])
    begin = Beginning(cast("Any", None), load_shop(environment={}), Path(), Decimal(5), print)
    with pytest.raises(OperationError, match=told.replace("{", r"\{")):
        begin._require_settings()
    monkeypatch.setitem(found, "mailer", ENOUGH)
    begin._require_settings()
