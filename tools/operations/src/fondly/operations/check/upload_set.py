"""A folder of a shop's files as a set: what belongs to it, and the manifest that makes it one run."""

import json
import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as TypeMapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from fondly.contracts.object_keys import MERCHANDISING, SHOP_CONFIG
from fondly.ingest.adapters.tables import open_table
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import MANIFEST, MAPPING, kind_of_name, without_data
from fondly.ingest.domain.file_sets import Found, SetFile, StoredFile
from fondly.ingest.domain.folders import newest
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.layout import UnrecognisedError
from fondly.ingest.domain.formats.mapping import FileMapping, Mapping, read_mapping
from fondly.ingest.domain.formats.recognise import recognise
from fondly.ingest.domain.manifest import read_manifest
from fondly.ingest.domain.pieces import tables
from fondly.ingest.domain.uploads import SET_KINDS, missing_kinds
from fondly.ingest.use_cases.verify_files import sha256_of

HEADER_BYTES = 2**32
OWN = frozenset({MANIFEST, MAPPING, SHOP_CONFIG, Path(MERCHANDISING).name})
"""Files beside the data that say how it is used."""
_FIGURES = re.compile(r"\d+")


def files_of_set(folder: Path, mapping: Mapping | None = None) -> list[Path]:
    """Return what to upload of a folder, in this order: its mapping, its data, its manifest.

    A manifest decides which files are data. Without one it is the newest file of each kind, by its name or,
    where no name tells, by its columns; what the mapping, which is the folder's unless one is given, says of
    files counts more; or else the only one, or its pieces. Files of no kind stay. Raises `FileError` for a
    folder that is no set, and for a bad manifest.
    """
    present = {path.name: path for path in sorted(folder.iterdir()) if path.is_file()}
    own, manifest = present.pop(MAPPING, None), present.pop(MANIFEST, None)
    if manifest:
        named = [file.name for file in read_manifest(manifest.read_bytes(), kind_of_name)]
        if missing := [name for name in named if name not in present]:
            raise FileError(f"{manifest}: names {', '.join(missing)}, which {folder} does not have")
        data = [present[name] for name in named]
    else:
        some = [path for path in present.values() if path.name not in OWN and not without_data(path.name)]
        data = _data(folder, some, mapping or _read(own))
    return [*([own] if own else []), *data, *([manifest] if manifest else [])]


def manifest_of(files: Iterable[tuple[str, Path]]) -> bytes:
    """Return the manifest of files, each by the name of its upload; kinds follow from names, or columns."""
    paths = dict(files)
    mapping = _read(next((path for path in paths.values() if path.name == MAPPING), None))
    named = [
        {"name": name, "sha256": sha256_of(path)}
        | ({"kind": kind} if (kind := kind_of(path, mapping)) else {})
        for name, path in paths.items()
        if path.name not in {MAPPING, MANIFEST}
    ]
    return json.dumps({"files": named}, indent=2, ensure_ascii=False).encode()


def kind_of(path: Path, mapping: Mapping | None = None) -> Kind | None:
    """Return what the rows of a file describe, by mapping, name or columns; None if none of them tells."""
    if kind := _told(path, mapping):
        return kind
    with suppress(FileError):
        return _kind_by_columns(path, mapping)
    return None


def header_of(path: Path, mapping: FileMapping) -> list[str]:
    """Return the names of a file's columns; `FileError` if it is no table."""
    with open_table(path, max_bytes=HEADER_BYTES, sheet=mapping.sheet, encoding=mapping.encoding) as table:
        return table.header()


def why_unread(path: Path, mapping: Mapping | None = None) -> str:
    """Return why a file of the folder is no part of the set."""
    if reason := without_data(path.name):
        return reason
    try:
        kind = kind_of_name(path.name) or _kind_by_columns(path, mapping)
    except UnrecognisedError:
        return "none of its columns, or too few, are known: map them in mapping.yaml if it is data"
    except FileError as error:
        return str(error)
    return f"other files have the {kind} of the set, or newer ones"


def _data(folder: Path, data: Sequence[Path], mapping: Mapping | None) -> list[Path]:
    told = newest(SetFile(kind, _stored(path)) for path in data if (kind := _told(path, mapping)))
    kinds = {path: kind for path in data if (kind := kind_of(path, mapping))}
    others = {path: kind for path, kind in kinds.items() if kind in SET_KINDS and kind not in told}
    found = {**told, **_by_content(others)}
    if not missing_kinds(found):
        return [Path(file.stored.key) for kind in SET_KINDS for file in found.get(kind, ())]
    mapped = [path for path in data if mapping and mapping.for_file(path.name)]
    alone = (some for some in (list(kinds), list(data)) if len(tables([str(path) for path in some])) == 1)
    if some := mapped or next(alone, []):
        return some
    names = ", ".join(path.name for path in data) or "no file"
    unknown = [f"; {path.name}: {_lacking(path, mapping)}" for path in data if path not in kinds]
    raise FileError(
        f"{folder}: found {names}, expected one file, or a set: {', '.join(missing_kinds(found))} missing"
        f"{''.join(unknown)}"
    )


def _lacking(path: Path, mapping: Mapping | None) -> str:
    """Return what a file lacks to be known by its columns."""
    try:
        _kind_by_columns(path, mapping)
    except FileError as error:
        return str(error)
    return why_unread(path, mapping)


def _kind_by_columns(path: Path, mapping: Mapping | None) -> Kind:
    said = (mapping and mapping.for_file(path.name)) or FileMapping()
    return recognise(header_of(path, said), file=path.name, mapping=said).kind


def _told(path: Path, mapping: Mapping | None) -> Kind | None:
    said = mapping and mapping.for_file(path.name)
    return (said and said.kind) or kind_of_name(path.name)


def _by_content(kinds: TypeMapping[Path, Kind]) -> Found:
    """Return the files of kinds that no name tells: all but those that a newer one of the same name replaces.

    Names are the same that differ in figures alone, such as those of dates.
    """
    same: dict[tuple[Kind, str], list[SetFile]] = {}
    for path, kind in kinds.items():
        same.setdefault((kind, _FIGURES.sub("", path.name)), []).append(SetFile(kind, _stored(path)))
    found: dict[Kind, tuple[SetFile, ...]] = {}
    for (kind, _), some in same.items():
        found[kind] = (*found.get(kind, ()), *newest(some)[kind])
    return found


def _read(path: Path | None) -> Mapping | None:
    return read_mapping(path.read_text("utf-8-sig"), file=str(path)) if path else None


def _stored(path: Path) -> StoredFile:
    return StoredFile(str(path), "", datetime.fromtimestamp(path.stat().st_mtime, UTC))
