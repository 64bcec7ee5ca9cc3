"""The mailer over in-memory doubles, with batch inference, and a run of two parts."""

import json
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from fondly.contracts import object_keys
from fondly.contracts.events import MailerPoll, RecommendationsReady, new_event
from fondly.mailer.domain.copy.job import JobState, JobStatus, JobTask
from fondly.mailer.domain.copy.prompt import Prompt, Task
from fondly.mailer.handler import MailerHandler
from fondly.mailer.use_cases.advance_copy_job import AdvanceCopyJob
from fondly.mailer.use_cases.close_run import CloseRun
from fondly.mailer.use_cases.collect_prompts import CollectPrompts
from fondly.mailer.use_cases.keep_copy_answers import KeepCopyAnswers
from fondly.mailer.use_cases.release_parts import ReleaseParts
from fondly.runtime.queue.message import Message
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.stage import PartResult
from fondly.runtime.runs.totals import total
from services.mailer.tests.fakes import MODEL, InMemoryCopyJobs
from tests.support.kept_answers import InMemoryKeptAnswers
from tests.support.runs import Runs, a_report, finish_part
from tests.support.stores import InMemoryAnnouncer, InMemoryObjects, InMemoryPolls

if TYPE_CHECKING:
    from fondly.mailer.use_cases.mail_part import MailPart

RUN = "run-1"
PARTS = 2
FROM_PROMPTS = 4


class MailedParts:
    """Stands for the mailing of parts; keeps which were mailed and the answers that were kept by then."""

    def __init__(self, kept: InMemoryKeptAnswers) -> None:
        self.keys: list[str] = []
        self.answers = 0
        self._kept = kept

    async def run(self, run_id: str, number: int, *, key: str) -> PartResult:
        """Keep the part's key."""
        assert key == object_keys.recommendations(run_id, number)
        self.keys.append(key)
        self.answers = len(self._kept.answers)
        return PartResult(counts={"emails": 1})


class World:
    """The handler, and everything that it reads and writes."""

    def __init__(
        self,
        *,
        features: int = FROM_PROMPTS,
        copies: int = FROM_PROMPTS,
        budget_usd: Decimal | int | None = None,
    ) -> None:
        self.prompts = {
            JobTask.FEATURES: [prompt_of(JobTask.FEATURES, number) for number in range(features)],
            JobTask.COPY: [prompt_of(JobTask.COPY, number) for number in range(copies)],
        }
        runs = Runs(budget_usd=None if budget_usd is None else Decimal(budget_usd))
        self.budget = runs.budget
        self.ledger, self.objects, self.polls = runs.ledger, InMemoryObjects(), InMemoryPolls()
        self.announcer, self.kept = InMemoryAnnouncer(), InMemoryKeptAnswers()
        self.jobs, self.mailed = InMemoryCopyJobs(), MailedParts(self.kept)
        self.stage = runs.stage(StageName.MAILER, self.announcer)
        self.handle = self.handler(with_jobs=True)

    def handler(self, *, with_jobs: bool) -> MailerHandler:
        """The handler, as it is wired with batch inference and without it."""
        return MailerHandler(
            self.stage,
            cast("MailPart", self.mailed),
            CloseRun(self.ledger, self.announcer),
            ReleaseParts(ledger=self.ledger, polls=self.polls),
            self._advance_job() if with_jobs else None,
        )

    def _advance_job(self) -> AdvanceCopyJob:
        objects, kept, jobs = self.objects, self.kept, self.jobs
        return AdvanceCopyJob(
            ledger=self.ledger,
            stage=self.stage,
            collect_prompts=CollectPrompts(
                objects=objects, kept=kept, prompts_of_run=self.prompts_of_run, jobs=jobs, model_id=MODEL
            ),
            jobs=jobs,
            keep_answers=KeepCopyAnswers(objects=objects, kept=kept, jobs=jobs, model_id=MODEL),
            polls=self.polls,
            announcer=self.announcer,
            from_prompts=FROM_PROMPTS,
        )

    async def prompts_of_run(
        self, run_id: str, task: JobTask, *, parts: int
    ) -> AsyncIterator[Sequence[Prompt]]:
        """Every part asks all prompts of a task."""
        assert (run_id, parts) == (RUN, PARTS)
        for _ in range(parts):
            yield self.prompts[task]

    async def open(self) -> None:
        """Open the run."""
        await self.ledger.open_run(RUN, source="test")
        await self.ledger.set_parts(RUN, PARTS)

    async def recommend(self, *parts: int) -> None:
        """Record parts as recommended; all by default."""
        for part in parts or range(1, PARTS + 1):
            await finish_part(self.ledger, RUN, part, a_report(StageName.RECOMMENDER, part))

    def end(self, task: JobTask, status: JobStatus = JobStatus.ENDED, message: str = "") -> None:
        """Let a task's job end."""
        self.jobs.states[task] = JobState(status, message)

    def answer(self, task: JobTask, *answers: tuple[Prompt, str, str | None, str]) -> None:
        """Write a job's output: prompt, answer, refusal and error, by default an answer to every prompt."""
        found = answers or tuple((prompt, '{"a": 1}', None, "") for prompt in reversed(self.prompts[task]))
        lines = [json.dumps([one.key(MODEL), text, *rest]) for one, text, *rest in found]
        self.objects.stored[output_key(task)] = "\n".join([*lines, ""]).encode()

    async def counts(self) -> dict[str, int]:
        """The run's counts so far."""
        return total(await self.ledger.reports(RUN)).counts

    async def units(self) -> dict[str, int]:
        """The run's tokens so far, by kind."""
        reports = await self.ledger.reports(RUN)
        units = [(unit, amount) for report in reports for unit, amount in report.units.items()]
        kinds = {unit for unit, _ in units if unit.startswith("bedrock.")}
        return {kind.split(".")[1]: sum(int(n) for unit, n in units if unit == kind) for kind in kinds}


def prompt_of(task: JobTask, number: int) -> Prompt:
    """A prompt."""
    asked = Task.FEATURES if task is JobTask.FEATURES else Task.FRAME
    return Prompt(asked, "1", "rules", f"{task} {number}", "{}", 500)


def input_key(task: JobTask, number: int = 1) -> str:
    """The key of an input file."""
    return object_keys.copy_job(RUN, f"{task}/input/prompts-{number:05}.jsonl")


def output_key(task: JobTask, number: int = 1) -> str:
    """The key of the output of an input file."""
    return object_keys.copy_job(RUN, f"{task}/output/{task}/prompts-{number:05}.jsonl.out")


def ready(part: int = 1) -> Message:
    """The message about a part."""
    key = object_keys.recommendations(RUN, part)
    data = RecommendationsReady(part=part, parts=PARTS, key=key, customers=1)
    return Message(f"part-{part}", "receipt", new_event(data, run_id=RUN, source="recommender").body, 1, 0)


def poll(attempt: int = 0, part: int | None = None) -> Message:
    """The message of a poll, or about a part that has waited."""
    event = new_event(MailerPoll(attempt=attempt, part=part), run_id=RUN, source="mailer")
    return Message(f"poll-{attempt}-{part}", "receipt", event.body, 1, 0)
