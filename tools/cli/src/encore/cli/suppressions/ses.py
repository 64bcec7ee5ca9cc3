"""SES's own list of an account: addresses that bounced or complained, from whatever program."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from aiobotocore.session import get_session

from encore.contracts.consent import Suppression, address_entry
from encore.contracts.delivery import NotSent
from encore.runtime.aws import CONFIG

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from types_aiobotocore_sesv2.client import SESV2Client

SOURCE = "SES account-level suppression list"
PAGE = 1_000
_REASONS = {"BOUNCE": NotSent.HARD_BOUNCE, "COMPLAINT": NotSent.COMPLAINT}


def open_ses(region: str) -> "AbstractAsyncContextManager[SESV2Client]":
    """Open a client of SES."""
    return get_session().create_client("sesv2", region_name=region, config=CONFIG)


async def of_account(ses: "SESV2Client") -> AsyncIterator[Suppression]:
    """Yield the addresses of the account's list, page by page."""
    more: dict[str, Any] = {}
    while True:
        page = await ses.list_suppressed_destinations(PageSize=PAGE, **more)
        for summary in page.get("SuppressedDestinationSummaries", []):
            yield _suppression(summary)
        if not (token := page.get("NextToken")):
            return
        more = {"NextToken": token}


def _suppression(summary: Mapping[str, Any]) -> Suppression:
    address = summary["EmailAddress"]
    return Suppression(
        entry=address_entry(address),
        reason=_REASONS.get(summary["Reason"], NotSent.IMPORTED),
        source=SOURCE,
        at=summary["LastUpdateTime"].astimezone(UTC),
        subject=address,
    )
