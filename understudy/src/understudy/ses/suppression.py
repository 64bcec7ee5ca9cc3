"""The account's suppression list: SES accepts emails to its addresses, and lets them bounce."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from understudy.ses.errors import bad_request, not_suppressed
from understudy.ses.message import plain_address

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from understudy.wire.service import Handler, Params

PAGE = 1_000
"""What a page holds unless the caller asks for less."""


class SuppressionList:
    """Addresses in lower case, in the order in which they were put there."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[str, Any]] = {}

    @property
    def addresses(self) -> Collection[str]:
        """All of them."""
        return self._entries.keys()

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations by name."""
        return {
            "PutSuppressedDestination": self._put,
            "GetSuppressedDestination": self._get,
            "ListSuppressedDestinations": self._list,
            "DeleteSuppressedDestination": self._delete,
        }

    async def _put(self, params: Params) -> Params:
        address = plain_address(params["EmailAddress"]).lower()
        self._entries[address] = {
            "EmailAddress": address,
            "Reason": params["Reason"],
            "LastUpdateTime": datetime.now(UTC),
        }
        return {}

    async def _get(self, params: Params) -> Params:
        return {"SuppressedDestination": self._found(params)}

    async def _delete(self, params: Params) -> Params:
        del self._entries[self._found(params)["EmailAddress"]]
        return {}

    async def _list(self, params: Params) -> Params:
        """A page of those of the reasons that were put between the dates."""
        reasons = params.get("Reasons")
        start, end = params.get("StartDate"), params.get("EndDate")
        matching = [
            each
            for each in self._entries.values()
            if (not reasons or each["Reason"] in reasons)
            and (start is None or each["LastUpdateTime"] >= start)
            and (end is None or each["LastUpdateTime"] <= end)
        ]
        first, size = _offset(params.get("NextToken")), int(params.get("PageSize") or PAGE)
        page: Params = {"SuppressedDestinationSummaries": matching[first : first + size]}
        if first + size < len(matching):
            page["NextToken"] = str(first + size)
        return page

    def _found(self, params: Params) -> dict[str, Any]:
        address = params["EmailAddress"].lower()
        if address not in self._entries:
            raise not_suppressed(address)
        return self._entries[address]


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    if not token.isdecimal():
        raise bad_request("The NextToken is not valid.")
    return int(token)
