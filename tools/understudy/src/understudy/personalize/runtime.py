"""Recommendations on request, from a campaign."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from understudy.personalize.batch_operations import results_wanted
from understudy.personalize.errors import invalid_input, not_found
from understudy.personalize.filter_operations import FilterOperations
from understudy.personalize.filter_syntax import FilterError
from understudy.personalize.filtering import ItemFilter
from understudy.personalize.kinds import CAMPAIGN, SOLUTION_VERSION, Status
from understudy.personalize.model_operations import ModelOperations
from understudy.personalize.registry import Registry
from understudy.personalize.trained import Recommended, TrainedModel
from understudy.wire.service import Handler, Params
from understudy.workers import Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Answers runtime requests with the models of the control plane."""

    registry: Registry
    workers: Workers
    models: ModelOperations
    filters: FilterOperations

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations of `personalize-runtime`."""
        return {
            "GetRecommendations": self.get_recommendations,
            "GetPersonalizedRanking": self.get_personalized_ranking,
        }

    async def get_recommendations(self, params: Params) -> Params:
        """Answer GetRecommendations for a user; an unknown one gets popular items."""
        model = await self._model(params)
        if "userId" not in params:
            raise invalid_input("userId is required for this campaign's recipe.")
        item_filter = self.filters.bound(params, model)
        found = await self.workers.run(_first, model, item_filter, params)
        pairs = zip(found.items, found.scores, strict=True)
        return {
            "itemList": [{"itemId": item, "score": score} for item, score in pairs],
            "recommendationId": f"RID-{uuid.uuid4()}",
        }

    async def get_personalized_ranking(self, params: Params) -> Params:
        """Refuse GetPersonalizedRanking: no recipe that can be trained here supports ranking."""
        await self._model(params)
        raise invalid_input("The campaign's recipe does not support personalized ranking.")

    async def _model(self, params: Params) -> TrainedModel:
        if "campaignArn" not in params:
            raise invalid_input("campaignArn is required.")
        campaign = self.registry.get(CAMPAIGN, params["campaignArn"])
        if campaign.status is not Status.ACTIVE:
            raise not_found(campaign.arn)
        version = self.registry.get(SOLUTION_VERSION, campaign.detail["solutionVersionArn"])
        return await self.models.model(version)


def _first(model: TrainedModel, item_filter: ItemFilter | None, params: Params) -> Recommended:
    user, limit, allowed = params["userId"], results_wanted(params), None
    if item_filter is not None:
        try:
            mask = item_filter.mask(user, params.get("filterValues", {}))
        except FilterError as error:
            raise invalid_input(str(error)) from error
        allowed = [mask].__getitem__
    return next(model.recommend([user], limit, allowed))
