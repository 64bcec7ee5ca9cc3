"""Asks campaigns of Amazon Personalize while a customer waits.

The client must not retry (`NO_SDK_RETRIES`): there is no time for it, and what is kept will do.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from encore.recommender.adapters.personalize_operations import GONE
from encore.recommender.adapters.personalize_runtime import request_parameters
from encore.recommender.domain.csv_files import is_fit_id
from encore.recommender.ports import CampaignRequest, NoRankingError
from encore.runtime.errors import error_code

if TYPE_CHECKING:
    from types_aiobotocore_personalize_runtime.client import PersonalizeRuntimeClient

NOT_ACCEPTED = "the customer's id is not one that Personalize accepts"


class AWSRanksNow:
    """A campaign that ranks the catalogue for customers."""

    def __init__(
        self, client: "PersonalizeRuntimeClient", find: Callable[[], Awaitable[CampaignRequest | None]]
    ) -> None:
        self._client = client
        self._find = find

    async def ask(self, customer_id: str) -> Sequence[str]:
        """Return product ids, best first; raise `NoRankingError` if there is no campaign to ask."""
        if not is_fit_id(customer_id):
            raise NoRankingError(NOT_ACCEPTED)
        request = await self._find()
        if request is None:
            raise NoRankingError("no run has made a campaign")
        try:
            reply = await self._client.get_recommendations(**request_parameters(customer_id, request))
        except ClientError as error:
            raise _explained(error) from error
        return [one["itemId"] for one in reply.get("itemList", [])]


class AWSOrdersNow:
    """A campaign of a ranking recipe that orders given products."""

    def __init__(self, client: "PersonalizeRuntimeClient", campaign_arn: str) -> None:
        self._client = client
        self._campaign_arn = campaign_arn

    async def order(self, customer_id: str, product_ids: Sequence[str]) -> Sequence[str]:
        """Return the products, best first; those whose ids Personalize does not accept are left out.

        Raises `NoRankingError` if there is nothing to ask, or no campaign.
        """
        fit = [one for one in product_ids if is_fit_id(one)]
        if not fit or not is_fit_id(customer_id):
            raise NoRankingError(NOT_ACCEPTED)
        try:
            reply = await self._client.get_personalized_ranking(
                campaignArn=self._campaign_arn, userId=customer_id, inputList=fit
            )
        except ClientError as error:
            raise _explained(error) from error
        return [one["itemId"] for one in reply.get("personalizedRanking", [])]


def _explained(error: ClientError) -> Exception:
    """Tell a campaign that is not there, which is an answer, from what has failed."""
    return NoRankingError("the campaign is not active") if error_code(error) == GONE else error
