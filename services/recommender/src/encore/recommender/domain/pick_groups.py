"""Which customers of a run get the same products, over all its parts."""

import io
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from encore.contracts.records import Recommendation

DIGEST_BYTES = 8
Digests = npt.NDArray[np.uint64]


class Groups(NamedTuple):
    """All customers with picks, their different lists, and the most frequent one with its customers.

    Of equally frequent lists `largest` is the one with the least digest; None if there is no list.
    """

    customers: int
    lists: int
    largest_group: int
    largest: int | None


class PickGroups:
    """Counts the customers by their list of products, in any order; a list takes 16 bytes."""

    def __init__(self) -> None:
        self._digests: list[Digests] = []
        self._customers: list[npt.NDArray[np.int64]] = []

    def add(self, recommendations: Iterable[Recommendation]) -> None:
        """Count the customers of a part; those without any pick share nothing and are left out."""
        digests = [digest for each in recommendations if (digest := list_digest(each)) is not None]
        self._digests.append(np.array(digests, dtype=np.uint64))
        self._customers.append(np.ones(len(digests), dtype=np.int64))

    def merge(self, file: bytes) -> None:
        """Count the customers of a file by `to_bytes`."""
        with np.load(io.BytesIO(file), allow_pickle=False) as found:
            self._digests.append(found["digests"])
            self._customers.append(found["customers"])

    def to_bytes(self) -> bytes:
        """Return what has been counted as a file; the same customers in any order are the same file."""
        digests, customers = self._counted()
        buffer = io.BytesIO()
        np.savez(buffer, digests=digests, customers=customers)
        return buffer.getvalue()

    def has(self, digest: int) -> bool:
        """Return whether any customer has this list."""
        return any(bool((each == np.uint64(digest)).any()) for each in self._digests)

    def groups(self) -> Groups:
        """Return what all customers added so far come to."""
        digests, customers = self._counted()
        if not len(digests):
            return Groups(0, 0, 0, None)
        place = int(customers.argmax())  # the first of equals, and digests are sorted
        return Groups(int(customers.sum()), len(digests), int(customers[place]), int(digests[place]))

    def _counted(self) -> tuple[Digests, npt.NDArray[np.int64]]:
        found = np.concatenate([np.empty(0, dtype=np.uint64), *self._digests])
        weights = np.concatenate([np.empty(0, dtype=np.int64), *self._customers])
        digests, places = np.unique(found, return_inverse=True)
        return digests, np.bincount(places, weights=weights, minlength=len(digests)).astype(np.int64)


def list_digest(recommendation: Recommendation) -> int | None:
    """Return the digest of the products of a list, in any order; None without any product."""
    ids = sorted(pick.product.product_id for pick in recommendation.picks)
    digest = blake2b("\n".join(ids).encode(), digest_size=DIGEST_BYTES).digest()
    return int.from_bytes(digest) if ids else None
