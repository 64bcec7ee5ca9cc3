"""The shop's files: from a folder, or from the data bucket below `shop/`."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from fondly.contracts import object_keys
from fondly.runtime.ports import Objects


@dataclass(frozen=True)
class LocalShopFiles:
    """A file `fondly.toml`, wherever it is and whatever its name, with the folder `themes` beside it."""

    config: Path

    async def read(self, name: str, *, max_bytes: int) -> bytes | None:
        """Return at most the first `max_bytes` of a file; None if there is no such file."""
        return await asyncio.to_thread(_read, self._path(name), max_bytes)

    def place(self, name: str) -> str:
        """Return where a file is, for messages."""
        return str(self._path(name))

    def _path(self, name: str) -> Path:
        return self.config if name == object_keys.SHOP_CONFIG else self.config.parent / name


@dataclass(frozen=True)
class StoredShopFiles:
    """The same files below `shop/` in the data bucket."""

    objects: Objects

    async def read(self, name: str, *, max_bytes: int) -> bytes | None:
        """Return at most the first `max_bytes` of a file; None if there is no such file."""
        return await self.objects.find(self.place(name), max_bytes=max_bytes)

    def place(self, name: str) -> str:
        """Return the file's key, for messages."""
        return f"{object_keys.SHOP}{name}"


def _read(path: Path, max_bytes: int) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(max_bytes)
    except (FileNotFoundError, NotADirectoryError):
        return None
