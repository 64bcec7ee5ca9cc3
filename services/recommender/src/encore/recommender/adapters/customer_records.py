"""Reads everything that is stored of one customer in one call."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from encore.contracts.consent import Contact
from encore.recommender.domain.customer_state import CustomerState, keys
from encore.recommender.domain.history import History
from encore.runtime.retry import process_all
from encore.runtime.storage import from_item, to_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import KeysAndAttributesTypeDef

_Wanted = tuple[str, Mapping[str, Any]]
"""A table, and the key of an item in it."""


class DynamoDBCustomerRecords:
    """A customer's items in three tables: each call takes a millisecond of CPU, so there is one for all."""

    def __init__(
        self, dynamodb: "DynamoDBClient", *, histories: str, recommendations: str, contacts: str
    ) -> None:
        self._dynamodb = dynamodb
        self._histories = histories
        self._recommendations = recommendations
        self._contacts = contacts

    async def read(self, customer_id: str, run_id: str) -> CustomerState:
        """Return what is known of a customer now; `run_id` is the run whose shop picks are made from.

        Raises `UnprocessedError` if DynamoDB keeps refusing to read.
        """
        own, tables = to_item({"customer_id": customer_id}), (self._histories, self._contacts)
        found: dict[str, list[dict[str, Any]]] = {table: [] for table in (*tables, self._recommendations)}
        wanted: list[_Wanted] = [(table, own) for table in tables]
        wanted += [(self._recommendations, to_item(key)) for key in keys(customer_id, run_id)]

        async def read(waiting: Sequence[_Wanted]) -> Sequence[_Wanted]:
            requests: dict[str, KeysAndAttributesTypeDef] = {
                table: {"Keys": [key for name, key in waiting if name == table], "ConsistentRead": True}
                for table in dict.fromkeys(name for name, _ in waiting)
            }
            reply = await self._dynamodb.batch_get_item(RequestItems=requests)
            for table, items in reply.get("Responses", {}).items():
                found[table].extend(map(from_item, items))
            left = reply.get("UnprocessedKeys", {})
            return [(table, key) for table, one in left.items() for key in one["Keys"]]

        await process_all(wanted, read, what="a customer's items")
        history = next(map(History.from_item, found[self._histories]), None)
        contact = next(map(Contact.model_validate, found[self._contacts]), None)
        return CustomerState.of(history, found[self._recommendations], contact)
