"""Keeps by what customers are found besides their ids; a key is written again once it has half expired."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.customer_keys import customer_keys
from fondly.contracts.records import Customer
from fondly.runtime.ports import Items
from fondly.runtime.storage import EXPIRES_AT


@dataclass(frozen=True)
class CustomerKeys:
    """The table `customer-keys`, whose items expire after `keep_days`, as those of customers do.

    Several customers may have one address. The key of one that a customer has no more stays until it expires:
    whoever reads it compares with the customer.
    """

    items: Items
    keep_days: int
    now: Callable[[], float] = time.time

    async def put(self, customers: Sequence[Customer]) -> dict[str, int]:
        """Write the keys that are missing or half expired; return the units used."""
        missing = await self.missing(customers)
        await self.items.put_all(missing)
        reads = sum(len(customer_keys(each.customer_id, each.email)) for each in customers)
        return {"dynamodb.reads": reads, "dynamodb.writes": len(missing)}

    async def missing(self, customers: Sequence[Customer]) -> list[dict[str, str]]:
        """Return the keys that are missing or half expired."""
        keys = [
            {"customer_key": key, "customer_id": each.customer_id}
            for each in customers
            for key in customer_keys(each.customer_id, each.email)
        ]
        soon = self.now() + self.keep_days * SECONDS_PER_DAY / 2
        fresh = {
            (found["customer_key"], found["customer_id"])
            for found in await self.items.get_all(keys)
            if found.get(EXPIRES_AT, soon) >= soon
        }
        return [key for key in keys if (key["customer_key"], key["customer_id"]) not in fresh]
