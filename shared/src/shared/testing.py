"""Stand-ins for tests of handlers: what they promise is what the real ones promise."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from shared.errors import PermanentError
from shared.events import EventData, new_event
from shared.ledger import PartReport, Progress, Run, RunStatus, Stage

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_s3.client import S3Client
    from types_aiobotocore_sns.client import SNSClient
    from types_aiobotocore_sqs.client import SQSClient

Model = TypeVar("Model", bound=BaseModel)
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Clients:
    """Asynchronous clients of an emulator, for integration tests."""

    s3: "S3Client"
    sqs: "SQSClient"
    sns: "SNSClient"
    dynamodb: "DynamoDBClient"


class MemoryObjects:
    """A bucket in a dictionary."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}

    async def put(self, key: str, body: bytes, *, content_type: str) -> None:
        """Store one object."""
        assert content_type  # noqa: S101 - every object says what it is
        self.stored[key] = body

    async def get(self, key: str) -> bytes:
        """Read one object; `KeyError` when there is none."""
        return self.stored[key]

    async def put_lines(self, key: str, records: Iterable[BaseModel]) -> None:
        """Store records as JSON lines."""
        lines = [record.model_dump_json(exclude_none=True) + "\n" for record in records]
        self.stored[key] = "".join(lines).encode()

    async def get_lines(self, key: str, kind: type[Model]) -> list[Model]:
        """Read JSON lines back as records."""
        return [kind.model_validate_json(line) for line in self.stored[key].splitlines()]


class MemoryItems:
    """A table in a dictionary, keyed by `key` attributes."""

    def __init__(self, *key: str) -> None:
        self._key = key
        self.items: dict[tuple[str, ...], Mapping[str, Any]] = {}

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Put every item."""
        self.items.update({tuple(item[name] for name in self._key): item for item in items})


class MemoryAnnouncer:
    """Keeps what was announced, in order, with the event id of each."""

    def __init__(self) -> None:
        self.announced: list[tuple[str, EventData]] = []
        self.ids: list[str] = []

    async def announce(self, run_id: str, data: EventData, *, cause: str) -> None:
        """Keep one event."""
        await self.announce_all(run_id, [(cause, data)])

    async def announce_all(self, run_id: str, events: Iterable[tuple[str, EventData]]) -> None:
        """Keep many events."""
        for cause, data in events:
            self.announced.append((run_id, data))
            self.ids.append(new_event(data, run_id=run_id, source="test", cause=cause).id)

    def of(self, kind: type[EventData]) -> list[EventData]:
        """The announced data of one kind."""
        return [data for _, data in self.announced if isinstance(data, kind)]


class MemoryLedger:
    """A ledger in dictionaries."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._reports: dict[tuple[str, str, str], PartReport] = {}

    async def open_run(self, run_id: str, *, source: str) -> Run:
        """Create the run, or return it."""
        return self._runs.setdefault(run_id, Run(run_id=run_id, source=source, created_at=START))

    async def run(self, run_id: str) -> Run:
        """Return the run; raise `PermanentError` when there is none."""
        if run_id not in self._runs:
            raise PermanentError(f"no run {run_id} in the ledger")
        return self._runs[run_id]

    async def set_parts(self, run_id: str, parts: int) -> None:
        """Record how many parts the run has."""
        self._change(run_id, parts=parts)

    async def finish_part(self, run_id: str, part: int, report: PartReport) -> Progress:
        """Record a part as done."""
        await self.record(run_id, report)
        state = self._runs[run_id].stage(report.stage)
        run = self._change_stage(run_id, report.stage, done=state.done | {part})
        return Progress(run=run, stage=report.stage)

    async def record(self, run_id: str, report: PartReport) -> None:
        """Store a report, replacing one of the same stage and name."""
        self._reports[run_id, report.stage, report.name] = report

    async def reports(self, run_id: str) -> list[PartReport]:
        """Every report of the run."""
        return [report for (owner, _, _), report in self._reports.items() if owner == run_id]

    async def close_stage(
        self, progress: Progress, *, cause: str, announce: Callable[[], Awaitable[None]]
    ) -> None:
        """Let exactly one cause announce a complete stage."""
        run_id, stage = progress.run.run_id, progress.stage
        state = self._runs[run_id].stage(stage)
        if not progress.complete or state.announced or state.reached_by not in {None, cause}:
            return
        self._change_stage(run_id, stage, reached_by=cause)
        await announce()
        self._change_stage(run_id, stage, announced=True)

    async def set_step(self, run_id: str, **values: str) -> Run:
        """Merge named strings into the run's step state."""
        return self._change(run_id, step={**self._runs[run_id].step, **values})

    async def finish(self, run_id: str) -> None:
        """Record the run as finished."""
        self._end(run_id, RunStatus.FINISHED, None)

    async def fail(self, run_id: str, reason: str) -> bool:
        """Record the run as failed; False when it had already ended."""
        return self._end(run_id, RunStatus.FAILED, reason)

    def _end(self, run_id: str, status: RunStatus, reason: str | None) -> bool:
        if not self._runs[run_id].is_open:
            return False
        self._change(run_id, status=status, reason=reason, finished_at=START)
        return True

    def _change(self, run_id: str, **values: object) -> Run:
        self._runs[run_id] = self._runs[run_id].model_copy(update=values)
        return self._runs[run_id]

    def _change_stage(self, run_id: str, stage: Stage, **values: object) -> Run:
        run = self._runs[run_id]
        state = run.stage(stage).model_copy(update=values)
        return self._change(run_id, stages={**run.stages, stage: state})
