"""The files in memory keep the same contract as those in S3."""

import asyncio
import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Any, cast

import pytest

from fondly.ingest.adapters.s3_files import S3Content, S3Files
from fondly.ingest.ports import Files, VanishedError
from services.ingest.tests.fakes import InMemoryFiles
from tests.support.stores import Emulated, InMemoryObjects

KEY = "uploads/a/products.csv"


@pytest.fixture
def files(emulated: Emulated | None) -> Files:
    """The double, and the adapter on the emulator."""
    if emulated is None:
        return InMemoryFiles(InMemoryObjects())
    return S3Files(emulated.clients.s3, emulated.resources.buckets["data"])


async def put(files: Files, folder: Path, key: str, body: bytes) -> None:
    """Store bytes under a key, by way of a file on disk."""
    path = folder / "body"
    await asyncio.to_thread(path.write_bytes, body)
    await files.put_file(key, path, content_type="text/csv")


async def read(files: Files, folder: Path, key: str) -> bytes:
    """The bytes under a key, by way of a file on disk."""
    async with files.open(key) as content:
        await content.save(folder / "saved")
        assert content.key == key
    saved = await asyncio.to_thread((folder / "saved").read_bytes)
    assert content.size_bytes == len(saved)
    return saved


async def listed_etag(files: Files) -> str:
    """The ETag of the only object in the folder."""
    (found,) = await files.stored("uploads/a/")
    return found.etag


@pytest.mark.parametrize("body", [b"", bytes(range(256)) * 4000], ids=["empty", "several-chunks"])
async def test_a_stored_file_reads_back_unchanged(files: Files, tmp_path: Path, body: bytes) -> None:
    """From disk into the bucket and back, with its key and size."""
    await put(files, tmp_path, KEY, body)
    assert await read(files, tmp_path, KEY) == body


async def test_a_missing_object_has_vanished(files: Files) -> None:
    """Opening it and reading it raise the same error."""
    with pytest.raises(VanishedError, match="deleted before it was read"):
        async with files.open(KEY):
            pass
    with pytest.raises(VanishedError, match="deleted before it was read"):
        await files.read(KEY, max_bytes=1)


async def test_a_small_object_is_read_up_to_a_limit(files: Files, tmp_path: Path) -> None:
    """One byte more than allowed tells that there is more."""
    await put(files, tmp_path, KEY, b"0123456789")
    assert await files.read(KEY, max_bytes=10) == b"0123456789"
    assert await files.read(KEY, max_bytes=3) == b"0123"


async def test_the_etag_names_the_stored_object(files: Files, tmp_path: Path) -> None:
    """It is the same whether opened or listed, and that of other bytes is another."""
    etags = []
    for body in (b"one", b"two"):
        await put(files, tmp_path, KEY, body)
        etags.append(await listed_etag(files))
        async with files.open(KEY) as content:
            assert content.etag == etags[-1]
    assert etags[0] != etags[1]
    assert '"' not in "".join(etags)


@pytest.mark.parametrize("parts", ["FULL_OBJECT", "COMPOSITE"])
async def test_only_a_checksum_of_the_whole_object_is_its_digest(parts: str) -> None:
    """That of a multipart upload is one of its parts' checksums; most objects have none."""
    digest = hashlib.sha256(b"one")
    checksum = {"ChecksumSHA256": b64encode(digest.digest()).decode(), "ChecksumType": parts}
    with_checksum, without = (S3Content(KEY, cast("Any", reply)) for reply in (checksum, {}))
    assert with_checksum.sha256 == (digest.hexdigest() if parts == "FULL_OBJECT" else None)
    assert without.sha256 is None


async def test_an_open_object_keeps_its_content(files: Files, tmp_path: Path) -> None:
    """Its ETag and size are those of the version opened, even after its key is overwritten."""
    await put(files, tmp_path, KEY, b"old")
    before = await listed_etag(files)
    async with files.open(KEY) as content:
        await put(files, tmp_path, KEY, b"newer")
        await content.save(tmp_path / "saved")
        assert (content.etag, content.size_bytes) == (before, 3)
    assert await asyncio.to_thread((tmp_path / "saved").read_bytes) == b"old"
    assert await listed_etag(files) != before


async def test_objects_are_those_of_the_folder_itself_oldest_first(files: Files, tmp_path: Path) -> None:
    """Deeper folders and folders with the same prefix belong to other sets."""
    stored = ("uploads/a/x.csv", "uploads/a/b/reviews.csv", "uploads/ab/customers.csv", KEY)
    for key in stored:
        await put(files, tmp_path, key, b"x")
        await asyncio.sleep(1.1 if key == stored[0] and isinstance(files, S3Files) else 0)
    found = await files.stored("uploads/a/")
    assert [each.key for each in found] == ["uploads/a/x.csv", KEY]
    assert all(each.modified.tzinfo is not None for each in found)
    assert list(await files.stored("uploads/none/")) == []
