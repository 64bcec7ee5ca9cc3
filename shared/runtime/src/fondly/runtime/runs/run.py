"""The records of the ledger."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from fondly.contracts.events import Round

Amount = Annotated[Decimal, Field(ge=0)]


class StageName(StrEnum):
    """The stages of a run, in order. The last begins once the run has finished."""

    INGEST = "ingest"
    SENTIMENT = "sentiment"
    RECOMMENDER = "recommender"
    MAILER = "mailer"
    SENDER = "sender"


MAKING = (StageName.INGEST, StageName.SENTIMENT, StageName.RECOMMENDER, StageName.MAILER)
"""The stages that a run takes to finish; what they have made is then delivered."""


CLEARING = frozenset({StageName.RECOMMENDER, StageName.MAILER})
"""The stages that have to clear a run before sentiment, the first that pays, begins with it."""


def part_name(part: int) -> str:
    """The name of a part in reports and locks."""
    return f"part-{part:05}"


class RunStatus(StrEnum):
    """A run's status."""

    RUNNING = "running"
    STOPPED = "stopped"
    """Nothing is done until it is resumed: its budget allowed nothing more, or it could not end."""
    FINISHED = "finished"
    FAILED = "failed"


class StageState(BaseModel):
    """One stage of a run.

    *Reached* means that one owner is to announce the stage, *announced* that it has done so. After a crash
    in between, redelivery repeats the announcement.
    """

    model_config = ConfigDict(frozen=True)
    done: frozenset[int] = frozenset()
    reached_by: str | None = None
    announced: bool = False


class Run(BaseModel):
    """One upload and its progress. `parts` is known once ingest has read the upload."""

    model_config = ConfigDict(frozen=True)
    run_id: str
    status: RunStatus = RunStatus.RUNNING
    reason: str | None = None
    source: str = ""
    created_at: datetime
    finished_at: datetime | None = None
    parts: int | None = None
    cleared: frozenset[StageName] = frozenset()
    """The stages that have said that the run can end."""
    stages: dict[StageName, StageState] = {}
    states: dict[StageName, dict[str, Any]] = {}
    """What services keep of the run, each read by a `ServiceState` of its own."""
    step: dict[str, str] = {}
    """What release 0.1.0 kept in place of states: strings by name."""
    rounds: dict[Round, frozenset[int]] = {}
    """The numbers of the bundles that are through each of the recommender's rounds."""

    def passed(self, in_round: Round) -> frozenset[int]:
        """The numbers of the bundles that are through a round of the recommender."""
        return self.rounds.get(in_round, frozenset())

    def stage(self, stage: StageName) -> StageState:
        """Return a stage's state, empty if nothing has happened yet."""
        return self.stages.get(stage, StageState())

    def parts_to_do(self, stage: StageName) -> list[int]:
        """The numbers of the parts that a stage has not done yet, in order."""
        done = self.stage(stage).done
        return [part for part in range(1, (self.parts or 0) + 1) if part not in done]

    @property
    def is_cleared(self) -> bool:
        """True once the stages after sentiment have cleared the run."""
        return self.cleared >= CLEARING

    @property
    def is_open(self) -> bool:
        """True while work is done for the run: until it has finished or failed, unless it is stopped."""
        return self.status is RunStatus.RUNNING

    @property
    def has_ended(self) -> bool:
        """True once the run has finished or failed."""
        return self.status in {RunStatus.FINISHED, RunStatus.FAILED}


class Progress(BaseModel):
    """The state of a stage after a part of it was recorded."""

    model_config = ConfigDict(frozen=True)
    run: Run
    stage: StageName

    @property
    def complete(self) -> bool:
        """True if the stage has done every part of the run."""
        return self.run.parts is not None and len(self.run.stage(self.stage).done) >= self.run.parts

    @property
    def announced(self) -> bool:
        """True if the stage's completion has been announced."""
        return self.run.stage(self.stage).announced


class PartReport(BaseModel):
    """The result of one piece of a stage. Recording it again replaces it, so nothing is counted twice."""

    model_config = ConfigDict(frozen=True)
    stage: StageName
    name: str
    """`part-00001`, or a word such as `training` for work that is not a part."""
    started_at: datetime
    finished_at: datetime
    counts: dict[str, Annotated[int, Field(ge=0)]] = {}
    """Counts for the run's summary, such as `emails`."""
    units: dict[str, Amount] = {}
    """Billable units, named as in `fondly.runtime.runs.pricing`."""
