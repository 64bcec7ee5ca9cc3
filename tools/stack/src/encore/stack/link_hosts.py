"""The hosts that a trial's emails may link to: those that most rows of its file name.

One odd row does not make its host trusted; a shop in production lists its hosts instead.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from encore.stack.pictures.addresses import HOST

SETTINGS = {"product_link": "ENCORE_MAILER_LINK_HOSTS", "img_link": "ENCORE_MAILER_IMAGE_HOSTS"}
"""The mailer's setting for the URLs of each column."""
ANY_HOST = "*"
INGEST = "ENCORE_INGEST_LINK_HOSTS"
"""Ingest's setting for the URLs of both."""
LOCAL_HOSTS = dict.fromkeys(("ENCORE_MAILER_IMAGE_HOSTS", INGEST), f"{ANY_HOST},{HOST}")
"""The sample's pictures are served by the stack itself."""
MIN_SHARE = 0.1
"""A host with at least this share of a column's URLs is one of the shop's."""


def any_host(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that allow every host, except where the environment says otherwise."""
    return {
        name: environment.get(name) or LOCAL_HOSTS.get(name, ANY_HOST)
        for name in (*SETTINGS.values(), INGEST)
    }


def hosts_in(files: Sequence[Path]) -> dict[str, str]:
    """Return the mailer's settings for the hosts of a shop's files; a column without URLs has none."""
    counted: dict[str, Counter[str]] = {column: Counter() for column in SETTINGS}
    for column, host in (found for file in files for found in _hosts(file)):
        counted[column][host] += 1
    return {
        SETTINGS[column]: ",".join(
            sorted(host for host, rows in hosts.items() if rows >= MIN_SHARE * hosts.total())
        )
        for column, hosts in counted.items()
        if hosts
    }


def _hosts(file: Path) -> Iterator[tuple[str, str]]:
    csv.field_size_limit(sys.maxsize)
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        for row in csv.DictReader(lines):
            for column in SETTINGS:
                if host := _host(row.get(column) or ""):
                    yield column, host


def _host(url: str) -> str:
    try:
        host = urlsplit(url.strip()).netloc.lower()
    except ValueError:
        return ""
    return host if host.isascii() and "@" not in host and "," not in host else ""
