"""The hosts that an email may link to or show pictures of."""

import re
from collections.abc import Iterable

ANY = "*"
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
"""A registered name in ASCII: no IP address, no single label such as `localhost`, no port."""
_ENTRY = re.compile(r"\*|\*\.[a-z0-9.-]{3,250}|[a-z0-9.\[\]:-]{1,255}")
_PUNYCODE = "xn--"


class AllowedHosts:
    """A list of hosts: `shop.example`, `*.shop.example` for every host below it, `localhost:8025`, or `*`.

    A port, an IP address, a name without a dot and an internationalised name (homoglyphs look like other
    letters) are allowed only by an entry that says exactly that; `*` stands for every other host.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        listed = [entry.strip().lower() for entry in entries]
        if wrong := next((entry for entry in listed if not _ENTRY.fullmatch(entry)), None):
            raise ValueError(f"found host {wrong!r}, expected one such as shop.example or *.shop.example")
        self._any = ANY in listed
        self._exact = frozenset(listed) - {ANY}
        self._below = tuple(entry[1:] for entry in listed if entry.startswith("*."))

    def allow(self, host: str) -> bool:
        """True for an allowed host; `host` is the whole authority of a URL, with its port if it has one."""
        name = host.lower()
        if name in self._exact:
            return True
        if not _NAME.fullmatch(name) or _PUNYCODE in name:
            return False
        return self._any or name.endswith(self._below)


def below(domain: str) -> tuple[str, ...]:
    """Return the entries for a domain and every host below it."""
    return (domain, f"*.{domain}")
