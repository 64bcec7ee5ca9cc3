"""Which uploads form a run."""

from collections.abc import Iterable
from typing import NamedTuple

from encore.ingest.domain.formats.fields import Kind

SET_KINDS = (Kind.PRODUCTS, Kind.CUSTOMERS, Kind.REVIEWS)
"""The files of a set in reading order: reviews refer to products and customers."""


class Upload(NamedTuple):
    """An object put into the bucket; `event` distinguishes uploads of the same bytes."""

    key: str
    etag: str
    event: str = ""


def kind_of(key: str) -> Kind:
    """Return the kind of file that the object's name stands for: one of a set, or everything in one."""
    name = key.rpartition("/")[2].casefold()
    name = name.removesuffix(".gz").removesuffix(".csv")
    return Kind(name) if name in SET_KINDS else Kind.COMBINED


def folder_of(key: str) -> str:
    """Return the key up to and including its last slash."""
    return key[: key.rfind("/") + 1]


def file_set(keys: Iterable[str]) -> dict[Kind, str]:
    """Return the key of each file of a set among a folder's keys; the last of each kind wins."""
    found = {kind_of(key): key for key in keys}
    return {kind: found[kind] for kind in SET_KINDS if kind in found}
