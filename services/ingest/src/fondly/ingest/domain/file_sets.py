"""Whether the files of a folder make a run: all of one set, and not those of the folder's last run.

Nobody says when an upload of several files is complete, so there are two signs of it: a manifest, or that the
kinds of a set are there and each file of the last run has been replaced by a newer one. The rules prefer no
run to a run of files that do not belong together: a run is paid, while a set that waits only has to be
uploaded again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from fondly.ingest.domain.file_names import base_name, date_in
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.pieces import missing_pieces, tables
from fondly.ingest.domain.uploads import SET_KINDS, missing_kinds

TOGETHER = timedelta(hours=1)
"""Files uploaded within this time of each other belong to one set."""
APART = timedelta(hours=12)
"""Files uploaded further apart than this do not."""
JOINS_WITHIN = timedelta(minutes=15)
"""A file of a further kind that comes so soon after the last run's files belongs to them."""

_MAPPING = "mapping"
_MANIFEST = "manifest"


class StoredFile(NamedTuple):
    """An object as S3 lists it, `modified` to the second; its ETag says nothing of its bytes."""

    key: str
    etag: str
    modified: datetime

    @property
    def recency(self) -> tuple[datetime, datetime]:
        """What orders files of one kind: the date in the name, else that of the upload, then the upload."""
        return date_in(base_name(self.key)) or self.modified, self.modified


class SetFile(NamedTuple):
    """A file of a set; `sha256` is what the manifest expects, if it expects anything."""

    kind: Kind
    stored: StoredFile
    sha256: str | None = None


@dataclass(frozen=True)
class RunFiles:
    """The objects that a run is made of, in reading order."""

    files: tuple[SetFile, ...] = ()
    mapping: StoredFile | None = None
    manifest: StoredFile | None = None

    @property
    def stored(self) -> list[StoredFile]:
        """The files and the mapping: what the run's identity follows from."""
        return [*(file.stored for file in self.files), *([self.mapping] if self.mapping else [])]

    @property
    def is_sure(self) -> bool:
        """Whether checksums vouch for every file, so that nothing else can belong to it."""
        return all(file.sha256 for file in self.files)

    @property
    def keys(self) -> set[str]:
        """The keys of all its objects."""
        return {stored.key for stored in (*self.stored, *([self.manifest] if self.manifest else []))}

    def kept(self, digests: Mapping[str, str] = MappingProxyType({})) -> tuple[dict[str, str], ...]:
        """Return what the ledger keeps of it: the role and version of each object, and its digest by key."""
        roles = [(str(file.kind), file.stored) for file in self.files]
        roles += [(_MAPPING, self.mapping)] if self.mapping else []
        roles += [(_MANIFEST, self.manifest)] if self.manifest else []
        return tuple(
            {"role": role, "key": each.key, "etag": each.etag, "modified": each.modified.isoformat()}
            | ({"sha256": digests[each.key]} if each.key in digests else {})
            for role, each in roles
        )


def run_files_kept(kept: Iterable[Mapping[str, str]]) -> RunFiles:
    """Return the files that `RunFiles.kept` has described, without checksums."""
    roles = [
        (each["role"], StoredFile(each["key"], each["etag"], datetime.fromisoformat(each["modified"])))
        for each in kept
    ]
    files = tuple(SetFile(Kind(role), stored) for role, stored in roles if role not in {_MAPPING, _MANIFEST})
    others = dict(roles)
    return RunFiles(files, others.get(_MAPPING), others.get(_MANIFEST))


def known_digests(run_files: RunFiles, kept: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the digests kept of just these stored objects, by key: no object has to be read twice."""
    known = {
        (each["key"], each["etag"], each["modified"]): each["sha256"] for each in kept if "sha256" in each
    }
    versions = {each.key: (each.key, each.etag, each.modified.isoformat()) for each in run_files.stored}
    return {key: known[version] for key, version in versions.items() if version in known}


@dataclass(frozen=True)
class Incomplete:
    """What is missing, and which files are no newer than the folder's last run or belong to another day."""

    missing: tuple[str, ...] = ()
    old: tuple[str, ...] = ()


Found = Mapping[Kind, tuple[SetFile, ...]]
"""The files of each kind: one, or the pieces of one table."""


def in_reading_order(files: Iterable[SetFile]) -> tuple[SetFile, ...]:
    """Return the files so that whatever a file refers to comes before it."""
    by_kind: dict[Kind, list[SetFile]] = {}
    for file in sorted(files, key=lambda file: file.stored.key):
        by_kind.setdefault(file.kind, []).append(file)
    order = {kind: position for position, kind in enumerate(SET_KINDS)}
    return tuple(
        some[position]
        for _, some in sorted(by_kind.items(), key=lambda each: order.get(each[0], 0))
        for positions in tables([file.stored.key for file in some])
        for position in positions
    )


def complete_by_kinds(found: Found, last: Sequence[SetFile]) -> tuple[SetFile, ...] | Incomplete:
    """Return the set that the newest files make, given those of the folder's last run; else what it lacks."""
    last = [file for file in last if file.kind in SET_KINDS]
    expected = {file.kind for file in last}
    missing = missing_kinds(found) + [f"{kind}" for kind in SET_KINDS if kind in expected - found.keys()]
    missing += [
        name for some in found.values() for name in missing_pieces([file.stored.key for file in some])
    ]
    if missing:
        return Incomplete(missing=tuple(dict.fromkeys(missing)))
    files = tuple(file for some in found.values() for file in some)
    if _joins(files, last):
        return files
    unchanged = [file for file in last if not _is_replaced(file, found[file.kind])]
    old = {file.kind for file in (*unchanged, *_left_over(files, last), *_of_earlier_days(files))}
    stale = {file.stored.key for file in (*unchanged, *_left_over(files, last), *_of_earlier_days(files))}
    names = [base_name(each) for kind in SET_KINDS if kind in old for each in _named(found[kind], stale)]
    return Incomplete(old=tuple(names)) if names else files


def complete_by_manifest(
    files: Sequence[SetFile], manifest: StoredFile, last: RunFiles
) -> tuple[SetFile, ...] | Incomplete:
    """Return the set if nothing but checksums can still speak against it; else which files are too old.

    Files without a checksum must have been replaced since the last run. A manifest that has started no run
    yet vouches for the others if all of them are there when it comes, uploaded soon after one another.
    """
    unsure = [file for file in files if not file.sha256]
    before = {file.stored.key: file.stored for file in last.files}
    old = [
        file for file in unsure if (was := before.get(file.stored.key)) and not _is_newer(file.stored, was)
    ]
    vouched = manifest != last.manifest and all(file.stored.modified <= manifest.modified for file in unsure)
    if old and not (vouched and not _left_over(unsure, last.files)):
        return Incomplete(old=tuple(base_name(file.stored.key) for file in old))
    return in_reading_order(files)


def _is_replaced(file: SetFile, by: Sequence[SetFile]) -> bool:
    """Whether a file of the last run has been replaced by a newer one under its key, or by newer ones."""
    same = next((each for each in by if each.stored.key == file.stored.key), None)
    return all(_is_newer(each.stored, file.stored) for each in ([same] if same else by))


def _named(files: Sequence[SetFile], stale: Collection[str]) -> list[str]:
    """The keys of the files that are stale, or of all if none is here any more."""
    keys = [file.stored.key for file in files]
    return [key for key in keys if key in stale] or keys


def _is_newer(file: StoredFile, than: StoredFile) -> bool:
    """Whether a file was uploaded after another; the same second counts if the content differs."""
    return file.recency > than.recency or (file.recency == than.recency and file.etag != than.etag)


def _joins(files: Sequence[SetFile], last: Sequence[SetFile]) -> bool:
    """Whether files of further kinds complete the last run's set, of which nothing was replaced."""
    late = set(files) - set(last)
    if not last or not late or len(late) + len(last) > len(files) or _of_earlier_days(files):
        return False
    before = max(file.stored.modified for file in last)
    return max(file.stored.modified for file in late) - before <= JOINS_WITHIN


def _left_over(files: Sequence[SetFile], last: Sequence[SetFile]) -> list[SetFile]:
    """The files too far from the newest of these, or nearer to the last run's set than to that."""
    end = max(file.stored.modified for file in files)
    before = max((file.stored.modified for file in last), default=None)

    def may_be_apart(modified: datetime) -> timedelta:
        return APART if before is None else min(APART, max(TOGETHER, modified - before))

    return [file for file in files if end - file.stored.modified > may_be_apart(file.stored.modified)]


def _of_earlier_days(files: Sequence[SetFile]) -> list[SetFile]:
    """The files whose names carry an earlier date than the name of another."""
    dated = [(date.date(), file) for file in files if (date := date_in(base_name(file.stored.key)))]
    latest = max((date for date, _ in dated), default=None)
    return [file for date, file in dated if date != latest]
