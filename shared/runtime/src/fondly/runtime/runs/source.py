"""How the ledger names what a run was made of: `s3://bucket/key`, or `s3://bucket/key key key` for a set.

Every update of a run's item costs its size in write units, and a set may have hundreds of pieces whose keys
have a kilobyte each. So a long list is cut short: the first key, and how many more files of which folder. All
of them are in the `latest` item of the folder (`LatestRuns`) and in the run's ingest report, and the run's id
is a digest of all keys and contents.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fondly.contracts.object_keys import UPLOADS

MAX_BYTES = 4_096
"""A source of up to three of the longest keys is named in full."""
_BEFORE_UPLOAD = re.compile(f" (?={re.escape(UPLOADS)})")
_CUT_SHORT = re.compile(rf" and \d+ more files of ({re.escape(UPLOADS)}(?s:.*))\Z")


class Folder(NamedTuple):
    """The source is a set of this folder, too large to name all its files."""

    prefix: str


def source_name(bucket: str, keys: Sequence[str]) -> str:
    """Return the name for these keys: all of them, or the first and how many more; never over 4 KB."""
    whole = f"s3://{bucket}/{' '.join(keys)}"
    if len(whole.encode()) <= MAX_BYTES:
        return whole
    folder = keys[0][: keys[0].rfind("/") + 1]
    return f"s3://{bucket}/{keys[0]} and {len(keys) - 1} more files of {folder}"


def possible_keys(source: str) -> Iterator[list[str] | Folder]:
    """Yield the keys that a source may mean, or its folder: keys may have spaces; run ids decide."""
    keys = source.removeprefix("s3://").partition("/")[2]
    yield [keys]
    if cut_short := _CUT_SHORT.search(keys):
        yield Folder(cut_short[1])
    if len(several := _BEFORE_UPLOAD.split(keys)) > 1:
        yield several
