"""Commands that are killed in the middle, and what they say they have done."""

from collections.abc import Callable
from typing import Any

import pytest
from aiobotocore.client import AioBaseClient

KillAfter = Callable[[int], None]


class Killed(BaseException):
    """The process is gone: nothing in it can catch this."""


def killing(monkeypatch: pytest.MonkeyPatch, *mutating: str) -> KillAfter:
    """Return what kills the next command after so many calls that change something.

    Those are the operations that begin with one of `mutating`.
    """
    call: Any = AioBaseClient._make_api_call  # type: ignore[attr-defined] # every call passes here

    def arm(calls: int) -> None:
        left = calls

        async def counted(self: AioBaseClient, operation: str, params: dict[str, Any]) -> Any:  # noqa: ANN401
            nonlocal left
            reply = await call(self, operation, params)
            left -= operation.startswith(mutating)
            if left < 0:
                raise Killed
            return reply

        monkeypatch.setattr(AioBaseClient, "_make_api_call", counted)

    return arm


def rows(answer: Any) -> dict[str, tuple[int, int]]:  # noqa: ANN401 - an answer's JSON
    """What was deleted and left, by kind."""
    return {row["what"]: (row["deleted"], row["left"]) for row in answer}
