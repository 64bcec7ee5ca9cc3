"""A customer's items are read in one call of three tables."""

from collections.abc import Mapping
from typing import Any, cast

from fondly.contracts.consent import Contact
from fondly.contracts.records import Customer
from fondly.recommender.adapters.customer_records import DynamoDBCustomerRecords
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.personalize.rankings import KeptRanking
from fondly.recommender.domain.picking.rules import Rules, RunRules
from fondly.recommender.domain.realtime.current_picks import Edition, Wanted, keys
from fondly.runtime.storage import to_item

HISTORY = History.of(Customer(customer_id="C1", age=40), {}, run_id="run-1", now=7)
CONTACT = Contact(customer_id="C1", topics_off=("Toys",))
RANKING = KeptRanking(customer_id="C1", basis="", product_ids=("a", "b"), ranked_in="run-1", ranked_at=0)


class Busy:
    """A DynamoDB that answers one key a call, and leaves the others unprocessed."""

    def __init__(self, stored: Mapping[str, list[dict[str, Any]]]) -> None:
        self.stored, self.calls = stored, list[list[str]]()

    async def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - the API's
        """Read the first key."""
        self.calls.append(sorted(RequestItems))
        table, (first, *rest) = next(iter((name, one["Keys"]) for name, one in RequestItems.items()))
        found = [to_item(item) for item in self.stored[table] if to_item(item).items() >= first.items()]
        left = {name: one for name, one in RequestItems.items() if name != table}
        return {
            "Responses": {table: found},
            "UnprocessedKeys": left | ({table: {"Keys": rest}} if rest else {}),
        }


async def test_what_is_left_is_asked_for_again() -> None:
    """DynamoDB may answer a part of a call only; nothing of the customer may be missing."""
    stored = {
        "histories": [HISTORY.item()],
        "recommendations": [RANKING.item()],
        "contacts": [CONTACT.model_dump(mode="json")],
    }
    busy = Busy(stored)
    records = DynamoDBCustomerRecords(
        cast("Any", busy), histories="histories", recommendations="recommendations", contacts="contacts"
    )
    wanted = await records.read("C1", Edition("run-1", RunRules(rules=Rules()), now=7))
    assert wanted == Wanted("C1", ranked=("a", "b"), unwanted=frozenset({"toys"}), is_known=True)
    assert busy.calls[0] == ["contacts", "histories", "recommendations"]
    assert len(busy.calls) == 2 + len(keys("C1", "run-1"))
