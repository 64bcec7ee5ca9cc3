"""Which hosts a link may lead to: public ones, whatever way they are written."""

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network

import idna

_MAX_NAME_CHARS = 253
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_TOP_LEVEL = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")
_NUMERIC_END = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
"""Browsers read a name that ends like this as an IPv4 address: WHATWG URL, "ends in a number"."""
_PRIVATE_ENDS = (
    ".local",
    ".localhost",
    ".localdomain",
    ".internal",
    ".intranet",
    ".lan",
    ".home",
    ".corp",
    ".private",
)
_PRIVATE_ARPA = ".arpa"
# Only these addresses of IPv6 are public; those that carry one of IPv4 (6to4, Teredo) may lead anywhere.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_CARRIERS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))


@lru_cache(maxsize=4096)
def public_host(written: str) -> str | None:
    """Return a public host in ASCII (IDNA 2008 with UTS 46), without a final dot; None for any other.

    `written` is the host of a URL, an IPv6 address in brackets. An IPv4 address must have its usual four
    figures: all other spellings only serve to hide it.
    """
    if written.startswith("["):
        return _public_ipv6(written)
    name = _ascii(written.lower())
    if name is None or len(name) > _MAX_NAME_CHARS:
        return None
    if _NUMERIC_END.fullmatch(name):
        return _public_ipv4(name)
    return name if _is_public_name(name) else None


def _ascii(name: str) -> str | None:
    name = name.removesuffix(".")
    if name.isascii() and "xn--" not in name:
        return name
    try:
        return idna.encode(name, uts46=True).decode().removesuffix(".")
    except idna.IDNAError:
        return None


def _is_public_name(name: str) -> bool:
    *labels, top = name.split(".")
    if not labels or name.endswith((*_PRIVATE_ENDS, _PRIVATE_ARPA)):
        return False
    return all(map(_LABEL.fullmatch, labels)) and _TOP_LEVEL.fullmatch(top) is not None


def _public_ipv4(name: str) -> str | None:
    try:
        address = IPv4Address(name)
    except AddressValueError:
        return None
    return name if address.is_global and not address.is_multicast else None


def _public_ipv6(written: str) -> str | None:
    try:
        address = IPv6Address(written.removeprefix("[").removesuffix("]"))
    except AddressValueError:
        return None
    carries = any(address in network for network in _CARRIERS)
    is_public = address in _GLOBAL_UNICAST and address.is_global and not carries and address.scope_id is None
    return f"[{address.compressed}]" if is_public else None
