"""`fondly run resume` against an emulator: a run that its budget has stopped goes on."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import boto3
import pytest

from fondly.contracts import object_keys
from fondly.contracts.records import Customer
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName
from fondly.runtime.storage import to_item
from fondly.stack.provision import Resources
from tests.support.runs import RUN

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Bodies, Fondly, InLedger

SPENT = Decimal("0.25")
REASON = "the budget of 0.3000 dollars does not allow sentiment part-00002"


@pytest.fixture
def stopped(
    advance: Callable[..., None], in_ledger: "InLedger", put_lines: Callable[..., None], resources: Resources
) -> None:
    """A run that was stopped before its second part was scored."""
    advance((StageName.INGEST, 1), (StageName.INGEST, 2), (StageName.SENTIMENT, 1))
    put_lines(object_keys.customers(RUN, 2), Customer(customer_id="c"))

    async def stop(ledger: Ledger) -> None:
        await ledger.stop(RUN, REASON)

    in_ledger(stop)
    account = {"revision": 3, "spent": SPENT, "reserved": {"sentiment part-00002#1": Decimal("0.05")}}
    item = to_item({"run_id": RUN, "item": "budget", **account, "stopped": REASON})
    boto3.client("dynamodb").put_item(TableName=resources.tables["runs"], Item=item)


@pytest.mark.usefixtures("stopped")
def test_a_stopped_run_goes_on_with_the_messages_that_it_waits_for(
    fondly: "Fondly", bodies: "Bodies"
) -> None:
    """Its account is open again, with the budget that was given."""
    assert fondly("runs", "--json", "--status", "stopped").json[0]["reason"] == REASON
    answer = fondly("run", "resume", RUN, "--budget", "0.5")
    assert answer.code == 0, answer.err
    assert "part 2 is not scored" in answer.out
    assert [json.loads(body)["data"]["part"] for body in bodies("sentiment")] == [2]
    assert fondly("run", "show", RUN, "--json").json["status"] == "running"
    assert fondly("run", "resume", RUN).code == 1


@pytest.mark.usefixtures("stopped")
def test_a_budget_that_is_spent_already_is_refused(fondly: "Fondly", bodies: "Bodies") -> None:
    """The run would be stopped again at once; so are amounts that are none."""
    answer = fondly("run", "resume", RUN, "--budget", "0.30")
    assert answer.code == 1
    assert "0.2500 are spent, and 0.0500 are reserved" in answer.err
    assert fondly("run", "resume", RUN, "--budget", "plenty").code == 2
    assert bodies("sentiment") == []


@pytest.mark.usefixtures("stopped")
def test_a_stopped_run_is_not_retried(fondly: "Fondly") -> None:
    """Its messages would be dropped; the answer says what to do."""
    answer = fondly("run", "retry", RUN)
    assert answer.code == 1
    assert "fondly run resume" in answer.err
