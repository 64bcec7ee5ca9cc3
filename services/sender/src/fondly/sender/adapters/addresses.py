"""The addresses of customers, from the table that ingest writes."""

from fondly.runtime.ports import Items


class DynamoDBAddresses:
    """The table of customers, of which only the address is read."""

    def __init__(self, customers: Items) -> None:
        self._customers = customers

    async def of(self, customer_id: str) -> str | None:
        """Return a customer's address; None if they have none, or are not known any more."""
        found = await self._customers.get_all([{"customer_id": customer_id}])
        address = found[0].get("email") if found else None
        return str(address) if address else None
