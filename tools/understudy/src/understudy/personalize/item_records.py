"""The records of a group's items, found by their ids."""

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.records import Records
from understudy.personalize.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecords:
    """Has the current records of items, indexed once for each state of the data."""

    data: DataOperations
    _known: WeakKeyDictionary[Resource, Records] = field(default_factory=WeakKeyDictionary)

    async def of(self, group_arn: str) -> Records | None:
        """Return the items of a group, None if nothing is known of them."""
        dataset = only_of("ITEMS", self.data.datasets(group_arn))
        if dataset is None:
            return None
        snapshot = await self.data.records.snapshot(dataset, self.data.schema(dataset))
        if snapshot is None:
            return None
        known = self._known.get(dataset)
        if known is None or known.table is not snapshot.table:
            known = self._known[dataset] = Records.of(snapshot)
        return known
