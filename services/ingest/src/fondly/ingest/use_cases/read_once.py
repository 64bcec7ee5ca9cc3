"""Reads the files of a source for one message at a time: the others find what was noted of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from fondly.ingest.domain.file_sets import Delivery, known_digests
from fondly.ingest.ports import Content
from fondly.ingest.use_cases.verify_files import Verified, VerifyFiles
from fondly.runtime.runs.latest import LatestRun, LatestRuns
from fondly.runtime.runs.stage import Stage

READING = "read"


@dataclass(frozen=True)
class ReadOnce:
    """A set has a notification for each file, and each would download all of them to name the run."""

    runs: LatestRuns
    stage: Stage
    source: str
    holder: str

    async def run(
        self, verify: VerifyFiles, delivery: Delivery, contents: Sequence[Content], latest: LatestRun
    ) -> Verified:
        """Return the contents and their digests; nothing is locked if the latest run has all of these."""
        known = known_digests(delivery, latest.files)
        if len(known) == len(delivery.stored):
            return await verify.run(delivery, contents, known)
        async with self.stage.lock(f"source#{self.source}", READING, holder=self.holder):
            known = known_digests(delivery, [*latest.files, *await self.runs.noted(self.source)])
            verified = await verify.run(delivery, contents, known)
            if len(verified.digests) > len(known):
                await self.runs.note(self.source, delivery.kept(verified.digests))
        return verified
