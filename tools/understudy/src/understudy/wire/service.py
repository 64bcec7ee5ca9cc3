"""What a service gives the protocol layer: a name and the operations it handles."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

Params = dict[str, Any]
Handler = Callable[[Params], Awaitable[Params]]
Hook = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Service:
    """One AWS service: a handler by operation name.

    `name` is botocore's (`personalize-runtime`), so that its service model can be found.
    A handler gets validated parameters and returns a response, both in botocore's Python shape
    (timestamps are `datetime`); it raises `ServiceError` to answer with an error.
    `close` runs once at shutdown.
    """

    name: str
    operations: Mapping[str, Handler]
    close: Hook | None = None
