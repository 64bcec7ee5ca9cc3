"""Who is at a local console: whoever has opened a one-time address that this machine's user was shown."""

import getpass
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection

from fondly.console.roles import Person, Role

COOKIE = "fondly_console"
TOKEN_S = 600
"""How long a one-time address can be opened."""
SESSION_S = 12 * 3_600
KEY_BYTES = 32
_OPENING, _SESSION = "opening", "session"


def read_key(path: Path) -> bytes:
    """Return the key that signs tokens and sessions, made anew if there is none; only its owner reads it."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(key := secrets.token_bytes(KEY_BYTES))
    return key


def opening_path(key: bytes) -> str:
    """Return the path of a one-time address: `/open/…`."""
    return f"/open/{_signer(key, _OPENING).dumps(secrets.token_hex(8))}"


@dataclass
class LocalSessions:
    """Turns one-time tokens into sessions.

    A token of before this process began is refused, as it forgets which of them were used.
    """

    key: bytes
    began: float = field(default_factory=time.time)
    used: dict[str, float] = field(default_factory=dict)
    """Tokens that were used, until they expire."""

    def open(self, token: str) -> str | None:
        """Return the cookie's value for a token that nobody has used; None for any other."""
        try:
            found, at = _signer(self.key, _OPENING).loads(token, max_age=TOKEN_S, return_timestamp=True)
        except BadSignature:
            return None
        now = time.time()
        self.used = {each: until for each, until in self.used.items() if until > now}
        if found in self.used or at.timestamp() < int(self.began):
            return None
        self.used[found] = now + TOKEN_S
        return str(_signer(self.key, _SESSION).dumps("local"))

    async def person(self, connection: HTTPConnection) -> Person | None:
        """Return who has the cookie of a session: this machine's user, who may do everything."""
        try:
            _signer(self.key, _SESSION).loads(connection.cookies.get(COOKIE, ""), max_age=SESSION_S)
        except BadSignature:
            return None
        return Person.of(local_name(), list(Role))


def local_name() -> str:
    """Return the name of this machine's user; a container's may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"


def _signer(key: bytes, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt=f"fondly-console-{purpose}")
