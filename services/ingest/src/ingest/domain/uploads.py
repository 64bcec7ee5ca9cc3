"""Which uploads make a run, and the run's identity."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ingest.domain.columns import Kind

SET_KINDS = (Kind.PRODUCTS, Kind.CUSTOMERS, Kind.REVIEWS)
"""The files of a set, in the order in which they are read: reviews name products and customers."""


class Upload(NamedTuple):
    """An object that was put into the bucket; `event` tells apart uploads of the same bytes."""

    key: str
    etag: str
    event: str = ""


def kind_of(key: str) -> Kind:
    """Return what the object's name says about its rows: one file of a set, or everything in one."""
    name = key.rpartition("/")[2].casefold()
    name = name.removesuffix(".gz").removesuffix(".csv")
    return Kind(name) if name in SET_KINDS else Kind.COMBINED


def folder_of(key: str) -> str:
    """Return the key up to and including its last slash."""
    return key[: key.rfind("/") + 1]


def file_set(keys: Iterable[str]) -> dict[Kind, str]:
    """Return the key of each file of a set among the objects of its folder; the last of its kind wins."""
    found = {kind_of(key): key for key in keys}
    return {kind: found[kind] for kind in SET_KINDS if kind in found}


def run_id(bucket: str, etags: Mapping[str, str]) -> str:
    """Return the id of the run for these contents (key to ETag): `run-` and 16 hexadecimal digits.

    It names bytes, not an event or an object version: S3 may notify twice, and a person may upload the
    same file again; both must find the run there is rather than email everybody twice. Changed bytes are
    a new run.
    """
    identity = json.dumps([bucket, sorted(etags.items())]).encode()
    return f"run-{hashlib.sha256(identity).hexdigest()[:16]}"
