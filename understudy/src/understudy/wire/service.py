"""What the protocol layer knows of a service: its name and its handlers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

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
