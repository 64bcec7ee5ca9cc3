"""One request of a webhook: signed, to nowhere but public addresses, and short.

Headers and signature are those of Standard Webhooks 1.0.0 ("Webhook headers", "Signature scheme", read
1 December 2026): `v1,` and the HMAC-SHA256 of id, timestamp and body.
"""

import hmac
import socket
import time
from base64 import b64decode, b64encode
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

from fondly.operations.errors import OperationError
from fondly.runtime.hosts import is_loopback

TIMEOUT = ClientTimeout(total=15)
NAT64 = IPv6Network("64:ff9b::/32")
"""Addresses that lead to IPv4 addresses, private ones among them."""


def checked_url(url: str, *, loopback: bool) -> str:
    """Return an address that may be told of events; raise `OperationError` for another."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_local = loopback and is_loopback(host)
    if not is_local and (parts.scheme != "https" or not host or "@" in parts.netloc or _is_private(host)):
        raise OperationError("found another address, expected https://… at a public host, without a password")
    return url


async def post(url: str, *, message_id: str, body: bytes, secret: str, loopback: bool) -> int | None:
    """Send a body once, and return the status of the answer; None if none came in time.

    What a name stands for is looked up once, and only public addresses are connected to, so that no name
    leads into the network that this runs in. Redirects are not followed.
    """
    checked_url(url, loopback=loopback)
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(message_id, timestamp, body, secret),
    }
    connector = TCPConnector(resolver=PublicAddresses(loopback=loopback))
    try:
        async with (
            ClientSession(connector=connector, timeout=TIMEOUT) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status
    except (ClientError, OSError, TimeoutError, ValueError):
        return None


def signature(message_id: str, timestamp: str, body: bytes, secret: str) -> str:
    """Return the signature of a request."""
    key = b64decode(secret.partition("_")[2])
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, sha256)
    return f"v1,{b64encode(signed).decode()}"


class PublicAddresses(AbstractResolver):
    """Finds the addresses of a host; raises `OSError` if one of them is not public."""

    def __init__(self, *, loopback: bool) -> None:
        self._loopback = loopback
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host."""
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            if _is_private(each["host"]) and not (self._loopback and is_loopback(each["host"])):
                raise OSError("the host has an address that is not public")
        return found

    async def close(self) -> None:
        """Close what looks names up."""
        await self._resolver.close()


def _is_private(host: str) -> bool:
    """Whether a host is an address that is not public, or one that others may read so; a name is none yet."""
    try:
        found: IPv4Address | IPv6Address = ip_address(host.partition("%")[0])
    except ValueError:  # aiohttp looks up no host that is all digits and dots, as some write addresses
        return is_loopback(host) or not host.isascii() or ":" in host or host.replace(".", "").isdigit()
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return not found.is_global or found.is_multicast or found in NAT64
