"""Guesses what a shop would say of itself, from its files and from the machine, each with why.

Only what the files themselves prove is taken unasked; everything else is for somebody to confirm.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies

from fondly.ingest.adapters.tables import open_table
from fondly.ingest.domain.csv_records import CSVRecord
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.fields import FIELDS
from fondly.ingest.domain.formats.layout import UnrecognisedError
from fondly.ingest.domain.formats.recognise import recognise
from fondly.ingest.domain.values.currencies import currencies_called
from fondly.mailer.domain.language import UnknownLanguageError, language
from fondly.mailer.domain.locales import languages
from fondly.mailer.domain.message.hosts import AllowedHosts, below
from fondly.operations.check.link_hosts import usual
from fondly.operations.formatting import count
from fondly.operations.shop.file import problem_of
from fondly.operations.shop.rendering import hosts_of

SAMPLED_ROWS = 1_000
MAX_BYTES = 2**32
LOCALES = {"INR": "en_IN", "EUR": "de_DE", "GBP": "en_GB", "USD": "en_US", "CHF": "de_CH"}
"""The likeliest locale with a language of ours for a currency."""
DEFAULT_LOCALE = "en_US"
PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)$", re.IGNORECASE)
MAX_ZONES = 2
"""In countries with more time zones, which one cannot be guessed."""
_PRICE = re.compile(
    r"(?P<before>[^\d\s.,'-]{1,4})?[.\s]?\d[\d.,'/\s-]*?\s?(?P<after>[^\d\s.,'-]{1,4})?", re.ASCII
)
GENERIC_LABELS = {"shop", "store"}
TERRITORIES = {"uk": "GB"}
"""Of top-level domains that are no code of a country."""
_LOCALTIME = Path("/etc/localtime")


class Guess(NamedTuple):
    """What somebody would say, and why; `is_proven` if the files leave no doubt."""

    value: object
    why: str
    is_proven: bool = False


def guess(files: Sequence[Path], environment: Mapping[str, str], locale: str = "") -> dict[str, Guess]:
    """Return guesses by key, `shop.currency`, as far as possible; `locale` was answered before."""
    seen = _Seen(files)
    spoken = Guess(locale, "the answer") if locale else _locale(seen, environment)
    home = str(spoken.value)
    guessed = {
        "shop.currency": seen.currency or Guess(_currency(home), f"the currency of {home}"),
        "shop.locale": spoken,
        "shop.time_zone": _time_zone(home, environment),
        "hosts.links": _hosts(seen.links, "links"),
        "hosts.pictures": _hosts(seen.pictures, "pictures"),
        **_brand(seen.links),
    }
    return {key: found for key, found in guessed.items() if found.value}


def suggestions(data: Path | None, *, locale: str) -> dict[str, Guess]:
    """Return what can be guessed from a file or a folder, and from the machine, as far as it can be used."""
    files = sorted(data.iterdir()) if data and data.is_dir() else filter(None, [data])
    guessed = guess([file for file in files if file.is_file()], os.environ, locale)
    return {key: found for key, found in guessed.items() if not problem_of(key, found.value)}


def guess_from_url(url: str) -> Mapping[str, Guess]:
    """Return what follows from the shop's address; nothing without one."""
    if not url:
        return {}
    hosts = list(hosts_of(url))
    return {
        "brand.from_address": Guess(f"hello@{hosts[0]}", "a usual address at the shop's"),
        "hosts.links": Guess(hosts, "the shop's address, and what is below it"),
    }


class _Seen:
    """What the cells of the first rows name: hosts and currencies."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.links, self.pictures = Counter[str](), Counter[str]()
        self._codes, self._shared = Counter[str](), Counter[str]()
        for cell, is_money in (cell for file in files for cell in _cells(file)):
            if cell.startswith(("https://", "http://")):
                host, path = _parts(cell)
                (self.pictures if PICTURE.search(path) else self.links)[host] += 1
            elif is_money and (price := _PRICE.fullmatch(cell)):
                self._count(price["before"] or price["after"] or "")

    def _count(self, mark: str) -> None:
        called = currencies_called(mark, "") if mark else ()
        if len(called) == 1:
            self._codes[called[0]] += 1
        elif called:
            self._shared[mark] += 1

    @property
    def currency(self) -> Guess | None:
        """The currency of most prices, proven if all name it; of a symbol that several share, the first."""
        total = self._codes.total() + self._shared.total()
        if self._codes:
            [(code, prices)] = self._codes.most_common(1)
            said = f"{count(prices)} of {count(total)} prices say so"
            agree = all(code in currencies_called(mark, "") for mark in self._shared)
            return Guess(code, said, is_proven=agree and len(self._codes) == 1)
        if self._shared:
            [(mark, prices)] = self._shared.most_common(1)
            several = currencies_called(mark, "")
            said = f"{mark} in {count(prices)} of {count(total)} prices may be {', '.join(several[:4])}"
            paid = (code for host in _common(self.links) for code in get_territory_currencies(_country(host)))
            return Guess(next((code for code in paid if code in several), several[0]), said)
        return None


def _cells(file: Path) -> Iterator[tuple[str, bool]]:
    """The cells of the first rows of a table, as ingest reads them, and whether they are of money."""
    with suppress(OSError, FileError), open_table(file, max_bytes=MAX_BYTES) as table:
        money = _money(table.header(), file.name)
        for row in islice(table, SAMPLED_ROWS):
            if isinstance(row, CSVRecord):
                yield from ((cell.strip(), at in money) for at, cell in enumerate(row.cells))


def _money(header: list[str], name: str) -> set[int]:
    """The positions of the columns of prices; elsewhere `R12` is no amount in rand."""
    try:
        layout = recognise(header, file=name)
    except UnrecognisedError as error:
        layout = error.layout
    fields = FIELDS[layout.kind]
    return {at for field, at in layout.indexes.items() if field in fields and fields[field].reads == "money"}


def _parts(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.netloc.lower(), parts.path


def _hosts(hosts: Counter[str], what: str) -> Guess:
    """The hosts of most links or pictures: the shop's file has the last word on where emails may lead."""
    listed = _common(hosts)
    led = sum(hosts[host] for host in listed)
    return Guess(listed, f"{count(led)} of {count(hosts.total())} {what} lead there", is_proven=bool(listed))


def _common(hosts: Counter[str]) -> list[str]:
    return list(filter(AllowedHosts("*").allow, usual(hosts)))


def _brand(links: Counter[str]) -> dict[str, Guess]:
    """A name and addresses, of a shop whose links lead to one place."""
    hosts = _common(links)
    if len(hosts) != 1:
        return {}
    domain = hosts[0].removeprefix("www.")
    led = _hosts(links, "links").why
    return {
        "shop.url": Guess(f"https://{hosts[0]}", led, is_proven=True),
        "hosts.links": Guess(list(below(domain)), led, is_proven=True),
        "brand.name": Guess(_name(domain), "the shop's address"),
        "brand.from_address": Guess(f"hello@{domain}", "a usual address at the shop's"),
    }


def _name(domain: str) -> str:
    """`Tee und mehr` for `tee-und-mehr.example` and for `shop.tee-und-mehr.example`."""
    *labels, _ = domain.split(".")
    telling = [label for label in labels if label not in GENERIC_LABELS]
    return next(iter(telling or labels)).replace("-", " ").capitalize()


def _locale(seen: _Seen, environment: Mapping[str, str]) -> Guess:
    """That of the country where links lead; the machine's, if its currency is that of prices; else theirs."""
    for host in _common(seen.links):
        if found := _of_country(_country(host)):
            return Guess(found, f"links lead to {host}")
    spoken = _of_machine(environment)
    currency = str(seen.currency.value) if seen.currency else ""
    if currency in LOCALES and (not spoken or _currency(spoken) != currency):
        return Guess(LOCALES[currency], f"a likely one where people pay in {currency}")
    return Guess(spoken, "this machine's") if spoken else Guess(DEFAULT_LOCALE, "nothing says another")


def _country(host: str) -> str:
    """The country of a host's top-level domain; `ZZ`, which is nowhere, if that is none of a country."""
    domain = host.rpartition(".")[2]
    territory = TERRITORIES.get(domain, domain.upper())
    return territory if territory in get_global("territory_currencies") else "ZZ"


def _of_country(territory: str) -> str:
    """The locale of a country; empty if no emails are written in its language."""
    spoken = Locale.parse(f"und_{territory}").language
    return f"{spoken}_{territory}" if territory != "ZZ" and spoken in languages() else ""


def _of_machine(environment: Mapping[str, str]) -> str:
    machine = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    name = re.split("[.@]", machine)[0]
    try:
        return language(name).locale if "_" in name else ""
    except UnknownLanguageError:
        return ""


def _currency(locale: str) -> str:
    """The currency of a locale's territory; empty if it has none."""
    territory = _territory(locale)
    return next(iter(get_territory_currencies(territory)), "") if territory else ""


def _time_zone(locale: str, environment: Mapping[str, str]) -> Guess:
    """The machine's, unless that is a server's UTC; else the one of the locale's territory."""
    named = environment.get("TZ") or str(_LOCALTIME.resolve()).partition("zoneinfo/")[2]
    if named in available_timezones() and "/" in named and not named.startswith("Etc/"):
        return Guess(named, "this machine's")
    zones = get_global("territory_zones").get(_territory(locale) or "", [])
    return Guess(zones[0] if 0 < len(zones) <= MAX_ZONES else "UTC", f"the time zone of {locale}")


def _territory(locale: str) -> str | None:
    try:
        return Locale.parse(locale).territory
    except (UnknownLocaleError, ValueError):
        return None
