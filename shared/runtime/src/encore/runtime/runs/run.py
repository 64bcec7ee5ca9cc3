"""What the ledger records."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Amount = Annotated[Decimal, Field(ge=0)]


class StageName(StrEnum):
    """The four stages of a run, in order."""

    INGEST = "ingest"
    SENTIMENT = "sentiment"
    RECOMMENDER = "recommender"
    MAILER = "mailer"


def part_name(part: int) -> str:
    """What a part is called in reports and locks."""
    return f"part-{part:05}"


class RunStatus(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class StageState(BaseModel):
    """One stage of a run.

    *Reached* says that one worker owns the step to the next stage, *announced* that it has been published:
    between the two lies a crash window that redelivery repairs.
    """

    model_config = ConfigDict(frozen=True)
    done: frozenset[int] = frozenset()
    reached_by: str | None = None
    announced: bool = False


class Run(BaseModel):
    """One uploaded file on its way to emails. `parts` is known once ingest has read the file."""

    model_config = ConfigDict(frozen=True)
    run_id: str
    status: RunStatus = RunStatus.RUNNING
    reason: str | None = None
    source: str = ""
    created_at: datetime
    finished_at: datetime | None = None
    parts: int | None = None
    stages: dict[StageName, StageState] = {}
    step: dict[str, str] = {}
    """State of the recommender's long jobs: small named strings, such as ARNs."""

    def stage(self, stage: StageName) -> StageState:
        """Return a stage's state, empty when nothing has happened yet."""
        return self.stages.get(stage, StageState())

    def parts_to_do(self, stage: StageName) -> list[int]:
        """The numbers of the parts that a stage has not done, in order."""
        done = self.stage(stage).done
        return [part for part in range(1, (self.parts or 0) + 1) if part not in done]

    @property
    def is_open(self) -> bool:
        """True while there is work to do for the run."""
        return self.status is RunStatus.RUNNING


class Progress(BaseModel):
    """A stage after one more part of it was recorded."""

    model_config = ConfigDict(frozen=True)
    run: Run
    stage: StageName

    @property
    def complete(self) -> bool:
        """True when every part of the run has passed the stage."""
        return self.run.parts is not None and len(self.run.stage(self.stage).done) >= self.run.parts

    @property
    def announced(self) -> bool:
        """True when the step to the next stage has been published."""
        return self.run.stage(self.stage).announced


class PartReport(BaseModel):
    """What one piece of a stage came to. Recording it again replaces it, so totals never count twice."""

    model_config = ConfigDict(frozen=True)
    stage: StageName
    name: str
    """`part-00001`, or a word such as `training` for work that is not a part."""
    started_at: datetime
    finished_at: datetime
    counts: dict[str, Annotated[int, Field(ge=0)]] = {}
    """Facts of the run's summary, such as `emails`."""
    units: dict[str, Amount] = {}
    """Billable units, named as in `encore.runtime.runs.pricing`."""
