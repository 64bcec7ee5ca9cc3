"""SES's own list of an account: addresses that bounced or complained, from whatever program."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from fondly.contracts.consent import Suppression, address_entry
from fondly.contracts.delivery import NotSent
from fondly.operations.environment import open_client
from fondly.operations.errors import OperationError
from fondly.runtime.errors import error_code

if TYPE_CHECKING:
    from types_aiobotocore_sesv2.client import SESV2Client
    from types_aiobotocore_sesv2.type_defs import ListSuppressedDestinationsResponseTypeDef

SOURCE = "SES account-level suppression list"
PAGE = 1_000
NOT_FOUND = "404"
_REASONS = {"BOUNCE": NotSent.HARD_BOUNCE, "COMPLAINT": NotSent.COMPLAINT}


async def of_account(region: str) -> AsyncIterator[Suppression]:
    """Yield the addresses of the account's list, page by page; raise `OperationError` if there is none."""
    more: dict[str, Any] = {}
    async with open_client("sesv2", region) as ses:
        while True:
            page = await _page(ses, more)
            for summary in page.get("SuppressedDestinationSummaries", []):
                yield _suppression(summary)
            if not (token := page.get("NextToken")):
                return
            more = {"NextToken": token}


async def _page(ses: "SESV2Client", more: Mapping[str, Any]) -> "ListSuppressedDestinationsResponseTypeDef":
    try:
        return await ses.list_suppressed_destinations(PageSize=PAGE, **more)
    except ClientError as error:
        if error_code(error) != NOT_FOUND:
            raise
        raise OperationError(
            "no suppression list here: only SES itself keeps one, emulators do not"
        ) from error


def _suppression(summary: Mapping[str, Any]) -> Suppression:
    address = summary["EmailAddress"]
    return Suppression(
        entry=address_entry(address),
        reason=_REASONS.get(summary["Reason"], NotSent.IMPORTED),
        source=SOURCE,
        at=summary["LastUpdateTime"].astimezone(UTC),
        subject=address,
    )
