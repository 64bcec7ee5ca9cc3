"""Knows which departments customers want nothing of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from encore.contracts.consent import Contact
from encore.recommender.domain.topics import departments
from encore.runtime.ports import Items


@dataclass(frozen=True)
class KnowTopics:
    """Reads the table of contacts, which all runs share."""

    contacts: Items

    async def unwanted(self, customer_ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Return the departments by customer id; whoever wants something of all is left out."""
        keys = [{"customer_id": customer_id} for customer_id in dict.fromkeys(customer_ids)]
        contacts = map(Contact.model_validate, await self.contacts.get_all(keys))
        return {each.customer_id: departments(each.topics_off) for each in contacts if each.topics_off}
