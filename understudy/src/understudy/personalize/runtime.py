"""Recommendations on request, from a campaign."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from understudy.personalize.batch_operations import results_wanted
from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.errors import invalid_input, not_found, refuse
from understudy.personalize.event_rules import EventRules, counted
from understudy.personalize.filter_operations import FilterOperations
from understudy.personalize.filter_syntax import FilterError
from understudy.personalize.kinds import CAMPAIGN, SOLUTION_VERSION, Status
from understudy.personalize.model_operations import STREAMED_UP_TO, ModelOperations
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.store import Streamed
from understudy.personalize.trained import PersonalModel, Query, Recent, Recommended
from understudy.wire.service import Handler, Params, ServiceError
from understudy.workers import Workers

Mask = Callable[[], NDArray[np.bool_] | None]
"""Computes which items a filter allows; None for all."""


class _Served(NamedTuple):
    """What a campaign answers with."""

    version: Resource
    model: PersonalModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Answers runtime requests with the models of the control plane."""

    registry: Registry
    workers: Workers
    data: DataOperations
    models: ModelOperations
    filters: FilterOperations

    def operations(self) -> Mapping[str, Handler]:
        """Return the operation of `personalize-runtime`."""
        return {"GetRecommendations": self.get_recommendations}

    async def get_recommendations(self, params: Params) -> Params:
        """Answer GetRecommendations for a user; an unknown one gets popular items."""
        served = await self._served(params)
        if "userId" not in params:
            raise invalid_input("userId is required for this campaign's recipe.")
        limit = results_wanted(params)
        query = Query(user=params["userId"], recent=self._recent(served, params))
        model, mask = served.model, await self._mask(served, query, params)
        found = await self._answered(lambda: _first(model, replace(query, mask=mask()), limit))
        listed = [
            {"itemId": item, "score": score} for item, score in zip(found.items, found.scores, strict=True)
        ]
        return {"itemList": listed, "recommendationId": f"RID-{uuid.uuid4()}"}

    async def _served(self, params: Params) -> _Served:
        refuse(params, "recommenderArn", "promotions", "metadataColumns")
        if "campaignArn" not in params:
            raise invalid_input("campaignArn is required.")
        campaign = self.registry.get(CAMPAIGN, params["campaignArn"])
        if campaign.status is not Status.ACTIVE:
            raise not_found(campaign.arn)
        version = self.registry.get(SOLUTION_VERSION, campaign.detail["solutionVersionArn"])
        return _Served(version, await self.models.model(version))

    async def _mask(self, served: _Served, query: Query, params: Params) -> Mask:
        """Return what computes the mask of the filter of a request.

        It is for the thread that answers: each change of threads takes a quarter of a millisecond.
        """
        self._require_filter(params, served.version)
        item_filter = await self.filters.bound(params, served.model, with_events=False)
        if item_filter is None:
            return _no_mask
        events = [
            (str(event.record.get("ITEM_ID")), str(event.record.get("EVENT_TYPE") or ""))
            for event in self._streamed(served.version, query.user, since=0)
        ]
        given = params.get("filterValues", {})
        return partial(item_filter.mask, query.user, given, events)

    async def _answered(self, answer: Callable[[], Recommended]) -> Recommended:
        """Answer in a thread; it is an error of the request if its filter cannot be applied."""
        try:
            return await self.workers.run(answer)
        except FilterError as error:
            raise invalid_input(str(error)) from error

    def _require_filter(self, params: Params, version: Resource) -> None:
        """Refuse what the other operations do; only, one that is not active is invalid input here."""
        try:
            self.filters.require(params, version)
        except ServiceError as error:
            if error.code == "ResourceInUseException":
                raise invalid_input(error.message) from error
            raise

    def _recent(self, served: _Served, params: Params) -> Recent | None:
        """Return what the user has done since the training; None if nothing is known of it."""
        model, version = served.model, served.version
        events = self._streamed(version, params["userId"], since=version.detail[STREAMED_UP_TO])
        rules = EventRules.of(version.detail)
        return counted(events, rules, model) if events else None

    def _streamed(self, version: Resource, user: str, *, since: int) -> list[Streamed]:
        interactions = only_of("INTERACTIONS", self.data.datasets(version.detail["datasetGroupArn"]))
        if interactions is None:
            return []
        return self.registry.store.streamed_by(interactions.arn, user, since=since)


def _no_mask() -> None:
    """Allow every item."""


def _first(model: PersonalModel, query: Query, limit: int) -> Recommended:
    return next(model.answer([query], limit))
