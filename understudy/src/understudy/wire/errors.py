"""The exception that a handler raises to answer with an AWS error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class ConnectionDroppedError(Exception):
    """A handler has done its work, and the connection is to drop while its answer is sent."""


class ServiceError(Exception):
    """An AWS error: `code` is what an SDK reports as `ClientError.response["Error"]["Code"]`.

    `status` is the HTTP status; by default the one that the service model declares for `code`, or 400.
    `members` are what the body holds beside the message.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int | None = None,
        *,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members or {}
