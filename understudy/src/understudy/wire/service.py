"""What the protocol layer knows of a service: its name, its handlers, and the errors that they raise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
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
        self, code: str, message: str, status: int | None = None, *, members: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members or {}


Params = dict[str, Any]
Handler = Callable[[Params], Awaitable[Params]]
Hook = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Service:
    """An AWS service: its handlers by operation name.

    `name` is botocore's name for the service, such as `personalize-runtime`. A handler takes validated
    parameters and returns a response, both in botocore's Python types (timestamps are `datetime`), or raises
    `ServiceError`. `open` runs once before the first call, `close` once at shutdown. `counts` are what the
    usage shows of an operation beside its calls, such as tokens.
    """

    name: str
    operations: Mapping[str, Handler]
    close: Hook | None = None
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    open: Hook | None = None
