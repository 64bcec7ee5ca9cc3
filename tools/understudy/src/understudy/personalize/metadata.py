"""What a campaign says about recommended items beside their ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.errors import invalid_input
from understudy.personalize.item_records import ItemRecords
from understudy.personalize.records import Records
from understudy.personalize.resource import Resource
from understudy.wire.service import Params

_MOST_COLUMNS = 10
MOST_ITEMS = 50
"""How many items there may be in an answer with metadata."""
_ITEMS = "ITEMS"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The wanted columns of the Items dataset, and its records; no records where there is none."""

    columns: Sequence[str]
    items: Records | None

    def of(self, item: str) -> Mapping[str, str]:
        """Return what is known of an item; a column that is empty is left out."""
        if self.items is None:
            return {}
        values = {column: self.items.shown(item, column) for column in self.columns}
        return {column: value for column, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataReader:
    """Reads the metadata of items that a request asks for."""

    data: DataOperations
    items: ItemRecords

    async def wanted(self, params: Params, campaign: Resource, group_arn: str) -> Metadata | None:
        """Return the metadata that a request asks for, None if it asks for none.

        Raises InvalidInputException where the campaign gives none, or the dataset has no such column.
        """
        asked = params.get("metadataColumns")
        if not asked:
            return None
        if not campaign.detail.get("campaignConfig", {}).get("enableMetadataWithRecommendations"):
            raise invalid_input("The campaign has no metadata with recommendations enabled.")
        if set(asked) != {_ITEMS}:
            raise invalid_input(f"The only key of metadataColumns is {_ITEMS}.")
        columns = asked[_ITEMS]
        if not 1 <= len(columns) <= _MOST_COLUMNS:
            raise invalid_input(f"metadataColumns must name 1 to {_MOST_COLUMNS} columns.")
        self._check_columns(group_arn, columns)
        return Metadata(columns, await self.items.of(group_arn))

    def _check_columns(self, group_arn: str, columns: Sequence[str]) -> None:
        dataset = only_of(_ITEMS, self.data.datasets(group_arn))
        fields = () if dataset is None else self.data.schema(dataset).fields
        unknown = sorted(set(columns) - {each.name for each in fields})
        if unknown:
            raise invalid_input(f"The Items dataset has no column {', '.join(unknown)}.")
