"""Asks the campaign of Amazon Personalize while a customer waits."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from encore.recommender.adapters.made_by_runs import MadeByRuns
from encore.recommender.adapters.personalize_operations import GONE
from encore.recommender.domain.csv_files import is_fit_id
from encore.recommender.domain.resources import Kind
from encore.recommender.domain.solution import filter_name
from encore.recommender.ports import NoRankingError
from encore.runtime.errors import error_code

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient
    from types_aiobotocore_personalize_runtime.client import PersonalizeRuntimeClient


class AWSRanksNow:
    """The dataset group's campaign, which ranks the catalogue for customers.

    The runtime's client must not retry (`NO_SDK_RETRIES`): there is no time, and what is kept will do.
    """

    def __init__(
        self,
        runtime: "PersonalizeRuntimeClient",
        personalize: "PersonalizeClient",
        *,
        group: str,
        num_results: int,
    ) -> None:
        self._runtime = runtime
        self._campaign = MadeByRuns(personalize, Kind.CAMPAIGN, group)
        self._filter = f"filter/{filter_name(group)}"
        self._num_results = num_results

    async def ask(self, customer_id: str) -> Sequence[str]:
        """Return product ids, best first; raise `NoRankingError` if there is no campaign to ask."""
        if not is_fit_id(customer_id):
            raise NoRankingError("the customer's id is not one that Personalize accepts")
        campaign = await self._campaign.get()
        if campaign is None:
            raise NoRankingError("there is no campaign that is active")
        arn = str(campaign["campaignArn"])
        try:
            reply = await self._runtime.get_recommendations(
                campaignArn=arn,
                userId=customer_id,
                numResults=self._num_results,
                filterArn=f"{arn.rsplit(':', 1)[0]}:{self._filter}",
            )
        except ClientError as error:
            if error_code(error) != GONE:
                raise
            self._campaign.forget()
            raise NoRankingError("there is no campaign that is active") from error
        return [one["itemId"] for one in reply.get("itemList", [])]
