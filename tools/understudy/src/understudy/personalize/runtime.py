"""Recommendations on request, from a campaign."""

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from understudy.personalize.batch_operations import results_wanted
from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.errors import invalid_input, not_found
from understudy.personalize.event_rules import EventRules
from understudy.personalize.filter_operations import FilterOperations
from understudy.personalize.filter_syntax import FilterError
from understudy.personalize.kinds import CAMPAIGN, SOLUTION_VERSION, Status
from understudy.personalize.model_operations import STREAMED_UP_TO, ModelOperations
from understudy.personalize.recipes import FOR_ITEMS, FOR_RANKING, require_recipe
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.store import Streamed
from understudy.personalize.trained import PersonalModel, Query, Recent, Recommended, TrainedModel
from understudy.wire.service import Handler, Params
from understudy.workers import Workers

_MOST_RANKED = 500
_NOT_SUPPORTED = ("recommenderArn", "promotions", "metadataColumns")


class _Served(NamedTuple):
    """What a campaign answers with."""

    version: Resource
    model: TrainedModel
    recipe_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Answers runtime requests with the models of the control plane."""

    registry: Registry
    workers: Workers
    data: DataOperations
    models: ModelOperations
    filters: FilterOperations

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations of `personalize-runtime`."""
        return {
            "GetRecommendations": self.get_recommendations,
            "GetPersonalizedRanking": self.get_personalized_ranking,
        }

    async def get_recommendations(self, params: Params) -> Params:
        """Answer GetRecommendations for a user or an item; an unknown one gets popular items."""
        served = await self._served(params)
        if served.recipe_type == FOR_RANKING:
            raise invalid_input("The campaign's recipe requires GetPersonalizedRanking.")
        needed = "itemId" if served.recipe_type == FOR_ITEMS else "userId"
        if needed not in params:
            raise invalid_input(f"{needed} is required for this campaign's recipe.")
        limit = results_wanted(params)
        query = Query(
            user=params.get("userId", ""),
            item=params.get("itemId", ""),
            mask=await self._mask(served, params),
            recent=self._recent(served, params),
        )
        found = await self.workers.run(_first, served.model, query, limit)
        return {"itemList": _listed(found), "recommendationId": f"RID-{uuid.uuid4()}"}

    async def get_personalized_ranking(self, params: Params) -> Params:
        """Answer GetPersonalizedRanking: the given items in the order for a user."""
        served = await self._served(params)
        if served.recipe_type != FOR_RANKING or not isinstance(served.model, PersonalModel):
            raise invalid_input("The campaign's recipe does not support personalized ranking.")
        ranked = tuple(params["inputList"])
        if not 1 <= len(ranked) <= _MOST_RANKED:
            raise invalid_input(f"inputList must have 1 to {_MOST_RANKED} items.")
        query = Query(
            user=params["userId"],
            ranked=ranked,
            mask=await self._mask(served, params),
            recent=self._recent(served, params),
        )
        found = await self.workers.run(served.model.order, query)
        return {"personalizedRanking": _listed(found), "recommendationId": f"RID-{uuid.uuid4()}"}

    async def _served(self, params: Params) -> _Served:
        for name in _NOT_SUPPORTED:
            if params.get(name):
                raise invalid_input(f"{name} is not supported.")
        if "campaignArn" not in params:
            raise invalid_input("campaignArn is required.")
        campaign = self.registry.get(CAMPAIGN, params["campaignArn"])
        if campaign.status is not Status.ACTIVE:
            raise not_found(campaign.arn)
        version = self.registry.get(SOLUTION_VERSION, campaign.detail["solutionVersionArn"])
        recipe = require_recipe(version.detail["recipeArn"])
        return _Served(version, await self.models.model(version), recipe.type)

    async def _mask(self, served: _Served, params: Params) -> NDArray[np.bool_] | None:
        self.filters.require(params, served.version)
        item_filter = await self.filters.bound(params, served.model, with_events=False)
        if item_filter is None:
            return None
        user = params.get("userId", "")
        events = [
            (str(event.record.get("ITEM_ID")), str(event.record.get("EVENT_TYPE") or ""))
            for event in self._streamed(served.version, user, since=0)
        ]
        try:
            return await self.workers.run(item_filter.mask, user, params.get("filterValues", {}), events)
        except FilterError as error:
            raise invalid_input(str(error)) from error

    def _recent(self, served: _Served, params: Params) -> Recent | None:
        """Return what the user has done since the training; None if nothing is known of it."""
        model, version = served.model, served.version
        if not isinstance(model, PersonalModel):
            return None
        events = self._streamed(version, params["userId"], since=version.detail[STREAMED_UP_TO])
        rules = EventRules.of(version.detail)
        return _counted(events, rules, model) if events else None

    def _streamed(self, version: Resource, user: str, *, since: int) -> list[Streamed]:
        interactions = only_of("INTERACTIONS", self.data.datasets(version.detail["datasetGroupArn"]))
        if interactions is None:
            return []
        return self.registry.store.streamed_by(interactions.arn, user, since=since)


def _counted(events: list[Streamed], rules: EventRules, model: PersonalModel) -> Recent | None:
    """Return the events that the version's rules count, as the training would weigh them."""
    values = np.array([_value(event) for event in events])
    kept, weights = [], model.satisfaction.weights(values)
    for row, event in enumerate(events):
        rule = rules.rule(str(event.record.get("EVENT_TYPE") or ""))
        if rule is not None and (rule.threshold is None or values[row] >= rule.threshold):
            weights[row] *= rule.weight
            kept.append(row)
    if not kept:
        return None
    records = [events[row].record for row in kept]
    times = np.array([int(record["TIMESTAMP"] or 0) for record in records], dtype=np.int64)
    return Recent([str(record["ITEM_ID"]) for record in records], weights[kept], times)


def _value(event: Streamed) -> float:
    value: Any = event.record.get("EVENT_VALUE")
    return math.nan if value is None else float(value)


def _first(model: TrainedModel, query: Query, limit: int) -> Recommended:
    return next(model.answer([query], limit))


def _listed(found: Recommended) -> list[Params]:
    if found.scores is None:
        return [{"itemId": item} for item in found.items]
    pairs = zip(found.items, found.scores, strict=True)
    return [{"itemId": item, "score": score} for item, score in pairs]
