"""The hosts that a trial's emails may link to: those of most products, so that one odd row adds none."""

from collections import Counter
from collections.abc import Mapping

PORT = 8026
HOST = f"localhost:{PORT}"
"""Where every local stack serves the pictures of made-up shops."""
LINK_HOSTS, IMAGE_HOSTS = "FONDLY_MAILER_LINK_HOSTS", "FONDLY_MAILER_IMAGE_HOSTS"
ANY_HOST = "*"
INGEST = "FONDLY_INGEST_LINK_HOSTS"
"""Ingest's setting for links and pictures."""
LOCAL_HOSTS = dict.fromkeys((IMAGE_HOSTS, INGEST), f"{ANY_HOST},{HOST}")
"""The sample's pictures are served by the stack itself."""
MIN_SHARE = 0.1
"""A host with at least this share of all is one of the shop's."""


def any_host(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that allow every host, except where the environment says otherwise."""
    return {
        name: environment.get(name) or LOCAL_HOSTS.get(name, ANY_HOST)
        for name in (LINK_HOSTS, IMAGE_HOSTS, INGEST)
    }


def usual_hosts(links: Counter[str], pictures: Counter[str]) -> dict[str, str]:
    """Return the mailer's settings for the hosts of a shop's links and pictures; without any, none."""
    counted = {LINK_HOSTS: links, IMAGE_HOSTS: pictures}
    return {name: ",".join(usual(hosts)) for name, hosts in counted.items() if hosts}


def usual(hosts: Counter[str]) -> list[str]:
    """Return the hosts of most rows, by name."""
    return sorted(host for host, rows in hosts.items() if rows >= MIN_SHARE * hosts.total())
