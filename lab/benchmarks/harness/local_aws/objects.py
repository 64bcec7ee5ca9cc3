"""S3: objects as files, compressed if they come at once; finished emails, which are many, in SQLite."""

# ruff: noqa: N803, ARG002 - arguments are named as AWS names them, and some make no difference here

import gzip
import hashlib
import io
import shutil
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import SimpleNamespace
from typing import IO, Any, Self
from urllib.parse import quote, unquote

from botocore.hooks import HierarchicalEmitter

from fondly.contracts import object_keys
from harness.local_aws.database import Packing, opened
from harness.local_aws.usage import STORES, Usage, refused

EMAILS = object_keys.emails("RUN").rpartition("RUN")[2]
CHUNK_BYTES = 65_536
GZIP = b"\x1f\x8b"
NO_SUCH_KEY = "NoSuchKey", "The specified key does not exist."
Content = tuple[IO[bytes], int, datetime]
"""What an object holds, its size, and when it was stored."""


class S3:
    """As much of the client as services call, for one bucket."""

    def __init__(self, folder: Path, usage: Usage) -> None:
        self.root = folder / "objects"
        self.meta = SimpleNamespace(events=HierarchicalEmitter())
        """Nothing emits: there is no request that a handler could change."""
        self._usage = usage
        self._emails = opened(folder / "emails.db")
        self._emails.execute("CREATE TABLE IF NOT EXISTS emails (key TEXT PRIMARY KEY, at REAL, body BLOB)")
        self._packing = Packing(self._emails)

    def head_bucket(self, **_: object) -> dict[str, Any]:
        """The bucket exists."""
        return {}

    def put_object(self, *, Key: str, Body: Any = b"", **_: object) -> dict[str, Any]:  # noqa: ANN401
        """Store bytes or a file."""
        size = self._store(Key, Body)
        self._usage.saw(f"object of {kind_of(Key)}", size)
        self._usage.written[f"objects of {kind_of(Key)}"] += 1
        return {"ETag": f'"{etag(Key, size)}"'}

    def get_object(self, *, Key: str, **_: object) -> dict[str, Any]:
        """Open an object."""
        file, size, modified = self._email(Key) if EMAILS in Key else self._file(Key)
        return {
            "Body": Body(file, self._usage),
            "ContentLength": size,
            "ETag": f'"{etag(Key, size)}"',
            "LastModified": modified,
            "Metadata": {},
        }

    def head_object(self, *, Key: str, **_: object) -> dict[str, Any]:
        """Describe an object."""
        path = self._existing(Key)
        size = _size(path)
        return {"ContentLength": size, "ETag": f'"{etag(Key, size)}"', "LastModified": _modified(path)}

    def list_objects_v2(
        self,
        *,
        Prefix: str = "",
        Delimiter: str = "",
        **_: object,
    ) -> dict[str, Any]:
        """List the objects below a prefix, all of them on one page."""
        found = [
            {"Key": key, "ETag": f'"{etag(key, size)}"', "LastModified": _modified(path), "Size": size}
            for key, path, size in self._below(Prefix)
            if not (Delimiter and Delimiter in key[len(Prefix) :])
        ]
        return {"Contents": found, "KeyCount": len(found), "IsTruncated": False}

    def delete_objects(self, *, Delete: Mapping[str, Any], **_: object) -> dict[str, Any]:
        """Remove objects."""
        for each in Delete["Objects"]:
            self.path(each["Key"]).unlink(missing_ok=True)
        return {}

    def path(self, key: str) -> Path:
        """Where an object is."""
        return self.root.joinpath(*(quote(part, safe=" ") for part in key.split("/")))

    def content(self, key: str) -> bytes:
        """What an object holds."""
        with self._file(key)[0] as file:
            return file.read()

    def keys(self, prefix: str) -> list[str]:
        """The keys below a prefix, in order."""
        return sorted(key for key, _, _ in self._below(prefix))

    def _below(self, prefix: str) -> list[tuple[str, Path, int]]:
        folder = self.path(prefix.rpartition("/")[0])
        files = [each for each in folder.rglob("*") if each.is_file()] if folder.exists() else []
        named = [(unquote(str(each.relative_to(self.root))), each) for each in files]
        return sorted((key, path, _size(path)) for key, path in named if key.startswith(prefix))

    def _store(self, key: str, body: Any) -> int:  # noqa: ANN401 - bytes or a file
        if EMAILS in key:
            packed = self._packing.packed("email", body)
            self._emails.execute("INSERT OR REPLACE INTO emails VALUES (?, ?, ?)", (key, time.time(), packed))
            return len(body)
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self.root.parent, delete=False) as file:  # no reader sees half an object
            if is_small := isinstance(body, bytes | bytearray):
                file.write(gzip.compress(body, compresslevel=1))
            else:
                shutil.copyfileobj(body, file)
        stored = Path(file.name).replace(path)
        return len(body) if is_small else stored.stat().st_size

    def _email(self, key: str) -> Content:
        found = self._emails.execute("SELECT body, at FROM emails WHERE key = ?", (key,)).fetchone()
        if found is None:
            raise refused(*NO_SUCH_KEY)
        body = self._packing.unpacked("email", found[0])
        return io.BytesIO(body), len(body), _moment(found[1])

    def _file(self, key: str) -> Content:
        path = self._existing(key)
        file: IO[bytes] = path.open("rb")
        if _is_compressed(file):
            with file:
                file = io.BytesIO(gzip.decompress(file.read()))
        return file, _size(path), _modified(path)

    def _existing(self, key: str) -> Path:
        path = self.path(key)
        if not path.is_file():
            raise refused(*NO_SUCH_KEY)
        return path


class Body:
    """An object's content as it is read."""

    def __init__(self, file: IO[bytes], usage: Usage) -> None:
        self._file = file
        self._usage = usage

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._file.close()

    async def read(self, amount: int | None = None) -> bytes:
        """Read all of it, or so many bytes."""
        with self._usage.taking(STORES):
            return self._file.read(-1 if amount is None else amount)

    async def iter_chunks(self, chunk_size: int = CHUNK_BYTES) -> AsyncIterator[bytes]:
        """Yield it in pieces."""
        while chunk := await self.read(chunk_size):
            yield chunk

    async def iter_lines(self, chunk_size: int = CHUNK_BYTES, keepends: bool = False) -> AsyncIterator[bytes]:  # noqa: FBT001, FBT002 - botocore's signature
        """Yield its lines."""
        for line in self._file:
            yield line if keepends else line.rstrip(b"\r\n")


def etag(key: str, size: int) -> str:
    """Return an ETag, which is no digest of the content: as of an object under a KMS key."""
    return hashlib.sha256(f"{key} {size}".encode()).hexdigest()[:32]


def kind_of(key: str) -> str:
    """Return what an object is, without its run, its part and its number."""
    *folders, name = filter(None, key.split("/"))
    folders = [folder for folder in folders if not folder.startswith(("run-", "part-"))]
    if not folders or folders[0] != "runs":
        return folders[0] if folders else name
    return "/".join(folders if len(folders) > 1 else (*folders, name))


def _is_compressed(file: IO[bytes]) -> bool:
    found = file.read(len(GZIP)) == GZIP
    file.seek(0)
    return found


def _size(path: Path) -> int:
    """The bytes of an object; gzip keeps them at its end."""
    with path.open("rb") as file:
        if not _is_compressed(file):
            return path.stat().st_size
        file.seek(-4, io.SEEK_END)
        return int.from_bytes(file.read(), "little")


def _modified(path: Path) -> datetime:
    return _moment(path.stat().st_mtime)


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC).replace(microsecond=0)
