"""Filters as resources, and as masks over a model's items."""

from collections.abc import Mapping
from dataclasses import dataclass

from understudy.personalize.arns import Arns
from understudy.personalize.data_operations import DataOperations
from understudy.personalize.errors import invalid_input
from understudy.personalize.filter_syntax import FilterError
from understudy.personalize.filtering import ItemFilter, check_filter
from understudy.personalize.kinds import DATASET_GROUP, FILTER
from understudy.personalize.registry import Registry
from understudy.personalize.trained import TrainedModel
from understudy.wire.service import Handler, Params


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOperations:
    """Creates filters and makes them usable."""

    arns: Arns
    registry: Registry
    data: DataOperations

    def operations(self) -> Mapping[str, Handler]:
        """Return the Create operation of filters."""
        return {"CreateFilter": self.create_filter}

    async def create_filter(self, params: Params) -> Params:
        """Answer CreateFilter for an expression whose fields exist."""
        group = self.registry.get_active(DATASET_GROUP, params["datasetGroupArn"])
        try:
            check_filter(params["filterExpression"], self.data.schemas(group.arn))
        except FilterError as error:
            raise invalid_input(f"Could not create filter. {error}") from error
        arn = self.arns.named("filter", params["name"])
        self.registry.create(FILTER, arn, dict(params), links=(group.arn,))
        return {"filterArn": arn}

    def bound(self, params: Params, model: TrainedModel) -> ItemFilter | None:
        """Return the filter that `params` name, bound to the current data; None when they name none."""
        if "filterArn" not in params:
            return None
        found = self.registry.get_active(FILTER, params["filterArn"])
        snapshots = self.data.snapshots(found.detail["datasetGroupArn"])
        return ItemFilter(found.detail["filterExpression"], snapshots, model.items)
