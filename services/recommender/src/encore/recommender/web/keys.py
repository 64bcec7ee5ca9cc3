"""Who may ask: callers that present a key."""

from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import Scope

from encore.runtime.web.gate import anybody
from encore.runtime.web.problems import ProblemError

BEARER = "bearer "
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Keys:
    """The keys of callers, of which only digests are kept and compared, all of them in constant time."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._digests = [sha256(key.encode()).digest() for key in keys]

    def admit(self, scope: Scope, headers: Headers) -> str:
        """Name the caller, `key-` and a number; raise `ProblemError` for one without a right key.

        Without keys, the host must be a loopback name: a page in a browser of this machine could otherwise
        have its own name lead here (DNS rebinding).
        """
        if not self._digests:
            if _host(headers) not in LOOPBACK_NAMES:
                raise ProblemError(HTTPStatus.MISDIRECTED_REQUEST, "the Host is not a name of this machine's")
            return anybody(scope, headers)
        given = sha256(_presented(headers).encode()).digest()
        if not (found := [n for n, one in enumerate(self._digests, start=1) if compare_digest(given, one)]):
            raise ProblemError(
                HTTPStatus.UNAUTHORIZED,
                "a key is required: X-API-Key, or Authorization: Bearer",
                {"WWW-Authenticate": "Bearer"},
            )
        return f"key-{found[0]}"


def _host(headers: Headers) -> str:
    """Return the name of the host that a request is for, without its port."""
    host = headers.get("host", "")
    return host if host.endswith("]") else host.rsplit(":", 1)[0]


def _presented(headers: Headers) -> str:
    """Return the key of a request: `X-API-Key`, or a bearer token."""
    if key := headers.get("x-api-key", ""):
        return key
    authorization = headers.get("authorization", "")
    is_bearer = authorization[: len(BEARER)].lower() == BEARER
    return authorization[len(BEARER) :].strip() if is_bearer else ""
