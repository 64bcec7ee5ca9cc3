"""What a run is, as opposed to how it came about."""

import hashlib
import json
from collections.abc import Mapping


def run_id(bucket: str, etags: Mapping[str, str]) -> str:
    """Return the id of the run for these contents (key to ETag): `run-` and 16 hexadecimal digits.

    It names bytes, not an event or an object version: S3 may notify twice, and a person may upload the
    same file again; both must find the run there is rather than email everybody twice. Changed bytes are
    a new run.
    """
    identity = json.dumps([bucket, sorted(etags.items())]).encode()
    return f"run-{hashlib.sha256(identity).hexdigest()[:16]}"
