"""Who may ask: callers that present a key."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from hmac import compare_digest

BEARER = "bearer "


class Keys:
    """The keys of callers, of which only digests are kept and compared, all of them in constant time."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._digests = [sha256(key.encode()).digest() for key in keys]

    @property
    def are_required(self) -> bool:
        """False where everybody who can reach the port may ask."""
        return bool(self._digests)

    def caller(self, headers: Mapping[str, str]) -> str | None:
        """Return a name for whoever presents a key, `key-` and its number; None if it is not one of ours."""
        given = sha256(_presented(headers).encode()).digest()
        found = None
        for number, digest in enumerate(self._digests, start=1):
            if compare_digest(given, digest):
                found = f"key-{number}"
        return found


def _presented(headers: Mapping[str, str]) -> str:
    """Return the key of a request: `X-API-Key`, or a bearer token."""
    if key := headers.get("x-api-key", ""):
        return key
    authorization = headers.get("authorization", "")
    is_bearer = authorization[: len(BEARER)].lower() == BEARER
    return authorization[len(BEARER) :].strip() if is_bearer else ""
