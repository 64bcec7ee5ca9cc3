"""A run's id follows from the content it is made from."""

import hashlib
import json
from collections.abc import Mapping


def run_id(bucket: str, digests: Mapping[str, str]) -> str:
    """Return the id of the run for these contents (key to SHA-256): `run-` and 16 hexadecimal digits.

    It identifies bytes, not an event or a stored object: S3 may notify twice, and the same file may be
    uploaded again; both must lead to the existing run rather than email everybody twice. Changed bytes
    make a new run. ETags would not do: those of two uploads of the same bytes differ under SSE-KMS.
    """
    return f"run-{_digest(bucket, digests)}"


def events_id(bucket: str, key: str, sha256: str) -> str:
    """Return the id of an uploaded file of events: `events-` and 16 hexadecimal digits, as of a run."""
    return f"events-{_digest(bucket, {key: sha256})}"


def _digest(bucket: str, digests: Mapping[str, str]) -> str:
    content = json.dumps([bucket, sorted(digests.items())]).encode()
    return hashlib.sha256(content).hexdigest()[:16]
