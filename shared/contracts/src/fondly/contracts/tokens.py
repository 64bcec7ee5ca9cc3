"""Signed tokens of links: they name a customer, serve one purpose, and never expire.

A token is the customer id and an HMAC-SHA256 of purpose and id, so no table of tokens is needed. Keys that
were used before still verify: links in emails of last year have to work.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from hashlib import sha256

SIGNATURE_BYTES = 16
UNSUBSCRIBE = "unsubscribe:"
"""The purpose of the token in unsubscribe links."""
TEST_TOKEN = "test"  # noqa: S105 - stands in test emails instead of a token, and changes nothing
MAX_TOKEN_CHARS = 1_400
"""More than the token of any id has: 256 characters of four bytes make 1,389."""


def sign(key: bytes, purpose: str, customer_id: str) -> str:
    """Return a customer's token for a purpose, which only an owner of the key can make."""
    identity = customer_id.encode("utf-8", "replace")
    return f"{_text(identity)}.{_text(_signature(key, purpose, identity))}"


def verify(keys: Iterable[bytes], purpose: str, token: str) -> str | None:
    """Return the customer id that a token names if one of the keys has signed it for this purpose."""
    if len(token) > MAX_TOKEN_CHARS or token.count(".") != 1:
        return None
    try:
        identity, signature = map(_bytes, token.split("."))
        customer_id = identity.decode()
    except (Base64Error, ValueError):
        return None
    signed = [hmac.compare_digest(signature, _signature(key, purpose, identity)) for key in keys]
    return customer_id if any(signed) else None


def _signature(key: bytes, purpose: str, identity: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + identity, sha256)[:SIGNATURE_BYTES]


def _text(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def _bytes(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
