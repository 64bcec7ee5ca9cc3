"""`fondly run reconcile`: a mail server's log settles emails in doubt."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fondly.contracts.delivery import Outcome
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.sender.adapters.ses_notifications import read_notification
from fondly.sender.domain.notifications import About
from fondly.stack.provision import Resources
from tests.support.runs import RUN
from tools.cli.tests.delivering import FinishedRun

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Bodies, Fondly

LOG = """\
{year}-11-25T11:00:00+01:00 mail postfix/qmgr[9]: 9F: from=<hello@shop>, size=1, nrcpt=1 (queue active)
2026-11-25T13:00:00+01:00 mail postfix/qmgr[9]: A1: from=<hello@shop>, size=1, nrcpt=1 (queue active)
2026-11-25T13:00:01+01:00 mail postfix/cleanup[8]: B2: message-id=<c-2@shop.example>
2026-11-25T13:00:01+01:00 mail postfix/qmgr[9]: B2: from=<hello@shop>, size=1, nrcpt=1 (queue active)
2026-11-25T14:00:00+01:00 mail postfix/smtpd[7]: disconnect
"""


@pytest.fixture(autouse=True)
def run(resources: Resources) -> FinishedRun:
    """A run that has gone out by SMTP, but for one email; of three nobody knows what came of them."""
    run = FinishedRun(resources)
    run.make(delivery=DeliveryStatus.APPROVED)
    run.dispatched("c-1", Outcome.SENT, transport="smtp", provider_id="A1")
    for customer in ("c-2", "c-3", "c-4"):
        run.dispatched(customer, Outcome.IN_DOUBT, transport="smtp", reason="its worker stopped")
    run.dispatched("c-5", Outcome.IN_DOUBT, transport="ses", reason="its worker stopped")
    return run


def test_what_a_log_shows_is_told_to_whoever_acts_on_it(
    fondly: "Fondly", bodies: "Bodies", tmp_path: Path
) -> None:
    """Feedback proves what was accepted, the sender tries again what was not; a dry run tells nobody."""
    (tmp_path / "mail.log").write_text(LOG.format(year=2025))
    asked = ("run", "reconcile", RUN, "--log", str(tmp_path / "mail.log"), "--by", "ines")
    expected = {"accepted": {"c-2": "B2"}, "refuted": ["c-3", "c-4"], "undecided": []}
    assert fondly(*asked, "--dry-run", "--json").json == expected
    assert bodies("sender") == bodies("feedback") == []
    assert fondly(*asked, "--json").json == expected
    [told] = bodies("feedback")
    assert read_notification(told) == About(run_id=RUN, customer_id="c-2", provider_id="B2")
    parts = {each["part"]: each for each in (json.loads(body)["data"] for body in bodies("sender"))}
    assert {part: (each["doubted"], each["refuted"]) for part, each in parts.items()} == {
        1: (["c-3"], True),
        2: (["c-4"], True),
    }


def test_a_log_that_is_not_whole_has_nothing_tried_again(
    fondly: "Fondly", bodies: "Bodies", tmp_path: Path
) -> None:
    """It begins after the first email was handed over."""
    (tmp_path / "mail.log").write_text(LOG.format(year=2027))
    answer = fondly("run", "reconcile", RUN, "--log", str(tmp_path / "mail.log"), "--by", "ines", "--json")
    assert answer.json == {"accepted": {"c-2": "B2"}, "refuted": [], "undecided": ["c-3", "c-4"]}
    assert bodies("sender") == []
