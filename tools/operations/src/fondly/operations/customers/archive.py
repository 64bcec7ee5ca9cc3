"""The archive that a customer is given: all that is known of them as JSON, and their emails."""

import os
import zipfile
from pathlib import Path

from fondly.operations.customers.known import Known
from fondly.operations.errors import OperationError

DATA = "customer.json"
OURS_ALONE = 0o600


def write_archive(known: Known, path: Path) -> None:
    """Write a zip archive that its owner alone may read; raise `OperationError` if the file exists."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS_ALONE)
    except FileExistsError as error:
        raise OperationError(f"{path} exists: give --out FILE, or remove it") from error
    with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DATA, known.model_dump_json(indent=2, exclude={"emails"}))
        for each in known.emails:
            archive.writestr(each.key, each.message)
