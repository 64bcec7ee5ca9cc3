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
    content = json.dumps([bucket, sorted(digests.items())]).encode()
    return f"run-{hashlib.sha256(content).hexdigest()[:16]}"
