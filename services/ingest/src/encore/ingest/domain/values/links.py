"""Reads links and addresses of pictures: an email leads nowhere but to public web sites."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from encore.ingest.domain.errors import UnreadableError
from encore.ingest.domain.values.hosts import public_host

MAX_URL_CHARS = 2048
_PORTS = {"http": "80", "https": "443"}
# A backslash is a slash to browsers, and signs of markup have no business in a URL.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<user>[^/?#\\@]*@)?(?P<host>\[[^\]/?#@]*\]|[^/?#\\@:\[\]]+)(?::(?P<port>[0-9]*))?"
    r"(?P<rest>(?:[/?#][^\s\\<>\"]*)?)",
    re.IGNORECASE,
)
_UNRESERVED = "%/:?#[]@!$&'()*+,;=~`{}|^"
_PATTERN = re.compile(r"(?:\*\.)?[^*\s/:@]{1,253}")


@dataclass(frozen=True)
class LinkPolicy:
    """The hosts that links may lead to: `shop.example`, or `*.shop.example` for every host below it.

    No pattern at all allows every public host.
    """

    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for pattern in self.hosts:
            if not _PATTERN.fullmatch(pattern) or public_host(pattern.removeprefix("*.")) is None:
                raise ValueError(f"found host {pattern!r}, expected a public one such as shop.example")

    def allows(self, host: str) -> bool:
        """True for an allowed host; `host` is in ASCII."""
        return not self.hosts or any(_matches(host, pattern) for pattern in self.hosts)


def read_url(text: str, policy: LinkPolicy) -> str:
    """Read a URL of http or https that leads to a public host the policy allows; write it in ASCII."""
    found = _URL.fullmatch(text)
    if found is None or not text.isprintable():
        raise UnreadableError("an http or https URL", text)
    if len(text) > MAX_URL_CHARS:
        raise UnreadableError(f"a URL of at most {MAX_URL_CHARS:,} characters", text)
    scheme, user, written, port, rest = found.group("scheme", "user", "host", "port", "rest")
    if user:
        raise UnreadableError("a URL without a user or password", _without_user(text))
    if port is not None and port not in _PORTS.values():
        raise UnreadableError("a URL without a port, or with port 80 or 443", text)
    host = _allowed(written, policy, text)
    return _assembled(scheme.lower(), host, port, rest)


def _allowed(written: str, policy: LinkPolicy, text: str) -> str:
    host = public_host(written)
    if host is None:
        raise UnreadableError("a URL of a public host", text)
    if not policy.allows(host):
        raise UnreadableError("a URL of an allowed host", text)
    return host


def _assembled(scheme: str, host: str, port: str | None, rest: str) -> str:
    shown_port = "" if port is None or port == _PORTS[scheme] else f":{port}"
    shown_rest = rest if rest.isascii() else quote(rest, safe=_UNRESERVED)
    return f"{scheme}://{host}{shown_port}{shown_rest}"


def _without_user(text: str) -> str:
    """Return the URL without its password, which must not get into a report."""
    return re.sub(r"//[^/?#@]*@", "//…@", text, count=1)


def _matches(host: str, pattern: str) -> bool:
    name = public_host(pattern.removeprefix("*."))
    return name is not None and (host.endswith(f".{name}") if pattern.startswith("*.") else host == name)
