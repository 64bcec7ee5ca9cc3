"""Campaigns: a solution version made available for requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from understudy.personalize.errors import in_use, refuse
from understudy.personalize.kinds import CAMPAIGN, SOLUTION_VERSION, UNFINISHED, Arns, Status
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.wire.service import Handler, Params

_SHOWN_UPDATE = ("solutionVersionArn", "minProvisionedTPS", "campaignConfig")


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignOperations:
    """Creates and updates campaigns."""

    arns: Arns
    registry: Registry

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations that change campaigns."""
        return {"CreateCampaign": self.create_campaign, "UpdateCampaign": self.update_campaign}

    async def create_campaign(self, params: Params) -> Params:
        """Answer CreateCampaign for an active version."""
        _check_config(params)
        version = self.registry.get_active(SOLUTION_VERSION, params["solutionVersionArn"])
        arn = self.arns.named("campaign", params["name"])
        detail = {"minProvisionedTPS": 1, **params, "solutionVersionArn": version.arn}
        self.registry.create(CAMPAIGN, arn, detail, links=version.links | {version.arn})
        return {"campaignArn": arn}

    async def update_campaign(self, params: Params) -> Params:
        """Answer UpdateCampaign; the campaign serves the previous version until the update is done."""
        _check_config(params)
        campaign = self.registry.get_active(CAMPAIGN, params["campaignArn"])
        latest = campaign.detail.get("latestCampaignUpdate")
        if latest and latest["status"] != Status.ACTIVE:
            raise in_use(campaign.arn, "an update is in progress")
        wanted = {key: params[key] for key in _SHOWN_UPDATE if key in params}
        links = campaign.links
        if "solutionVersionArn" in params:
            version = self.registry.get_active(SOLUTION_VERSION, params["solutionVersionArn"])
            wanted["solutionVersionArn"], links = version.arn, version.links | {version.arn}
        now = datetime.now(UTC)
        update = {
            **{key: campaign.detail[key] for key in _SHOWN_UPDATE if key in campaign.detail},
            **wanted,
            "status": Status.CREATE_PENDING,
            "creationDateTime": now,
            "lastUpdatedDateTime": now,
        }
        campaign.detail["latestCampaignUpdate"] = update
        # Until the update is done, neither the version that is served nor the new one can be deleted.
        campaign.links |= links
        self.registry.changed(campaign)
        self.registry.start(campaign, self._apply(campaign))
        return {"campaignArn": campaign.arn}

    def resume_updates(self) -> None:
        """Go on with the updates that were under way when the process was killed."""
        for campaign in self.registry.find(CAMPAIGN):
            update = campaign.detail.get("latestCampaignUpdate")
            if update and update["status"] in UNFINISHED:
                self.registry.start(campaign, self._apply(campaign))

    async def _apply(self, campaign: Resource) -> None:
        update = campaign.detail["latestCampaignUpdate"]
        if update["status"] == Status.CREATE_PENDING:
            await self.registry.pause()
            update["status"], update["lastUpdatedDateTime"] = Status.CREATE_IN_PROGRESS, datetime.now(UTC)
            self.registry.changed(campaign)
        await self.registry.pause()
        version = self.registry.get(SOLUTION_VERSION, update["solutionVersionArn"])
        campaign.detail.update({key: update[key] for key in _SHOWN_UPDATE if key in update})
        campaign.links = version.links | {version.arn}
        update["status"], update["lastUpdatedDateTime"] = Status.ACTIVE, datetime.now(UTC)
        self.registry.move(campaign, Status.ACTIVE)


def _check_config(params: Params) -> None:
    """Refuse what campaigns can do beside recommending by the version that they name."""
    refuse(
        params.get("campaignConfig", {}), "syncWithLatestSolutionVersion", "enableMetadataWithRecommendations"
    )
