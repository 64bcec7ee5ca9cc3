"""Reads everything that is stored of one customer in one call."""

from fondly.recommender.domain.realtime.current_picks import Edition, Wanted, keys, wanted_of
from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.storage import get_items


class DynamoDBCustomerRecords:
    """A customer's items in three tables: each call takes a millisecond of CPU, so there is one for all."""

    def __init__(
        self, dynamodb: DynamoDBClient, *, histories: str, recommendations: str, contacts: str
    ) -> None:
        self._dynamodb = dynamodb
        self._histories, self._recommendations, self._contacts = histories, recommendations, contacts

    async def read(self, customer_id: str, edition: Edition) -> Wanted:
        """Return what is known of a customer now; raise `UnprocessedError` if DynamoDB keeps refusing."""
        own = [{"customer_id": customer_id}]
        wanted = {self._histories: own, self._contacts: own}
        found = await get_items(
            self._dynamodb, {**wanted, self._recommendations: keys(customer_id, edition.run_id)}
        )
        return wanted_of(
            customer_id,
            edition,
            histories=found[self._histories],
            recommendations=found[self._recommendations],
            contacts=found[self._contacts],
        )
