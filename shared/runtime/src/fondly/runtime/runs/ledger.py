"""The run ledger in DynamoDB, kept consistent by conditional writes alone."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from fondly.contracts.errors import PermanentError
from fondly.contracts.events import Round
from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.errors import error_code
from fondly.runtime.runs.index import MOST_AT_ONCE, RunIndex, RunPage, name_of
from fondly.runtime.runs.items import (
    CONDITION_FAILED,
    RUN,
    get_item,
    key,
    now,
    passed,
    put_if,
    reached_by,
    read_run,
    state_of,
    update_if,
)
from fondly.runtime.runs.reports import Reports
from fondly.runtime.runs.run import Progress, Run, RunStatus, StageName
from fondly.runtime.runs.state import AnyState
from fondly.runtime.storage import expires_at, from_item, to_item


class Ledger(Reports):
    """One table with an item per run and a report per part. Every method is idempotent."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, *, keep_days: int | None = None) -> None:
        super().__init__(dynamodb, table, keep_days)
        self.index = RunIndex(dynamodb, table)

    async def open_run(self, run_id: str, *, source: str) -> Run:
        """Create the run, or return the existing one unchanged."""
        if found := await self.find(run_id):
            return found
        item = {
            "run_id": run_id,
            "item": RUN,
            "status": RunStatus.RUNNING,
            "source": source,
            "created_at": now(),
            **expires_at(self._keep_days),
        }
        await self.index.put(item)
        await put_if(self._dynamodb, self._table, to_item(item), "attribute_not_exists(run_id)")
        return await self.run(run_id)

    async def run(self, run_id: str) -> Run:
        """Return the run; raise `PermanentError` if it does not exist."""
        found = await self.find(run_id)
        if found is None:
            raise PermanentError(f"run {run_id} is not in the ledger")
        return found

    async def find(self, run_id: str) -> Run | None:
        """Return the run, or None if it does not exist."""
        found = await get_item(self._dynamodb, self._table, key(run_id))
        return read_run(found) if found else None

    async def runs(self) -> list[Run]:
        """Return every run, oldest first, by reading the whole ledger."""
        return sorted([read_run(item) async for item in self.index.scanned()], key=lambda run: run.created_at)

    async def recent(
        self,
        *,
        status: RunStatus | None = None,
        source: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> RunPage:
        """Return the latest runs before a page's `next`, a day or a month; filtered as by `RunIndex.runs`."""
        found: list[Run] = []
        at_once = min(limit + 1, MOST_AT_ONCE)
        async for run in self.index.runs(status=status, source=source, before=before, at_once=at_once):
            if len(found) == limit:
                return RunPage(runs=found, next=name_of(found[-1]))
            found.append(run)
        return RunPage(runs=found)

    async def set_parts(self, run_id: str, parts: int) -> None:
        """Record how many parts the run has."""
        await self._update(run_id, "SET parts = :parts", {":parts": parts})

    async def clear(self, run_id: str, stage: StageName) -> None:
        """Record that a stage has cleared the run."""
        await self._update(run_id, "ADD cleared :stage", {":stage": {stage}})

    async def complete_part(self, run_id: str, stage: StageName, part: int) -> Run:
        """Record a part of a stage as done and return the updated run."""
        return await self._update(run_id, f"ADD {stage}_done :part", {":part": {part}})

    async def reopen_part(self, run_id: str, stage: StageName, part: int) -> Run:
        """Record a part of a stage as not done any more and return the updated run."""
        return await self._update(run_id, f"DELETE {stage}_done :part", {":part": {part}})

    async def complete_bundle(self, run_id: str, in_round: Round, bundle: int) -> Run:
        """Record a bundle as through a round of the recommender and return the updated run."""
        return await self._update(run_id, f"ADD {passed(in_round)} :bundle", {":bundle": {bundle}})

    async def close_stage(
        self, progress: Progress, *, owner: str, announce: Callable[[], Awaitable[None]]
    ) -> None:
        """If the stage is complete and the run is open, let exactly one owner announce it.

        The first caller becomes the owner. If it crashes before the announcement, its redelivered message
        finds that it owns the stage and announces it then. Nothing happens if the run has ended.
        """
        if not progress.complete or progress.announced:
            return
        run_id, stage = progress.run.run_id, progress.stage
        if await self._reach(run_id, stage, owner):
            await announce()
            await self._update(run_id, f"SET {stage}_announced = :yes", {":yes": True})

    async def change_state(
        self, run: Run, kind: type[AnyState], changed: Callable[[AnyState], AnyState]
    ) -> Run:
        """Replace a state by what `changed` makes of it, anew if it was changed; return the run."""
        name = state_of(kind.stage)
        while True:
            state = kind.of(run)
            wanted = changed(state)
            if wanted == state:
                return run
            wanted = wanted.having(version=state.version + 1)
            same = f"{name}.version = :version" if state.version else f"attribute_not_exists({name})"
            values = {":state": wanted.stored(), **({":version": state.version} if state.version else {})}
            try:
                return await self._update(run.run_id, f"SET {name} = :state", values, only_if=same)
            except ClientError as error:
                if error_code(error) != CONDITION_FAILED:
                    raise
            run = await self.run(run.run_id)

    async def finish(self, run_id: str) -> None:
        """Record the run as finished."""
        await self._end(run_id, RunStatus.FINISHED, None)

    async def fail(self, run_id: str, reason: str) -> bool:
        """Record the run as failed for `reason`; return False if it has ended or reached its last stage.

        Once the last stage is reached, its owner announces that the run has finished: it must not fail too.
        """
        not_last = f"attribute_not_exists({reached_by(StageName.MAILER)})"
        return await self._end(run_id, RunStatus.FAILED, reason, only_if=not_last)

    async def stop(self, run_id: str, reason: str) -> bool:
        """Stop a running run until it is resumed; False if it does not run, or has reached its last stage."""
        condition = f"#status = :running AND attribute_not_exists({reached_by(StageName.MAILER)})"
        return await self._set_status(run_id, RunStatus.STOPPED, reason, condition=condition)

    async def resume(self, run_id: str) -> bool:
        """Record that work goes on for a run that is stopped; return False if it is not."""
        return await self._set_status(run_id, RunStatus.RUNNING, "", condition="#status = :stopped")

    async def _set_status(
        self, run_id: str, status: RunStatus, reason: str, *, condition: str, ended_at: str = ""
    ) -> bool:
        known = {":running": RunStatus.RUNNING, ":stopped": RunStatus.STOPPED}
        used = {name: value for name, value in known.items() if name in condition}
        ended = {":now": ended_at} if ended_at else {}
        change = "SET #status = :status, reason = :reason" + (", finished_at = :now" if ended else "")
        values = {":status": status, ":reason": reason, **used, **ended}
        return await self._update_if(run_id, change, condition, values)

    async def _end(
        self, run_id: str, status: RunStatus, reason: str | None, *, only_if: str | None = None
    ) -> bool:
        condition = " AND ".join(filter(None, ["#status IN (:running, :stopped)", only_if]))
        ended = await self._set_status(run_id, status, reason or "", condition=condition, ended_at=now())
        if ended:
            await self.index.put(await get_item(self._dynamodb, self._table, key(run_id)))
        return ended

    async def _reach(self, run_id: str, stage: StageName, owner: str) -> bool:
        reached = reached_by(stage)
        mine_or_free = f"({reached} = :owner OR attribute_not_exists({reached}))"
        is_open, values = f"#status = :open AND {mine_or_free}", {":owner": owner, ":open": RunStatus.RUNNING}
        return await self._update_if(run_id, f"SET {reached} = :owner", is_open, values)

    async def _update_if(self, run_id: str, change: str, condition: str, values: Mapping[str, Any]) -> bool:
        run, named = key(run_id), {"condition": condition, "status": "status"}
        return await update_if(self._dynamodb, self._table, run, change, values=values, **named)

    async def _update(self, run_id: str, change: str, values: Mapping[str, Any], *, only_if: str = "") -> Run:
        reply = await self._dynamodb.update_item(
            TableName=self._table,
            Key=key(run_id),
            UpdateExpression=change,
            ConditionExpression=" AND ".join(filter(None, ["attribute_exists(#run_id)", only_if])),
            ExpressionAttributeValues=to_item(values),
            ReturnValues="ALL_NEW",
            ExpressionAttributeNames={"#run_id": "run_id"},
        )
        return read_run(from_item(reply["Attributes"]))
