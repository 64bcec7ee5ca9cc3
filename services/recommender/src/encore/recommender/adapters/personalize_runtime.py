"""Asks an Amazon Personalize campaign, within its throughput."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from encore.recommender.adapters.personalize_operations import GONE, NEVER
from encore.recommender.ports import CampaignRequest, RefusedError, VanishedError
from encore.runtime.errors import error_code
from encore.runtime.quota.limiter import Limiter

if TYPE_CHECKING:
    from types_aiobotocore_personalize_runtime.client import PersonalizeRuntimeClient


class AWSCampaignRuntime:
    """A campaign behind the recommender's port; all tasks share what it answers per second.

    A campaign grows with its requests, but not at once: what it cannot take is throttled, and the limiter
    lowers the rate. The client must not retry (`NO_SDK_RETRIES`).
    """

    def __init__(self, client: "PersonalizeRuntimeClient", limiter: Limiter) -> None:
        self._client = client
        self._limiter = limiter

    async def rank(self, customer_id: str, request: CampaignRequest) -> tuple[str, ...]:
        """Return the products for a customer, best first; popular ones if nothing is known of them.

        Raises `VanishedError` if the campaign does not exist or is not active, `RefusedError` if the request
        is invalid.
        """
        asked = request_parameters(customer_id, request)
        try:
            reply = await self._limiter.run(lambda: self._client.get_recommendations(**asked))
        except ClientError as error:
            text = f"get_recommendations: {error.response.get('Error', {}).get('Message', '')}"
            if error_code(error) == GONE:
                raise VanishedError(text) from error
            if error_code(error) in NEVER:
                raise RefusedError(f"Personalize refused {text}") from error
            raise
        return tuple(one["itemId"] for one in reply.get("itemList", []))


def request_parameters(customer_id: str, request: CampaignRequest) -> dict[str, Any]:
    """Return the parameters of a `GetRecommendations` call."""
    parameters: dict[str, Any] = {
        "campaignArn": request.campaign_arn,
        "userId": customer_id,
        "numResults": request.num_results,
        "filterArn": request.filter_arn,
    }
    if promotion := request.promotion:
        parameters["promotions"] = [
            {
                "name": promotion.name,
                "percentPromotedItems": promotion.percent,
                "filterArn": promotion.filter_arn,
            }
        ]
    return parameters
