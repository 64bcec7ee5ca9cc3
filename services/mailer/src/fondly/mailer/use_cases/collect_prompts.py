"""Writes the prompts of a run that nobody has asked yet as the input of a job, each prompt once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fondly.contracts import object_keys
from fondly.mailer.domain.copy.job import JobInput, JobTask, file_name
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.ports import CopyJobs, PromptsOfRun
from fondly.runtime.kept_answers import KeptAnswers
from fondly.runtime.ports import Objects
from fondly.runtime.runs.run import Run

MAX_PROMPTS = 50_000
"""Records that Bedrock takes in a job, the least quota of any model; the rest is left to calls."""
FILE_BYTES = 8_000_000
"""A file is closed once it is so long: it is held in memory, and so is its output."""
CONTENT_TYPE = "application/x-ndjson"


@dataclass
class _Input:
    """The lines that wait to be written, and what has been."""

    keys: set[str] = field(default_factory=set)
    lines: list[bytes] = field(default_factory=list)
    bytes: int = 0
    files: int = 0
    all_bytes: int = 0
    max_tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class CollectPrompts:
    """Reads a run's prompts group by group; memory holds one file and a key for each prompt."""

    objects: Objects
    kept: KeptAnswers
    prompts_of_run: PromptsOfRun
    jobs: CopyJobs
    model_id: str

    async def run(self, run: Run, task: JobTask) -> JobInput:
        """Write the input of the task's job, and return how much it is."""
        found = _Input()
        async for group in self.prompts_of_run(run.run_id, task, parts=run.parts or 0):
            for key, prompt in (await self._unanswered(group, found)).items():
                if len(found.keys) < MAX_PROMPTS:
                    found.keys.add(key)
                    found.max_tokens += prompt.max_tokens
                    await self._add(run, task, found, self.jobs.line(prompt))
        await self._write(run, task, found)
        return JobInput(
            prompts=len(found.keys),
            files=found.files,
            bytes=found.all_bytes,
            max_tokens=found.max_tokens,
        )

    async def _unanswered(self, prompts: Sequence[Prompt], found: _Input) -> dict[str, Prompt]:
        keyed = {prompt.key(self.model_id): prompt for prompt in prompts}
        new = {key: prompt for key, prompt in keyed.items() if key not in found.keys}
        answered = await self.kept.find(list(new))
        return {key: prompt for key, prompt in new.items() if key not in answered}

    async def _add(self, run: Run, task: JobTask, found: _Input, line: bytes) -> None:
        found.lines.append(line)
        found.bytes += len(line)
        found.all_bytes += len(line)
        if found.bytes >= FILE_BYTES:
            await self._write(run, task, found)

    async def _write(self, run: Run, task: JobTask, found: _Input) -> None:
        if found.lines:
            found.files += 1
            key = object_keys.copy_job(run.run_id, f"{task}/input/{file_name(found.files)}")
            await self.objects.put(key, b"".join(found.lines), content_type=CONTENT_TYPE)
            found.lines, found.bytes = [], 0
