"""Keeps the answers of a job like those of calls, in whatever order they come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.contracts.counts import Counted
from fondly.mailer.domain.copy.job import JobInput, JobTask, file_name, job_payer
from fondly.mailer.ports import CopyJobs, JobAnswer, ModelReply
from fondly.mailer.use_cases.ask_once import kept_form
from fondly.runtime.batches import batches
from fondly.runtime.kept_answers import KeptAnswers
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Objects
from fondly.runtime.runs.stage import PartResult

ANSWERS_AT_ONCE = 500
OUTPUT_SUFFIX = ".out"
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class KeepCopyAnswers:
    """Reads a job's output, file by file; a file that the job has not written holds no answers."""

    objects: Objects
    kept: KeptAnswers
    jobs: CopyJobs
    model_id: str

    async def run(self, run_id: str, task: JobTask, job_id: str, written: JobInput) -> PartResult:
        """Keep every complete answer, and return what the job came to; other prompts are left to calls."""
        counts, units = Counter[str](), Counter[str]()
        for number in range(1, written.files + 1):
            for lines in batches(await self._lines(run_id, task, job_id, number), ANSWERS_AT_ONCE):
                answers = [self.jobs.answer(line) for line in lines]
                counts[Counted.PROMPTS_BATCHED] += await self._keep(run_id, answers)
                units.update(self._billed(answers))
        if failed := written.prompts - counts[Counted.PROMPTS_BATCHED]:
            log.warning("copy_job_records_failed", task=task, records=failed)
        units["dynamodb.writes"] = counts[Counted.PROMPTS_BATCHED]
        return PartResult(counts=counts, units=units)

    async def _lines(self, run_id: str, task: JobTask, job_id: str, number: int) -> list[bytes]:
        """The output of one input file, which has the same name and an ending of its own."""
        name = f"{task}/output/{job_id.rpartition('/')[2]}/{file_name(number)}{OUTPUT_SUFFIX}"
        body = await self.objects.find(object_keys.copy_job(run_id, name))
        return [line for line in (body or b"").split(b"\n") if line.strip()]

    async def _keep(self, run_id: str, answers: Sequence[JobAnswer]) -> int:
        for answer in answers:
            if problem := answer.problem:
                log.info("copy_job_record_failed", prompt_key=answer.key, reason=problem)
        complete = {one.key: kept_form(one.reply) for one in answers if one.reply and not one.problem}
        await self.kept.keep(complete, payer=job_payer(run_id))
        return len(complete)

    def _billed(self, answers: Sequence[JobAnswer]) -> Counter[str]:
        """The tokens of all answers, whether they can be used or not; no cache makes any of them cheaper."""
        replies = [answer.reply for answer in answers if answer.reply]
        return Counter(
            {
                f"bedrock.batch_input_tokens.{self.model_id}": sum(map(_sent, replies)),
                f"bedrock.batch_output_tokens.{self.model_id}": sum(one.output_tokens for one in replies),
            }
        )


def _sent(reply: ModelReply) -> int:
    return reply.input_tokens + reply.cache_read_tokens + reply.cache_write_tokens
