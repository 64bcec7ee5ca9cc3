"""A folder of a shop's files as a set: what belongs to it, and the manifest that makes it one run."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import MANIFEST, MAPPING, KindOfFile, kind_of_name, without_data
from fondly.ingest.domain.file_sets import SetFile, StoredFile
from fondly.ingest.domain.folders import newest
from fondly.ingest.domain.manifest import read_manifest
from fondly.ingest.domain.pieces import tables
from fondly.ingest.domain.uploads import missing_kinds


def files_of_set(folder: Path, kind_of_file: KindOfFile = kind_of_name) -> list[Path]:
    """Return what to upload of a folder, in this order: its mapping, its data, its manifest.

    A manifest decides which files are data. Without one it is the newest file of each kind; with a mapping,
    which may say what other files are, every file that may hold data; or else the only one, or its pieces.
    Raises `FileError` for a folder that is no set, and for a bad manifest.
    """
    present = {path.name: path for path in sorted(folder.iterdir()) if path.is_file()}
    mapping, manifest = present.pop(MAPPING, None), present.pop(MANIFEST, None)
    if manifest:
        named = [file.name for file in read_manifest(manifest.read_bytes(), kind_of_file)]
        if missing := [name for name in named if name not in present]:
            raise FileError(f"{manifest}: names {', '.join(missing)}, which {folder} does not have")
        data = [present[name] for name in named]
    else:
        data = _data(folder, present, kind_of_file, all_of_them=mapping is not None)
    return [*([mapping] if mapping else []), *data, *([manifest] if manifest else [])]


def manifest_of(files: Iterable[tuple[str, Path]], kind_of_file: KindOfFile = kind_of_name) -> bytes:
    """Return the manifest of files, each by the name of its upload; kinds follow from their own names."""
    named = [
        {"name": name, "sha256": _sha256(path)}
        | ({"kind": kind} if (kind := kind_of_file(path.name)) else {})
        for name, path in files
        if path.name not in {MAPPING, MANIFEST}
    ]
    return json.dumps({"files": named}, indent=2, ensure_ascii=False).encode()


def _data(
    folder: Path, present: dict[str, Path], kind_of_file: KindOfFile, *, all_of_them: bool
) -> list[Path]:
    data = [path for path in present.values() if not without_data(path.name)]
    found = newest(
        SetFile(kind, _stored(path)) for path in data if (kind := kind_of_file(path.name)) is not None
    )
    if not missing_kinds(found):
        return [Path(file.stored.key) for some in found.values() for file in some]
    if data and (all_of_them or len(tables([str(path) for path in data])) == 1):
        return data
    names = ", ".join(path.name for path in data) or "no file"
    raise FileError(
        f"{folder}: found {names}, expected one file, or a set: {', '.join(missing_kinds(found))} missing"
    )


def _stored(path: Path) -> StoredFile:
    return StoredFile(str(path), "", datetime.fromtimestamp(path.stat().st_mtime, UTC))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
