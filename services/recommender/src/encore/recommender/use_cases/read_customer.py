"""Reads what is known of a customer now."""

import asyncio
from dataclasses import dataclass

from encore.recommender.domain.customer_state import CustomerState, keys
from encore.recommender.ports import Histories
from encore.runtime.ports import Items


@dataclass(frozen=True, kw_only=True)
class ReadCustomer:
    """Two reads, at the same time: the customer's history, and their items of the recommendations table."""

    histories: Histories
    recommendations: Items

    async def read(self, customer_id: str, run_id: str) -> CustomerState:
        """Return a customer's state; `run_id` is the run whose shop picks are made from."""
        history, items = await asyncio.gather(
            self.histories.find(customer_id), self.recommendations.get_all(keys(customer_id, run_id))
        )
        return CustomerState.of(history, items)
