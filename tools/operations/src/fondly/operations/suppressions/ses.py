"""SES's own list of an account: addresses that bounced or complained, from whatever program."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC
from typing import Any

from fondly.contracts.consent import Suppression, address_entry
from fondly.contracts.delivery import NotSent
from fondly.operations.environment import Ignoring, open_client, pages
from fondly.operations.errors import OperationError

SOURCE = "SES account-level suppression list"
PAGE = 1_000
NOT_FOUND = "404"
_REASONS = {"BOUNCE": NotSent.HARD_BOUNCE, "COMPLAINT": NotSent.COMPLAINT}


async def of_account(region: str) -> AsyncIterator[Suppression]:
    """Yield the addresses of the account's list, page by page; raise `OperationError` if there is none."""
    async with open_client("sesv2", region) as ses:
        with Ignoring({NOT_FOUND}):
            async for page in pages(ses.list_suppressed_destinations, "NextToken", PageSize=PAGE):
                for summary in page.get("SuppressedDestinationSummaries", []):
                    yield _suppression(summary)
            return
        raise OperationError("no suppression list here: only SES itself keeps one, emulators do not")


def _suppression(summary: Mapping[str, Any]) -> Suppression:
    address = summary["EmailAddress"]
    return Suppression(
        entry=address_entry(address),
        reason=_REASONS.get(summary["Reason"], NotSent.IMPORTED),
        source=SOURCE,
        at=summary["LastUpdateTime"].astimezone(UTC),
        subject=address,
    )
