"""Sends the requests of a recording again, and compares the responses with those that were recorded."""

from __future__ import annotations

import json
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

import urllib3

from understudy.conform.check import Difference
from understudy.conform.exchange import parsed
from understudy.conform.sanitising import DATE, NUMBER, REPEATED, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from understudy.conform.exchange import Exchange, Json

_PLACEHOLDER = re.compile(r"\$\{([a-z]+(?:-\d+)?)\}")
_POLL_S = 0.02
_KINDS: dict[str, Callable[[Json], bool]] = {
    DATE: lambda value: isinstance(value, int | float | str),
    NUMBER: lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    TEXT: lambda value: isinstance(value, str),
}


@dataclass(frozen=True, slots=True)
class Replayed:
    """One exchange, and what was different about its response this time."""

    exchange: Exchange
    differences: Sequence[Difference]


@dataclass(slots=True)
class Replayer:
    """Talks to an endpoint without any SDK; `values` are what placeholders stand for, more are learnt.

    A request that a client would repeat is repeated until the response is right, for `timeout_s`.
    """

    endpoint_url: str
    values: dict[str, str]
    timeout_s: float = 10.0
    _http: urllib3.PoolManager = field(default_factory=urllib3.PoolManager)

    def replay(self, exchanges: Iterable[Exchange]) -> Iterator[Replayed]:
        """Yield every exchange with its differences."""
        for exchange in exchanges:
            yield Replayed(exchange, self._replay(exchange))

    def _replay(self, exchange: Exchange) -> Sequence[Difference]:
        deadline = time.monotonic() + self.timeout_s
        while True:
            before = dict(self.values)
            differences = list(self._ask(exchange))
            if not differences or not exchange.repeats or time.monotonic() > deadline:
                return differences
            self.values = before
            time.sleep(_POLL_S)

    def _ask(self, exchange: Exchange) -> Iterator[Difference]:
        body = None if exchange.request is None else self._filled(exchange.request)
        headers = {"Content-Type": exchange.content_type, "X-Amz-Target": exchange.target}
        response = self._http.request(
            exchange.method,
            self.endpoint_url + self._text(exchange.path, quoted=True),
            body=body if body is None or isinstance(body, str) else json.dumps(body),
            headers={name: value for name, value in headers.items() if value},
            redirect=False,
            retries=False,
        )
        error_type = response.headers.get("x-amzn-ErrorType", "").partition(":")[0] or None
        yield from self._compared("status", exchange.status, response.status)
        yield from self._compared("x-amzn-ErrorType", exchange.error_type, error_type)
        yield from self._compared(
            "Content-Type", exchange.response_type, response.headers.get("Content-Type")
        )
        yield from self._compared("body", exchange.response, parsed(response.data))

    def _filled(self, value: Json) -> Json:
        """Return a recorded value with placeholders replaced by what they stand for."""
        if isinstance(value, dict):
            return {self._text(name): self._filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str, *, quoted: bool = False) -> str:
        repeated = REPEATED.fullmatch(text)
        if repeated is not None:
            return repeated[2] * int(repeated[1])

        def value(match: re.Match[str]) -> str:
            known = self.values.setdefault(match[1], str(uuid.uuid4()))
            return quote(known, safe="") if quoted else known

        return _PLACEHOLDER.sub(value, text)

    def _compared(self, where: str, recorded: Json, found: Json) -> Iterator[Difference]:
        if isinstance(recorded, dict) and isinstance(found, dict):
            for name in sorted({*recorded, *found}):
                yield from self._compared(f"{where}.{name}", recorded.get(name), found.get(name))
        elif isinstance(recorded, list) and isinstance(found, list) and len(recorded) == len(found):
            for number, pair in enumerate(zip(recorded, found, strict=True)):
                yield from self._compared(f"{where}.{number}", *pair)
        elif not self._fits(recorded, found):
            yield Difference(where, json.dumps(self._filled(recorded)), json.dumps(found))

    def _fits(self, recorded: Json, found: Json) -> bool:
        if isinstance(recorded, str) and recorded in _KINDS:
            return _KINDS[recorded](found)
        if not isinstance(recorded, str) or not isinstance(found, str):
            return bool(recorded == found)
        return self._learns(recorded, found)

    def _learns(self, recorded: str, found: str) -> bool:
        """Return whether a text fits a recorded one, and learn what new placeholders in it stand for."""
        pattern, new = "", []
        for part in re.split(r"(\$\{id-\d+\})", recorded):
            name = part[2:-1]
            if _PLACEHOLDER.fullmatch(part) and name not in self.values and name not in new:
                pattern += r"([\w-]+)"
                new.append(name)
            else:
                pattern += re.escape(self._text(part))
        match = re.fullmatch(pattern, found)
        if match is None:
            return False
        self.values.update(zip(new, match.groups(), strict=True))
        return True
