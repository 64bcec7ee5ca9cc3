"""Saves the files of a run to disk, unless they are too large for ingest or for the disk."""

import asyncio
import shutil
from pathlib import Path
from typing import NamedTuple

from fondly.contracts.errors import PermanentError
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import base_name
from fondly.ingest.domain.formats.mapping import MAX_MAPPING_BYTES, Mapping, read_mapping
from fondly.ingest.ports import Content, OpenRunFiles
from fondly.ingest.use_cases.source_files import SourceFile

MIB = 1024**2
MAPPING_PATH = "mapping.yaml"


class Fetched(NamedTuple):
    """The files on disk, and what the mapping says of files that are not there."""

    sources: list[SourceFile]
    unmatched_rules: tuple[str, ...]


async def fetch_files(
    run_files: OpenRunFiles, folder: Path, *, max_bytes: int, shop_mapping: Mapping | None
) -> Fetched:
    """Save all files in a folder; the mapping is the one beside them, else the shop's.

    Raises `FileError` for a file of more than `max_bytes`, or a mapping that cannot be used. Raises
    `PermanentError` if the disk cannot hold the files: the message is a dead letter then, and can be redriven
    once there is a larger disk. Sizes are compared before anything is fetched.
    """
    _require_room(run_files, folder, max_bytes)
    mapping = await _read_mapping(run_files.mapping, folder) if run_files.mapping else shop_mapping
    sources: list[SourceFile] = []
    for number, each in enumerate(run_files.files):
        path, key = folder / f"{number}.upload", each.content.key
        await each.content.save(path)
        sources.append(
            SourceFile(path, key, each.kind, mapping.for_file(base_name(key)) if mapping else None)
        )
    if mapping is None or run_files.mapping is None or len(sources) == 1:
        return Fetched(sources, ())  # what is said of all the shop's files need not match those of one upload
    return Fetched(sources, tuple(mapping.unmatched(base_name(each.key) for each in sources)))


def _require_room(run_files: OpenRunFiles, folder: Path, max_bytes: int) -> None:
    for each in run_files.files:
        _require_size(each.content, max_bytes)
    if run_files.mapping:
        _require_size(run_files.mapping, MAX_MAPPING_BYTES)
    needed = sum(each.content.size_bytes for each in run_files.files)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise PermanentError(
            f"found {free / MIB:,.0f} MiB free for temporary files, expected {needed / MIB:,.0f} MiB for the "
            "files that were uploaded, and twice as much for what they hold: give ingest a larger disk, then "
            "redrive the message"
        )


def _require_size(content: Content, max_bytes: int) -> None:
    if content.size_bytes > max_bytes:
        found = f"found {content.size_bytes} bytes, larger than the limit of {max_bytes} bytes"
        raise FileError(f"{content.key}: {found}")


async def _read_mapping(content: Content, folder: Path) -> Mapping:
    path = folder / MAPPING_PATH
    await content.save(path)
    try:
        text = await asyncio.to_thread(path.read_text, "utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{content.key}: not UTF-8 (byte {error.start})") from error
    return read_mapping(text, file=content.key)
