"""Guesses what a shop would say of itself, from its file and from the machine: only suggestions."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies

from fondly.ingest.adapters.tables import open_table
from fondly.ingest.domain.csv_records import CSVRecord
from fondly.ingest.domain.errors import FileError
from fondly.mailer.domain.language import UnknownLanguageError, language
from fondly.mailer.domain.message.hosts import AllowedHosts, below
from fondly.operations.check.link_hosts import usual
from fondly.operations.shop.file import ShopSection, problem_of
from fondly.operations.shop.rendering import hosts_of

SAMPLED_ROWS = 1_000
MAX_BYTES = 2**32
SIGNS = {"₹": "INR", "Rs": "INR", "€": "EUR", "£": "GBP", "$": "USD"}
LOCALES = {"INR": "en_IN", "EUR": "de_DE", "GBP": "en_GB", "USD": "en_US", "CHF": "de_CH"}
"""The likeliest locale with a language of ours for a currency."""
DEFAULT_LOCALE = "en_US"
PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)$", re.IGNORECASE)
MAX_ZONES = 2
"""In countries with more time zones, which one cannot be guessed."""
_PRICE = re.compile(
    r"(?P<before>₹|Rs|€|£|\$|EUR|CHF|USD)\.?\s?[0-9][0-9.,'/-]*|[0-9][0-9.,']*\s?(?P<after>€|EUR|CHF|USD)"
)
GENERIC_LABELS = {"shop", "store"}
_LOCALTIME = Path("/etc/localtime")


def guess(files: Sequence[Path], environment: Mapping[str, str]) -> dict[str, object]:
    """Return values by key, `shop.currency`, for the keys of which something can be guessed."""
    seen = _Seen(files)
    locale = _locale(seen.currency, environment)
    guessed: dict[str, object] = {
        "shop.currency": seen.currency or _currency(locale),
        "shop.locale": locale,
        "shop.picks": ShopSection.model_fields["picks"].default,
        "shop.time_zone": _time_zone(locale, environment),
        "hosts.links": seen.links,
        "hosts.pictures": seen.pictures,
        **_brand(seen.links),
    }
    return {key: value for key, value in guessed.items() if value}


def suggestions(
    data: Path | None, *, locale: str, environment: Mapping[str, str] = os.environ
) -> dict[str, object]:
    """Return what can be guessed from a file or a folder, and from the machine, as far as it can be used."""
    files = sorted(data.iterdir()) if data and data.is_dir() else filter(None, [data])
    given = [file for file in files if file.is_file()]
    guessed = guess(given, {**environment, "LC_ALL": locale or environment.get("LC_ALL", "")})
    return {key: value for key, value in guessed.items() if not problem_of(key, value)}


def guess_from_url(url: str) -> Mapping[str, object]:
    """Return what follows from the shop's address; nothing without one."""
    if not url:
        return {}
    hosts = list(hosts_of(url))
    return {"brand.from_address": f"hello@{hosts[0]}", "hosts.links": hosts}


class _Seen:
    """What the cells of the first rows name: hosts and a currency."""

    def __init__(self, files: Sequence[Path]) -> None:
        links, pictures, prices = Counter[str](), Counter[str](), Counter[str]()
        for cell in (cell for file in files for cell in _cells(file)):
            if cell.startswith(("https://", "http://")):
                host, path = _parts(cell)
                (pictures if PICTURE.search(path) else links)[host] += 1
            elif price := _PRICE.fullmatch(cell):
                sign = price["before"] or price["after"]
                prices[SIGNS.get(sign, sign)] += 1
        self.links, self.pictures = _common(links), _common(pictures)
        self.currency = next((code for code, _ in prices.most_common(1)), "")


def _cells(file: Path) -> Iterator[str]:
    """The cells of the first rows that can be read, as ingest reads them; none of a file that is no table."""
    with suppress(OSError, FileError), open_table(file, max_bytes=MAX_BYTES) as table:
        table.header()
        for row in islice(table, SAMPLED_ROWS):
            if isinstance(row, CSVRecord):
                yield from map(str.strip, row.cells)


def _parts(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.netloc.lower(), parts.path


def _common(hosts: Counter[str]) -> list[str]:
    return list(filter(AllowedHosts("*").allow, usual(hosts)))


def _brand(links: Sequence[str]) -> dict[str, object]:
    """A name and addresses, of a shop whose links lead to one place."""
    if len(links) != 1:
        return {}
    domain = links[0].removeprefix("www.")
    return {
        "shop.url": f"https://{links[0]}",
        "hosts.links": list(below(domain)),
        "brand.name": _name(domain),
        "brand.from_address": f"hello@{domain}",
    }


def _name(domain: str) -> str:
    """`Tee und mehr` for `tee-und-mehr.example` and for `shop.tee-und-mehr.example`."""
    *labels, _ = domain.split(".")
    telling = [label for label in labels if label not in GENERIC_LABELS]
    return next(iter(telling or labels)).replace("-", " ").capitalize()


def _locale(currency: str, environment: Mapping[str, str]) -> str:
    """The machine's, if emails are written in it and the prices agree; else that of the prices."""
    machine = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    name = re.split("[.@]", machine)[0]
    try:
        spoken = language(name).locale if "_" in name else ""
    except UnknownLanguageError:
        spoken = ""
    if currency and (not spoken or _currency(spoken) != currency):
        return LOCALES[currency]
    return spoken or DEFAULT_LOCALE


def _currency(locale: str) -> str:
    """The currency of a locale's territory; empty if it has none."""
    territory = _territory(locale)
    return next(iter(get_territory_currencies(territory)), "") if territory else ""


def _time_zone(locale: str, environment: Mapping[str, str]) -> str:
    """The machine's, unless that is a server's UTC; else the one of the locale's territory."""
    named = environment.get("TZ") or str(_LOCALTIME.resolve()).partition("zoneinfo/")[2]
    if named in available_timezones() and "/" in named and not named.startswith("Etc/"):
        return named
    zones = get_global("territory_zones").get(_territory(locale) or "", [])
    return zones[0] if 0 < len(zones) <= MAX_ZONES else "UTC"


def _territory(locale: str) -> str | None:
    try:
        return Locale.parse(locale).territory
    except (UnknownLocaleError, ValueError):
        return None
