"""The shop's own files in the data bucket: read, and replaced by whoever saw the last version."""

import asyncio
import re
from collections.abc import Iterator
from difflib import SequenceMatcher, unified_diff
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from fondly.contracts import object_keys
from fondly.mailer.domain.message.toml_file import MAX_FILE_BYTES
from fondly.operations.audit import noted
from fondly.operations.environment import Environment
from fondly.operations.errors import ChangedError, OperationError

_OWN = re.compile(r"(?:[a-z0-9][a-z0-9_-]*/){0,2}[a-z0-9][a-z0-9_.-]*")
"""The names of files below `shop/`: no other is written to a folder."""
MOST_CHANGES = 40
FileName = Literal["fondly.toml", "merchandising.yaml"]


class StoredFile(BaseModel):
    """A file as it is now, both empty if there is none."""

    text: str
    etag: str


async def stored_file(environment: Environment, name: FileName) -> StoredFile:
    """Return a file of the shop as it is, empty if there is none.

    Raises `OperationError` for one that is no text.
    """
    body, etag = await (await environment.objects()).tagged(f"{object_keys.SHOP}{name}")
    try:
        return StoredFile(text=body.decode("utf-8-sig"), etag=etag)
    except UnicodeDecodeError:
        raise OperationError(f"{object_keys.SHOP}{name}: found what is not UTF-8, expected UTF-8") from None


class SavedMeanwhileError(ChangedError):
    """Somebody else has saved a file; `changes` are the lines that differ, as in a patch."""

    def __init__(self, name: str, seen: str, now: str) -> None:
        super().__init__(f"{name} has been saved by somebody else since you opened it")
        lines = list(unified_diff(seen.splitlines(), now.splitlines(), n=0, lineterm=""))[2:]
        self.changes = [line for line in lines if not line.startswith("@@")][:MOST_CHANGES]


async def require_unchanged(environment: Environment, name: FileName, seen: StoredFile) -> None:
    """Raise `SavedMeanwhileError` if a file is no longer as it was `seen`."""
    now = await stored_file(environment, name)
    if now.etag != seen.etag:
        raise SavedMeanwhileError(name, seen.text, now.text)


async def save_file(
    environment: Environment, name: FileName, text: str, *, seen: StoredFile, by: str
) -> None:
    """Replace a file as it was `seen`; raise `SavedMeanwhileError` if it is no longer.

    Whoever calls has made sure that the services can use it.
    """
    objects, key = await environment.objects(), f"{object_keys.SHOP}{name}"
    async with noted(environment, by=by, act="settings", about=key):
        if await objects.replace(key, text.encode(), etag=seen.etag) is None:
            raise SavedMeanwhileError(name, seen.text, (await stored_file(environment, name)).text)


def side_by_side(before: str, after: str) -> Iterator[tuple[str | None, str | None]]:
    """Yield the lines of two texts that differ beside each other, None where one has none."""
    one, two = before.splitlines(), after.splitlines()
    for what, i, j, k, m in SequenceMatcher(None, one, two).get_opcodes():
        if what != "equal":
            yield from zip_longest(one[i:j], two[k:m])


async def copy_files(environment: Environment, folder: Path) -> None:
    """Write the shop's files into a folder, for what reads them from one."""
    objects = await environment.objects()
    async for key in objects.keys(object_keys.SHOP):
        if _OWN.fullmatch(name := key.removeprefix(object_keys.SHOP)):
            body = await objects.find(key, max_bytes=MAX_FILE_BYTES + 1) or b""
            path = folder / name
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
            await asyncio.to_thread(path.write_bytes, body)
