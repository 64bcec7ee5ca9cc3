"""The one exception by which a handler answers with an AWS error."""

from __future__ import annotations


class ServiceError(Exception):
    """An error answer: `code` is what an SDK shows as `ClientError.response["Error"]["Code"]`.

    `status` is the HTTP status; by default the one the service model declares for `code`, else 400.
    """

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
