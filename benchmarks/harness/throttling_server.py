"""A server that answers like Comprehend's BatchDetectSentiment within a quota, and counts by caller.

Run as `python throttling_server.py PORT QUOTA_PER_S BURST DELAY_S`. `GET /` returns the counts by access key.
"""

import asyncio
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

LOOPBACK = "127.0.0.1"
JSON = "application/x-amz-json-1.1"
CREDENTIAL = re.compile(r"Credential=(\w+)/")
THROTTLED = {"__type": "ThrottlingException", "message": "Rate exceeded"}


class TokenBucket:
    """Holds `burst` calls at most, and gains `quota_per_s` calls a second."""

    def __init__(self, quota_per_s: float, burst: float) -> None:
        self._quota_per_s = quota_per_s
        self._burst = burst
        self._tokens = burst
        self._at = time.monotonic()

    def take(self) -> bool:
        """Take a call's token if there is one."""
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._quota_per_s)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def app(bucket: TokenBucket, delay_s: float) -> Starlette:
    """The server; a call that is not throttled takes `delay_s`, one that is half of that."""
    scored: Counter[str] = Counter()
    throttled: Counter[str] = Counter()

    async def call(request: Request) -> JSONResponse:
        found = CREDENTIAL.search(request.headers.get("authorization", ""))
        caller = found[1] if found else ""
        if not bucket.take():
            throttled[caller] += 1
            await asyncio.sleep(delay_s / 2)
            return JSONResponse(THROTTLED, status_code=400, media_type=JSON)
        scored[caller] += 1
        await asyncio.sleep(delay_s)
        return JSONResponse({"ResultList": [], "ErrorList": []}, media_type=JSON)

    async def counts(_: Request) -> JSONResponse:
        return JSONResponse({"scored": scored, "throttled": throttled})

    return Starlette(routes=[Route("/", call, methods=["POST"]), Route("/", counts, methods=["GET"])])


def main(arguments: Sequence[str]) -> None:
    """Serve until the process is stopped."""
    port, quota_per_s, burst, delay_s = arguments
    bucket = TokenBucket(float(quota_per_s), float(burst))
    uvicorn.run(app(bucket, float(delay_s)), host=LOOPBACK, port=int(port), log_level="warning")


if __name__ == "__main__":
    main(sys.argv[1:])
