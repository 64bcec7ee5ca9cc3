"""Clients as aiobotocore makes them, over what answers at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from harness.local_aws.usage import Usage

LOOK_S = 0.005


class Client:
    """Awaits an operation of one of the stores or stand-ins; the call and its CPU time are counted."""

    def __init__(self, service: str, answering: Any, usage: Usage, *, who: str) -> None:  # noqa: ANN401 - of any service
        self._service, self._answering, self._usage, self._who = service, answering, usage, who
        self.meta = getattr(answering, "meta", None)

    def __getattr__(self, operation: str) -> Any:  # noqa: ANN401 - a method of any kind
        answer = getattr(self._answering, operation)

        async def call(**request: Any) -> Any:  # noqa: ANN401
            name = "".join(map(str.capitalize, operation.split("_")))
            self._usage.calls[f"{self._service}.{name}"] += 1
            ends = time.monotonic() + request.get("WaitTimeSeconds", 0)
            while True:
                await asyncio.sleep(0)  # others go on, as while a call is answered
                with self._usage.taking(self._who):
                    found = answer(**request)
                if found or time.monotonic() >= ends:
                    return found
                await asyncio.sleep(LOOK_S)

        return call

    def get_paginator(self, operation: str) -> "OnePage":
        """Return a paginator whose only page has everything."""
        return OnePage(getattr(self, operation))


class OnePage:
    """A paginator with one page."""

    def __init__(self, ask: Any) -> None:  # noqa: ANN401 - a method of a client
        self._ask = ask

    async def paginate(self, **request: object) -> AsyncIterator[dict[str, Any]]:
        """Yield the page."""
        yield await self._ask(**request)
