"""Prompt caching: which part of a prompt a model has read before, and which it keeps."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.bedrock.request import Usage

if TYPE_CHECKING:
    from understudy.bedrock.request import CacheTtl, ModelRequest
    from understudy.disturbance import Clock

_TTL_S: dict[CacheTtl, float] = {"5m": 300.0, "1h": 3_600.0}
_PURGE_FROM = 10_000


@dataclass(frozen=True, slots=True)
class _Prefix:
    """The prompt up to the end of a block."""

    digest: bytes
    tokens: int
    ttl: CacheTtl | None


class PromptCache:
    """Keeps hashes of prompts, by model and exact text, for five minutes or an hour after their last use."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._expiry: dict[bytes, float] = {}

    def __len__(self) -> int:
        """Return how many prompts are kept."""
        return len(self._expiry)

    def use(self, request: ModelRequest) -> Usage:
        """Return the input tokens of a request: read from the cache, written to it, and neither.

        The longest known prefix before the last cache point is read; what lies between it and the cache
        points after it is written. Cache points below the model's minimum have no effect.
        """
        prefixes = _prefixes(request)
        points = _points(prefixes, request)
        if not points:
            return Usage(input=request.input_tokens)
        now = self._clock()
        self._purge(now)
        known = [each for each in prefixes if self._expiry.get(each.digest, now) > now]
        read = max((each.tokens for each in known if each.tokens <= points[-1].tokens), default=0)
        for point in points:
            self._expiry[point.digest] = now + _TTL_S[point.ttl or "5m"]
        return _usage(request, read, points)

    def _purge(self, now: float) -> None:
        if len(self._expiry) > _PURGE_FROM:
            self._expiry = {each: expiry for each, expiry in self._expiry.items() if expiry > now}


def _prefixes(request: ModelRequest) -> list[_Prefix]:
    schema = request.schema or ""
    digest, chars = hashlib.sha256(_bytes(f"{request.model.id}\0{schema}")), len(schema)
    found = []
    for role, block in request.blocks:
        digest.update(_bytes(f"\0{role}\0{block.text}"))
        chars += len(block.text)
        found.append(_Prefix(digest.digest(), request.model.tokens(chars), block.cache_ttl))
    return found


def _bytes(text: str) -> bytes:
    """Encode a text, which JSON may give halves of characters."""
    return text.encode(errors="surrogatepass")


def _points(prefixes: list[_Prefix], request: ModelRequest) -> list[_Prefix]:
    minimum = request.model.features.cache_min_tokens
    if minimum is None:
        return []
    return [each for each in prefixes if each.ttl and each.tokens >= minimum]


def _usage(request: ModelRequest, read: int, points: list[_Prefix]) -> Usage:
    end, for_an_hour = read, 0
    for point in points:
        if point.tokens > end:
            for_an_hour += point.tokens - end if point.ttl == "1h" else 0
            end = point.tokens
    return Usage(
        input=request.input_tokens - end, cache_read=read, cache_write=end - read, cache_write_1h=for_an_hour
    )
