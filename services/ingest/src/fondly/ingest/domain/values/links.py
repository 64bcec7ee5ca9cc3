"""Reads links and addresses of pictures: an email leads nowhere but to public web sites."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Self
from urllib.parse import quote

from fondly.ingest.domain.errors import UnreadableError
from fondly.ingest.domain.values.hosts import public_host

MAX_URL_CHARS = 2048
ALLOWED = "a URL of an allowed host"
"""What is expected where a link leads elsewhere."""
_PORTS = {"http": "80", "https": "443"}
# A backslash is a slash to browsers, and signs of markup have no business in a URL.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<user>[^/?#\\@]*@)?(?P<host>\[[^\]/?#@]*\]|[^/?#\\@:\[\]]+)(?::(?P<port>[0-9]*))?"
    r"(?P<rest>(?:[/?#][^\s\\<>\"]*)?)",
    re.IGNORECASE,
)
_UNRESERVED = "%/:?#[]@!$&'()*+,;=~`{}|^"
_ANY = "*"
_AUTHORITY = re.compile(r"[a-z0-9.-]{1,253}(?::[0-9]{1,5})?|\[[0-9a-f:.]{2,45}\](?::[0-9]{1,5})?")


@dataclass(frozen=True)
class LinkPolicy:
    """The hosts that links may lead to.

    `shop.example` is one public host, `*.shop.example` every host below it, `*` every public host, which no
    entry at all means as well. What no link may lead to otherwise, such as `localhost:8025`, is allowed by an
    entry that says exactly that. `ValueError` for any other entry.
    """

    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for entry in self.hosts:
            if not _is_entry(entry):
                raise ValueError(f"found host {entry!r}, expected one such as shop.example or *.shop.example")

    @classmethod
    def of(cls, hosts: str) -> Self:
        """Return the policy of hosts that are separated by commas."""
        return cls(tuple(entry for host in hosts.split(",") if (entry := host.strip())))

    def allows(self, host: str) -> bool:
        """True for an allowed public host, in ASCII."""
        return self._allows_any or host in self._public or host.endswith(self._below)

    def names(self, authority: str) -> bool:
        """True for a host, with its port if it has one, that an entry allows though it is not public."""
        return authority in self._exact

    @cached_property
    def _allows_any(self) -> bool:
        return not self.hosts or _ANY in self.hosts

    @cached_property
    def _below(self) -> tuple[str, ...]:
        return tuple(f".{public_host(entry[2:])}" for entry in self.hosts if entry.startswith("*."))

    @cached_property
    def _public(self) -> frozenset[str]:
        return frozenset(host for entry in self.hosts if (host := public_host(entry)))

    @cached_property
    def _exact(self) -> frozenset[str]:
        return frozenset(entry.lower() for entry in self.hosts if _is_authority(entry)) - self._public


def read_url(text: str, policy: LinkPolicy) -> str:
    """Read a URL of http or https that leads to a host the policy allows; write it in ASCII."""
    found = _URL.fullmatch(text)
    if found is None or not text.isprintable():
        raise UnreadableError("an http or https URL", text)
    if len(text) > MAX_URL_CHARS:
        raise UnreadableError(f"a URL of at most {MAX_URL_CHARS:,} characters", text)
    scheme, user, host, port, rest = found.group("scheme", "user", "host", "port", "rest")
    if user:
        without_password = re.sub(r"//[^/?#@]*@", "//…@", text, count=1)  # which must not get into a report
        raise UnreadableError("a URL without a user or password", without_password)
    authority = host.lower() if port is None else f"{host.lower()}:{port}"
    if not policy.names(authority):
        authority = _public_authority(scheme.lower(), host, port, policy, text)
    return f"{scheme.lower()}://{authority}{rest if rest.isascii() else quote(rest, safe=_UNRESERVED)}"


def _public_authority(scheme: str, written: str, port: str | None, policy: LinkPolicy, text: str) -> str:
    """Return the host in ASCII, with its port unless that is the scheme's own."""
    if port is not None and port not in _PORTS.values():
        raise UnreadableError("a URL without a port, or with port 80 or 443", text)
    host = public_host(written)
    if host is None:
        raise UnreadableError("a URL of a public host", text)
    if not policy.allows(host):
        raise UnreadableError(ALLOWED, text)
    return host if port in {None, _PORTS[scheme]} else f"{host}:{port}"


def _is_entry(entry: str) -> bool:
    if entry == _ANY:
        return True
    if entry.startswith("*."):
        return public_host(entry[2:]) is not None
    return public_host(entry) is not None or _is_authority(entry)


def _is_authority(entry: str) -> bool:
    return _AUTHORITY.fullmatch(entry.lower()) is not None
