"""From an upload to its run: what the object is for, and which source's run it may start."""

import hashlib
from dataclasses import dataclass

from fondly.contracts.run_id import run_id
from fondly.ingest.domain.file_names import MAPPING, base_name
from fondly.ingest.domain.folders import Folder
from fondly.ingest.domain.manifest import MAX_BYTES
from fondly.ingest.domain.uploads import Upload
from fondly.ingest.ports import VanishedError
from fondly.ingest.use_cases.find_run_files import Source
from fondly.ingest.use_cases.start_source import SourceStart
from fondly.ingest.use_cases.start_tools import Tools
from fondly.runtime.logs import get_logger

log = get_logger()


@dataclass(frozen=True)
class StartRun:
    """Starts the run of an uploaded file, or of a set of files once it is complete."""

    tools: Tools

    async def run(self, upload: Upload, *, holder: str) -> None:
        """Start the upload's run, or fail it; `holder`, the message's id, holds the lock meanwhile."""
        folder = await self.tools.find.folder(upload.key)
        if reason := folder.ignored_because(upload.key):
            log.info("upload_ignored", key=upload.key, reason=reason)
            return
        for source in self._sources(upload.key, folder):
            if source.is_set and folder.problem:
                await self._fail_manifest(folder, folder.problem, upload)
            else:
                await SourceStart(self.tools, source, upload, holder).run(folder)

    def _sources(self, key: str, folder: Folder) -> list[Source]:
        """The sources that an object belongs to: a mapping to its folder's set and its latest single file."""
        bucket = self.tools.files.name
        if base_name(key) != MAPPING:
            return [Source(bucket, key, is_set=folder.is_of_set(key))]
        single = folder.newest_single()
        sets = [Source(bucket, key, is_set=True)] if folder.has_set else []
        return sets + ([Source(bucket, single, is_set=False)] if single else [])

    async def _fail_manifest(self, folder: Folder, problem: str, upload: Upload) -> None:
        """Fail a run of its own for a manifest that cannot be used, when its message comes."""
        manifest, files = folder.manifest, self.tools.files
        if manifest is None or upload.key != manifest.key:
            log.warning("file_set_incomplete", folder=folder.prefix, problem=problem)
            return
        try:
            body = await files.read(manifest.key, max_bytes=MAX_BYTES)
        except VanishedError:
            log.info("upload_already_replaced")
            return
        failed = run_id(files.name, {manifest.key: hashlib.sha256(body).hexdigest()})
        run = await self.tools.ledger.open_run(failed, source=f"s3://{files.name}/{manifest.key}")
        await self.tools.ingest.fail(run, problem)
