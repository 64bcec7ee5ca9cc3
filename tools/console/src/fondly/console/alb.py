"""Who asks on AWS: the load balancer signs people in, and tells the task who they are in a signed header.

Its tokens resemble JWTs, but their parts are padded, which libraries for those refuse, and what has to be
checked is in their header: Elastic Load Balancing user guide, "Authenticate users using an Application Load
Balancer", section "User claims encoding and signature verification", as of November 2025.
"""

import asyncio
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

from aiohttp import ClientError, ClientSession, ClientTimeout
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry
from pydantic import BaseModel, TypeAdapter
from starlette.requests import HTTPConnection

from fondly.console.roles import Person, Role
from fondly.runtime.logs import get_logger
from fondly.runtime.web.problems import ProblemError

HEADER = "x-amzn-oidc-data"
ALGORITHM = JWSRegistry.algorithms["ES256"]
MOST_KEYS = 16
"""The load balancer changes its key now and then; so many are remembered."""
MOST_BYTES = 4_096
FETCH_S = 5.0
log = get_logger()


class TokenError(ValueError):
    """A token is not one of our load balancer. The message says what is wrong, without what it contains."""


class _Header(BaseModel, strict=True):
    alg: Literal["ES256"]
    kid: UUID
    signer: str
    iss: str
    client: str
    exp: float


_CLAIMS = TypeAdapter(dict[str, Any])


async def fetched(url: str) -> bytes:
    """Return what an address answers, at most `MOST_BYTES`; raise `TokenError` if there is nothing."""
    timeout = ClientTimeout(total=FETCH_S)
    try:
        async with ClientSession(timeout=timeout) as web, web.get(url, allow_redirects=False) as reply:
            if reply.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
                raise TokenError("kid is of no key of this region")
            reply.raise_for_status()
            return await reply.content.read(MOST_BYTES)
    except (ClientError, TimeoutError) as error:
        detail = "the load balancer's public key cannot be read"
        raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail) from error


class PublicKeys:
    """The public keys of a region's load balancers, by their ids. Each is fetched once."""

    def __init__(self, region: str, fetch: Callable[[str], Awaitable[bytes]] = fetched) -> None:
        self._url = f"https://public-keys.auth.elb.{region}.amazonaws.com/"
        self._fetch = fetch
        self._known: OrderedDict[str, ECKey] = OrderedDict()
        self._lock = asyncio.Lock()

    async def get(self, key_id: str) -> ECKey:
        """Return a key; raise `TokenError` if the region has none of this id."""
        async with self._lock:
            if key_id not in self._known:
                self._known[key_id] = await self._key(key_id)
            self._known.move_to_end(key_id)
            if len(self._known) > MOST_KEYS:
                self._known.popitem(last=False)
            return self._known[key_id]

    async def _key(self, key_id: str) -> ECKey:
        try:
            key = ECKey.import_key(await self._fetch(self._url + key_id))
            ALGORITHM.check_key(key)
        except (JoseError, ValueError) as error:
            raise TokenError("kid is of another kind of key") from error
        return key


@dataclass(frozen=True)
class SignedIn:
    """Knows people by what our load balancer says of them."""

    ours: Mapping[str, str]
    """What its tokens have in their header: `signer`, its ARN, `iss` and `client`."""
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
            claims = await self._claims(token.split("."))
        except ValueError as error:
            reason = str(error) if isinstance(error, TokenError) else "it is no token of a load balancer"
            log.warning("sign_in_refused", reason=reason)
            return None
        groups = _groups(claims.get(self.claim))
        return Person.of(_name(claims), [self.roles[each] for each in groups if each in self.roles])

    async def _claims(self, parts: list[str]) -> dict[str, Any]:
        """Return what a token claims; raise `ValueError` for one that is not ours, or is none."""
        header, claims, signature = map(_decoded, parts)
        said = _Header.model_validate_json(header)
        for name, value in self.ours.items():
            if getattr(said, name) != value:
                raise TokenError(f"{name} is another")
        if said.exp <= self.clock():
            raise TokenError("exp has passed")
        key = await self.keys.get(str(said.kid))
        if not ALGORITHM.verify(f"{parts[0]}.{parts[1]}".encode(), signature, key):
            raise TokenError("the signature is another")
        return _CLAIMS.validate_json(claims)


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
    found = urlsafe_b64decode(part)
    if urlsafe_b64encode(found) != part.encode():
        raise TokenError("expected base64url with its padding, and nothing else")
    return found
