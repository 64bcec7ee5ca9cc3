"""What ingest keeps of a run."""

from collections.abc import Mapping
from typing import ClassVar, Self

from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.state import ServiceState


class IngestState(ServiceState):
    """The size of parts, decided when the files are first read: a part always has the same customers."""

    stage: ClassVar[StageName] = StageName.INGEST
    part_records: int | None = None

    @classmethod
    def of_step(cls, step: Mapping[str, str]) -> Self:
        """Return the state of a run that release 0.1.0 began."""
        return cls.model_validate({"part_records": step.get("ingest_part_reviews")})
