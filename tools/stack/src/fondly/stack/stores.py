"""Keeps what the emulator holds in memory in one file, from its end to its next start.

Ministack's own persistence writes a file for each service, and of S3 only the latest version of an object.
Here all four services are of one moment, and every version, message and item is as it was.
"""

import pickle
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict
from ministack.services import dynamodb, s3, sns, sqs

SERVICES = {"dynamodb": dynamodb, "s3": s3, "sns": sns, "sqs": sqs}
WRITTEN_BY = f"ministack {version('ministack')}"


def save(file: Path) -> None:
    """Replace the file, readable by its owner only."""
    kept = {name: {store: found._data for store, found in _stores(each)} for name, each in SERVICES.items()}  # noqa: SLF001 - all accounts' and regions'
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    with draft.open("wb") as out:
        pickle.dump({"by": WRITTEN_BY, "at": sqs._CANONICAL_NETLOC, "kept": kept}, out, protocol=5)  # noqa: SLF001 - as above
    draft.replace(file)


def restore(file: Path) -> None:
    """Take over what the file has, if it exists; exit if it cannot be read, as it would be replaced later."""
    if not file.exists():
        return
    try:
        with file.open("rb") as content:
            found: dict[str, Any] = pickle.load(content)  # noqa: S301 - our own, in a folder of the user's own
    except Exception as error:  # noqa: BLE001 - pickle raises whatever its content leads to
        sys.exit(f"{file} cannot be read ({error}): `fondly down --erase` deletes it")
    if found["by"] != WRITTEN_BY:
        sys.exit(f"{file} is of {found['by']}, this is {WRITTEN_BY}: `fondly down --erase` deletes it")
    for name, service in SERVICES.items():
        for store, into in _stores(service):
            into._data.update(found["kept"][name].get(store, {}))  # noqa: SLF001 - as above
    _move(found["at"], sqs._CANONICAL_NETLOC)  # noqa: SLF001 - as above


def _stores(service: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - a module
    scoped = (AccountRegionScopedDict, AccountScopedDict)
    return [(name, value) for name, value in vars(service).items() if isinstance(value, scoped)]


def _move(old: str, new: str) -> None:
    """Give the queues their addresses at another port."""
    if old == new:
        return
    queues, names = sqs._queues._data, sqs._queue_name_to_url._data  # noqa: SLF001 - as above
    moved = {(*key[:2], key[2].replace(old, new)): queue for key, queue in queues.items()}
    for (_, _, url), queue in moved.items():
        queue["url"] = url
    queues.clear()
    queues.update(moved)
    names.update({key: url.replace(old, new) for key, url in names.items()})
