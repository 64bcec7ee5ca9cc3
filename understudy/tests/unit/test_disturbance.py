import asyncio
import random
from threading import get_ident

import pytest

from understudy.disturbance import Disturbance
from understudy.wire.service import Params, ServiceError

CALLS = 400


async def answer(_: Params) -> Params:
    """Answer at once."""
    return {}


async def failures(disturbance: Disturbance) -> int:
    """Call one after the other; return how many failed."""
    handler, failed = disturbance.around({"Operation": answer})["Operation"], 0
    for _ in range(CALLS):
        try:
            await handler({})
        except ServiceError as error:
            failed += (error.code, error.status) == ("InternalServerException", 500)
    return failed


@pytest.mark.parametrize(("latency_s", "error_rate"), [(0, 0), (2, 0), (0, 0.25), (2, 0.25)])
async def test_calls_take_about_as_long_and_fail_about_as_often_as_asked(
    monkeypatch: pytest.MonkeyPatch, latency_s: float, error_rate: float
) -> None:
    """By chance, but on average as set."""
    disturbance = Disturbance(latency_s=latency_s, error_rate=error_rate, chance=random.Random(1))  # noqa: S311 - not for security
    slept_s, ours, slept = list[float](), get_ident(), asyncio.sleep

    async def sleep(seconds: float) -> None:
        if get_ident() == ours:  # servers in other threads sleep as ever
            slept_s.append(seconds)
        else:
            await slept(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    assert await failures(disturbance) == pytest.approx(CALLS * error_rate, rel=0.2)
    assert sum(slept_s) / CALLS == pytest.approx(latency_s, rel=0.1)
