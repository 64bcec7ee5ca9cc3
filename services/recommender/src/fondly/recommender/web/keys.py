"""Who may ask: callers that present a key."""

from collections.abc import Sequence
from hashlib import sha256
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import Scope

from fondly.runtime.web.gate import Admit, anybody
from fondly.runtime.web.problems import ProblemError

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


def admitting(keys: Sequence[str]) -> Admit:
    """Return what names a caller, `key-` and a number, and refuses one without a right key.

    Keys are looked up by digest: how long that takes says nothing of them. Without keys, the host must be a
    loopback name: a page in a browser of this machine could have its own name lead here (DNS rebinding).
    """
    callers = {_digest(key): f"key-{number}" for number, key in enumerate(keys, start=1)}

    def admit(scope: Scope, headers: Headers) -> str:
        if not callers:
            host = headers.get("host", "")
            if (host if host.endswith("]") else host.rsplit(":", 1)[0]) not in LOOPBACK_NAMES:
                raise ProblemError(HTTPStatus.MISDIRECTED_REQUEST, "the Host is not a name of this machine's")
            return anybody(scope, headers)
        caller = callers.get(_digest(headers.get("x-api-key", "")))
        if caller is None:
            challenge = {"WWW-Authenticate": "X-API-Key"}
            raise ProblemError(HTTPStatus.UNAUTHORIZED, "a key is required: X-API-Key", challenge)
        return caller

    return admit


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()
