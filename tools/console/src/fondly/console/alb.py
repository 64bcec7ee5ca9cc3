"""Who asks on AWS: the load balancer signs people in, and tells the task who they are in a signed header.

Its tokens resemble JWTs, but their parts are padded, which libraries for those refuse, and what has to be
checked is in their header: Elastic Load Balancing user guide, "Authenticate users using an Application Load
Balancer", section "User claims encoding and signature verification", as of November 2025.
"""

import asyncio
import json
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry
from starlette.requests import HTTPConnection

from fondly.console.roles import Person, Role
from fondly.runtime.logs import get_logger
from fondly.runtime.web.problems import ProblemError

HEADER = "x-amzn-oidc-data"
ALGORITHM = JWSRegistry.algorithms["ES256"]
KEY_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_KEYS = 16
"""The load balancer changes its key now and then; so many are remembered."""
MOST_BYTES = 4_096
FETCH_S = 5.0
Fetch = Callable[[str], Awaitable[bytes]]
"""Returns what an address answers; raises `TokenError` if there is nothing."""
log = get_logger()


class TokenError(Exception):
    """A token is not one of our load balancer. The message says what is wrong, without what it contains."""


@dataclass(frozen=True)
class Balancer:
    """What the tokens of our load balancer say in their header."""

    signer: str
    """The load balancer's ARN."""
    issuer: str
    client: str

    def check(self, header: Mapping[str, Any], now: float) -> None:
        """Raise `TokenError` if a header is not as our load balancer makes it, or no longer holds."""
        ours = {"alg": ALGORITHM.name, "signer": self.signer, "iss": self.issuer, "client": self.client}
        for name, value in ours.items():
            if header.get(name) != value:
                raise TokenError(f"{name} is another")
        until = header.get("exp")
        if not isinstance(until, int | float) or until <= now:
            raise TokenError("exp has passed")
        if not KEY_ID.fullmatch(str(header.get("kid"))):
            raise TokenError("kid names no key")


async def fetched(url: str) -> bytes:
    """Return what an address answers, at most `MOST_BYTES`."""
    timeout = ClientTimeout(total=FETCH_S)
    try:
        async with ClientSession(timeout=timeout) as web, web.get(url, allow_redirects=False) as reply:
            if reply.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
                raise TokenError("kid is of no key of this region")
            reply.raise_for_status()
            return await reply.content.read(MOST_BYTES)
    except (ClientError, TimeoutError) as error:
        log.warning("public_key_not_fetched", error=type(error).__name__)
        detail = "the load balancer's public key cannot be read"
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail) from error


class PublicKeys:
    """The public keys of a region's load balancers, by their ids. Each is fetched once."""

    def __init__(self, region: str, fetch: Fetch = fetched) -> None:
        self._url = f"https://public-keys.auth.elb.{region}.amazonaws.com/"
        self._fetch = fetch
        self._known: OrderedDict[str, ECKey] = OrderedDict()
        self._lock = asyncio.Lock()

    async def get(self, key_id: str) -> ECKey:
        """Return a key; raise `TokenError` if the region has none of this id."""
        async with self._lock:
            if (key := self._known.get(key_id)) is None:
                try:
                    key = ECKey.import_key(await self._fetch(self._url + key_id))
                    ALGORITHM.check_key(key)
                except (JoseError, ValueError) as error:
                    raise TokenError("kid is of another kind of key") from error
                self._known[key_id] = key
            self._known.move_to_end(key_id)
            if len(self._known) > MOST_KEYS:
                self._known.popitem(last=False)
            return key


async def claims_of(token: str, balancer: Balancer, keys: PublicKeys, now: float) -> dict[str, Any]:
    """Return what a token says of a person; raise `TokenError` unless our load balancer has signed it."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        raise TokenError("expected three parts")
    header, claims, signature = map(_decoded, parts)
    named = _object(header)
    balancer.check(named, now)
    key = await keys.get(named["kid"])
    if not ALGORITHM.verify(f"{parts[0]}.{parts[1]}".encode(), signature, key):
        raise TokenError("the signature is another")
    return _object(claims)


@dataclass(frozen=True)
class SignedIn:
    """Knows people by what the load balancer says of them."""

    balancer: Balancer
    keys: PublicKeys
    claim: str
    """The claim with a person's groups."""
    roles: Mapping[str, Role]
    """The role of each group; who is in none of them may do nothing."""
    clock: Callable[[], float] = time.time

    async def person(self, connection: HTTPConnection) -> Person | None:
        """Return who asks; None if the load balancer has not said it, as for programs with tokens of ours."""
        token = connection.headers.get(HEADER)
        if not token or "authorization" in connection.headers:
            return None
        try:
            claims = await claims_of(token, self.balancer, self.keys, self.clock())
        except TokenError as error:
            log.warning("sign_in_refused", reason=str(error))
            return None
        return Person.of(
            _name(claims),
            [self.roles[each] for each in _groups(claims.get(self.claim)) if each in self.roles],
        )


def _name(claims: Mapping[str, Any]) -> str:
    """The address, if it is known to be the person's own: anybody may claim another's."""
    verified = claims.get("email_verified") in {True, "true"}
    return str((verified and claims.get("email")) or claims["sub"])


def _groups(claim: object) -> list[str]:
    """The groups in a claim: a list or, of what a user pool tells of another issuer, `[a, b]` as text."""
    listed = claim if isinstance(claim, list) else str(claim or "").strip("[]").split(",")
    return [str(each).strip() for each in listed]


def _decoded(part: str) -> bytes:
    """The bytes of a part, in the only way to write them: other padding would make another token of it."""
    try:
        found = urlsafe_b64decode(part)
    except ValueError as error:
        raise TokenError("expected base64url") from error
    if urlsafe_b64encode(found) != part.encode():
        raise TokenError("expected base64url with its padding, and nothing else")
    return found


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise TokenError("expected JSON") from error
    if not isinstance(found, dict):
        raise TokenError("expected an object")
    return found
