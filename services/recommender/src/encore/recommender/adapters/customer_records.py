"""Reads everything that is stored of one customer in one call."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from encore.recommender.domain.customer_state import keys, wanted_of
from encore.recommender.domain.real_time import Edition, Wanted
from encore.runtime.retry import process_all
from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

_Key = tuple[str, Mapping[str, Any]]
"""A table, and the key of an item in it."""


class DynamoDBCustomerRecords:
    """A customer's items in three tables: each call takes a millisecond of CPU, so there is one for all."""

    def __init__(
        self, dynamodb: "DynamoDBClient", *, histories: str, recommendations: str, contacts: str
    ) -> None:
        self._dynamodb = dynamodb
        self._histories, self._recommendations, self._contacts = histories, recommendations, contacts

    async def read(self, customer_id: str, edition: Edition) -> Wanted:
        """Return what is known of a customer now; raise `UnprocessedError` if DynamoDB keeps refusing."""
        own, found = to_item({"customer_id": customer_id}), list[tuple[str, dict[str, Any]]]()
        wanted: list[_Key] = [(self._histories, own), (self._contacts, own)]
        wanted += [(self._recommendations, to_item(key)) for key in keys(customer_id, edition.run_id)]

        async def read(waiting: Sequence[_Key]) -> Sequence[_Key]:
            requests: dict[str, Any] = {}
            for table, key in waiting:
                requests.setdefault(table, {"Keys": [], "ConsistentRead": True})["Keys"].append(key)
            reply = await self._dynamodb.batch_get_item(RequestItems=requests)
            for table, items in reply.get("Responses", {}).items():
                found.extend((table, from_item(item)) for item in items)
            left = reply.get("UnprocessedKeys", {})
            return [(table, key) for table, one in left.items() for key in one["Keys"]]

        await process_all(wanted, read, what="a customer's items")
        return wanted_of(
            customer_id,
            edition,
            histories=(item for table, item in found if table == self._histories),
            recommendations=(item for table, item in found if table == self._recommendations),
            contacts=(item for table, item in found if table == self._contacts),
        )
