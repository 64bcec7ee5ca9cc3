"""A folder of uploads: what each file in it is for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from fondly.contracts.ingest_report import IgnoredFile
from fondly.contracts.object_keys import UPLOADS
from fondly.ingest.domain.file_names import MANIFEST, MAPPING, KindOfFile, base_name, without_data
from fondly.ingest.domain.file_sets import (
    JOINS_WITHIN,
    Found,
    Incomplete,
    RunFiles,
    SetFile,
    StoredFile,
    complete_by_kinds,
    complete_by_manifest,
)
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.manifest import ManifestFile
from fondly.ingest.domain.pieces import piece_of, pieces_beside
from fondly.ingest.domain.uploads import READING_ORDER, SET_KINDS


def newest(files: Iterable[SetFile], last: Sequence[SetFile] = ()) -> Found:
    """Return the newest file of each kind, in reading order, or the pieces of the newest table.

    `last` are those of the folder's last run: its files of other days are no pieces of today's.
    """
    by_kind: dict[Kind, dict[str, SetFile]] = {}
    for file in sorted(files, key=lambda file: (file.stored.recency, file.stored.key)):
        by_kind.setdefault(file.kind, {})[file.stored.key] = file
    found = {kind: _newest_table(list(some), some, last) for kind, some in by_kind.items()}
    return {kind: found[kind] for kind in sorted(found, key=READING_ORDER.index)}


def _newest_table(
    keys: Sequence[str], files: Mapping[str, SetFile], last: Sequence[SetFile]
) -> tuple[SetFile, ...]:
    """Return the newest of the files, which come in order, and the pieces of the same table.

    `orders_export_6.csv` of yesterday, which alone was the last run's orders, is no piece of today's
    `orders_export_7.csv`, unless that comes so soon that it may belong to it.
    """
    pieces = [files[key] for key in pieces_beside(keys[-1], keys)]
    alone = [file for file in last if file.kind is pieces[0].kind]
    piece = piece_of(keys[-1])
    if piece is None or piece.sure or len(alone) != 1 or alone[0] not in pieces:
        return tuple(pieces)
    newest_one = files[keys[-1]]
    before = max(file.stored.modified for file in last)
    joins = newest_one.stored.modified - before <= JOINS_WITHIN
    return tuple(pieces) if joins or newest_one == alone[0] else (newest_one,)


MAX_IGNORED = 100
"""How many ignored files are named."""
NO_KIND = f"no file of a set: its name has none of the words {', '.join(SET_KINDS)}"
NOT_NAMED = f"not named in {MANIFEST}"


@dataclass(frozen=True)
class Folder:
    """The objects directly in a folder, those `named` in its manifest, and why that cannot be used."""

    prefix: str
    stored: Sequence[StoredFile]
    kind_of_file: KindOfFile
    named: Sequence[ManifestFile] | None = None
    problem: str | None = None

    def find(self, key: str) -> StoredFile | None:
        """Return the object with this key, if it is in the folder."""
        return next((each for each in self.stored if each.key == key), None)

    @property
    def manifest(self) -> StoredFile | None:
        """The folder's manifest."""
        return self.find(self.prefix + MANIFEST)

    @property
    def mapping(self) -> StoredFile | None:
        """The mapping that applies to every file of the folder."""
        return self.find(self.prefix + MAPPING)

    def is_of_set(self, key: str) -> bool:
        """Whether the object says something about the folder's set."""
        name = base_name(key)
        if self.named is not None:
            return name == MANIFEST or any(file.name == name for file in self.named)
        return name == MANIFEST or self._kind(name) in SET_KINDS

    def ignored_because(self, key: str) -> str | None:
        """Return why the object belongs to no run; None if it is data.

        `uploads/` itself belongs to everybody: a file of no kind is a run of its own there, beside any set.
        """
        name = base_name(key)
        if name in {MANIFEST, MAPPING} or (self.named is not None and self.is_of_set(key)):
            return None
        if reason := without_data(name):
            return reason
        if self.is_of_set(key) or (self.prefix == UPLOADS and self._kind(name) not in SET_KINDS):
            return None
        if self.named is not None:
            return NOT_NAMED
        return NO_KIND if self.has_set else None

    def set_files(self, last: RunFiles) -> tuple[SetFile, ...] | Incomplete:
        """Return the set if it is complete, given what the last run consisted of; else what it lacks."""
        if self.problem:
            return Incomplete(missing=(self.problem,))
        if self.manifest is None or self.named is None:
            return complete_by_kinds(newest(self._by_kind(), last.files), last.files)
        found = {base_name(each.key): each for each in self.stored}
        if missing := tuple(file.name for file in self.named if file.name not in found):
            return Incomplete(missing=missing)
        files = [SetFile(file.kind or Kind.COMBINED, found[file.name], file.sha256) for file in self.named]
        return complete_by_manifest(files, self.manifest, last)

    @cached_property
    def has_set(self) -> bool:
        """Whether any file of a set, or a manifest, is here."""
        return self.manifest is not None or any(True for _ in self._by_kind())

    def newest_single(self) -> str | None:
        """Return the key of the file uploaded last that is a run of its own."""
        data = (each for each in self.stored if base_name(each.key) not in {MANIFEST, MAPPING})
        singles = [each for each in data if not (self.ignored_because(each.key) or self.is_of_set(each.key))]
        return max(singles, key=lambda each: each.modified).key if singles else None

    def ignored(self, files: Sequence[SetFile]) -> list[IgnoredFile]:
        """Return the folder's objects that are no part of a set, with reasons."""
        chosen = {file.stored.key for file in files}
        names = {file.kind: base_name(file.stored.key) for file in files}
        others = [each.key for each in self.stored if each.key not in chosen]
        found = [IgnoredFile(file=key, reason=why) for key in others if (why := self._unused(key, names))]
        return found[:MAX_IGNORED]

    def _unused(self, key: str, chosen: dict[Kind, str]) -> str | None:
        kind = self._kind(base_name(key))
        if reason := self.ignored_because(key):
            return reason
        return f"older than {chosen[kind]}" if kind in chosen and self.named is None else None

    def _by_kind(self) -> Iterator[SetFile]:
        for each in self.stored:
            name = base_name(each.key)
            if (kind := self._kind(name)) in SET_KINDS and not without_data(name):
                yield SetFile(kind, each)

    def _kind(self, name: str) -> Kind:
        return self.kind_of_file(name) or Kind.COMBINED
