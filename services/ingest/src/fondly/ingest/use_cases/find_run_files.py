"""Finds in the bucket what a run is to be made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from fondly.contracts.run_id import run_id
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import KindOfFile, kind_of_name
from fondly.ingest.domain.file_sets import Incomplete, RunFiles, SetFile, run_files_kept
from fondly.ingest.domain.folders import Folder
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.mapping import MAX_MAPPING_BYTES, read_mapping
from fondly.ingest.domain.formats.mapping import Mapping as ColumnMapping
from fondly.ingest.domain.manifest import MAX_BYTES, ManifestFile, read_manifest
from fondly.ingest.domain.uploads import folder_of
from fondly.ingest.ports import Files, VanishedError
from fondly.runtime.runs.latest import LatestRun
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import RunStatus


@dataclass(frozen=True)
class Source:
    """What is uploaded under one key or, if `is_set`, in one folder: the latest version of it counts."""

    bucket: str
    key: str
    is_set: bool

    @property
    def address(self) -> str:
        """The name of the source in the ledger."""
        return f"s3://{self.bucket}/{folder_of(self.key) if self.is_set else self.key}"


@dataclass(frozen=True)
class FindRunFiles:
    """Looks at folders, and decides by the source's last run whether what is there makes a new one."""

    files: Files
    ledger: Ledger
    shop_mapping: ColumnMapping | None = None
    """What the shop's settings say of its files, where there is no mapping beside them."""

    async def folder(self, key: str) -> Folder:
        """Return the folder that an object is in, with its manifest and mapping read."""
        prefix = folder_of(key)
        folder = Folder(prefix, await self.files.stored(prefix), kind_of_name)
        folder = Folder(prefix, folder.stored, await self._kinds(folder))
        try:
            named = await self._named(folder)
        except FileError as error:
            return Folder(prefix, folder.stored, folder.kind_of_file, problem=f"{prefix}{error}")
        return Folder(prefix, folder.stored, folder.kind_of_file, named)

    async def choose(
        self, source: Source, folder: Folder, latest: LatestRun, *, key: str
    ) -> RunFiles | Incomplete:
        """Return what a run has to be made of now that the object with this key was uploaded.

        They are the last run's own files if those are still there and the object is among them: the message
        may be repeated because the worker has died. Raises `VanishedError` for a single file that is gone.
        """
        last = run_files_kept(latest.files) if latest.files else self._unrecorded(source, folder, latest)
        found = folder.set_files(last) if source.is_set else _single(source, folder, last)
        if not isinstance(found, Incomplete):
            return RunFiles(found, folder.mapping, folder.manifest if source.is_set else None)
        return await self._again(folder, last, latest, key) or found

    def run_id(self, run_files: RunFiles, digests: Mapping[str, str], latest: LatestRun) -> str | None:
        """Return the id of the files' run, from ETags if the latest's is; None if a digest is missing."""
        former = run_id(self.files.name, {each.key: each.etag for each in run_files.stored})
        if latest.run_id == former:
            return former
        found = {each.key: digests.get(each.key) for each in run_files.stored}
        named = {key: digest for key, digest in found.items() if digest}
        return run_id(self.files.name, named) if len(named) == len(found) else None

    async def _again(self, folder: Folder, last: RunFiles, latest: LatestRun, key: str) -> RunFiles | None:
        """Return the last run's files if none has changed: the same run or, with another mapping, a new one.

        Another mapping alone makes no new run, unless the last one has not got beyond reading its files.
        """
        mapping = folder.mapping
        repeated = key in last.keys or (mapping is not None and key == mapping.key)
        if not repeated or not _is_unchanged(last, folder):
            return None
        again = RunFiles(last.files, mapping, last.manifest)
        if can_resume(last, folder):
            return again
        run = await self.ledger.find(latest.run_id or "")
        return again if run and run.parts is None and run.status is not RunStatus.FINISHED else None

    def _unrecorded(self, source: Source, folder: Folder, latest: LatestRun) -> RunFiles:
        """What the last run of a single file was made of, where the ledger has kept only its id."""
        stored = None if source.is_set else folder.find(source.key)
        only = RunFiles((SetFile(Kind.COMBINED, stored),)) if stored else RunFiles()
        return only if latest.run_id and latest.run_id == self.run_id(only, {}, latest) else RunFiles()

    async def _kinds(self, folder: Folder) -> KindOfFile:
        """Return what knows the kinds of files: the mapping, then their names."""
        mapping = await self._mapping(folder)
        return kind_of_name if mapping is None else partial(_kind, mapping)

    async def _mapping(self, folder: Folder) -> ColumnMapping | None:
        """Return the mapping; None for one that cannot be read, for which ingest will fail the run."""
        if folder.mapping is None:
            return self.shop_mapping
        try:
            text = await self.files.read(folder.mapping.key, max_bytes=MAX_MAPPING_BYTES)
            return read_mapping(text.decode("utf-8-sig"), file=folder.mapping.key)
        except (VanishedError, FileError, ValueError):
            return None

    async def _named(self, folder: Folder) -> list[ManifestFile] | None:
        if folder.manifest is None:
            return None
        try:
            body = await self.files.read(folder.manifest.key, max_bytes=MAX_BYTES)
        except VanishedError:
            return None
        return read_manifest(body, folder.kind_of_file)


def _kind(mapping: ColumnMapping, name: str) -> Kind | None:
    said = mapping.for_file(name)
    return (said and said.kind) or kind_of_name(name)


def can_resume(last: RunFiles, folder: Folder) -> bool:
    """Whether everything that a run was made of is still in its folder as it was."""
    mapping = folder.mapping
    same = (mapping and mapping.etag) == (last.mapping and last.mapping.etag)
    return same and _is_unchanged(last, folder)


def _is_unchanged(last: RunFiles, folder: Folder) -> bool:
    return bool(last.files) and {file.stored for file in last.files} <= set(folder.stored)


def _single(source: Source, folder: Folder, last: RunFiles) -> tuple[SetFile, ...] | Incomplete:
    stored = folder.find(source.key)
    if stored is None:
        raise VanishedError("deleted before it was read")
    if stored in {file.stored for file in last.files}:
        return Incomplete(old=(source.key,))
    return (SetFile(Kind.COMBINED, stored),)
