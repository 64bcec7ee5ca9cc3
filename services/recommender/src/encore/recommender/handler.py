"""`sentiment-scored` → data sets → Personalize, looked after by check messages → `recommendations-ready`.

A chain of numbered messages carries a run: `sentiment-scored` is number zero, each check one more. A message
sends its successor *before* the ledger takes note, so a crash can double the chain but never end it; and a
message older than the ledger's number is dropped, so a doubled chain becomes one again. One message of a run
is handled at a time: two that looked for the same training would each begin one.

News of a Personalize job names no run and is no link of the chain: it lets the run in turn go on with what it
waits for, and when nothing is left to wait for, puts a check at once in place of the one still to come.
"""

from datetime import UTC, datetime

from encore.contracts.events import RecommenderPoll, SentimentScored, event_type, parse_event
from encore.recommender.domain.plan import Step
from encore.recommender.ports import Polls as Checks
from encore.recommender.ports import RefusedError, TooLittleDataError
from encore.recommender.use_cases.prepare_data_sets import Preparation
from encore.recommender.use_cases.report_training import training_report
from encore.recommender.use_cases.select_products import Selection
from encore.recommender.use_cases.train import Training
from encore.runtime.eventbridge import AwsEvent, read_aws_event
from encore.runtime.logs import bind_event, get_logger
from encore.runtime.ports import Announcer, Claiming, RunLedger
from encore.runtime.queue.message import Message
from encore.runtime.runs.lifecycle import fail_run
from encore.runtime.runs.run import Run, RunStatus, StageName

PERSONALIZE = "personalize"
POPULARITY = "popularity"
LOCK = "run"
JOB_EVENTS = "aws.personalize"
MAX_BATCH_FILES = 1_000
log = get_logger()


class RecommenderHandler:
    """Carries a run from scored reviews to recommendations, one message at a time."""

    def __init__(
        self,
        *,
        ledger: RunLedger,
        locks: Claiming,
        preparation: Preparation,
        training: Training,
        selection: Selection,
        checks: Checks,
        announcer: Announcer,
    ) -> None:
        self._ledger = ledger
        self._locks = locks
        self._preparation = preparation
        self._training = training
        self._selection = selection
        self._checks = checks
        self._announcer = announcer

    async def __call__(self, message: Message) -> None:
        """Handle a `sentiment-scored` event, a check, or the state change of a Personalize job."""
        if (change := read_aws_event(message.body, source=JOB_EVENTS)) is not None:
            await self._handle_state_change(change, holder=message.message_id)
            return
        run_id, attempt = _read(message)
        async with self._locks.hold(run_id, StageName.RECOMMENDER, LOCK, holder=message.message_id):
            await self._handle_link(run_id, attempt)

    async def _handle_link(self, run_id: str, attempt: int) -> None:
        run = await self._ledger.run(run_id)
        if attempt < int(run.step.get("attempt", 0)):
            log.info("stale_check_dropped", attempt=attempt)
        elif run.is_open:
            await self._go_on(run, attempt)
        elif run.status is RunStatus.FAILED:
            await self._fail(run, run.reason or "")  # again: this message may have crashed before it did

    async def _handle_state_change(self, change: AwsEvent, *, holder: str) -> None:
        """Let the run in turn go on; it has its checks, so missing or late news loses nothing."""
        run = await self._training.run_in_turn()
        facts = {"detail_type": change.detail_type, "resources": change.resources}
        if run is None or run.step.get("step") == Step.SELECT:  # the latter is in a check's hands
            log.info("state_change_awaited_by_no_run", **facts)
            return
        bind_event(run_id=run.run_id, event_id=change.id)
        log.info("state_changed", **facts)
        async with self._locks.hold(run.run_id, StageName.RECOMMENDER, LOCK, holder=holder):
            run = await self._ledger.run(run.run_id)  # a check may have gone on meanwhile
            is_waiting = run.is_open and run.step.get("step") != Step.SELECT
            if is_waiting and await self._training_is_over(run):
                await self._check_at_once(run.run_id)

    async def _training_is_over(self, run: Run) -> bool:
        try:
            return await self._training.advance(run)
        except (RefusedError, TooLittleDataError):
            return True  # the check meets the same and acts on it

    async def _check_at_once(self, run_id: str) -> None:
        run = await self._ledger.run(run_id)
        attempt = int(run.step.get("attempt", 0)) + 1
        await self._checks.send(run_id, attempt, at_once=True)
        await self._ledger.set_step(run_id, attempt=str(attempt))

    async def _go_on(self, run: Run, attempt: int) -> None:
        try:
            run = await self._prepared(run)
            ready = run.step["engine"] == POPULARITY or await self._trained(run)
        except RefusedError as error:
            await self._fail(run, str(error))
            return
        if ready:
            await self._select(await self._ledger.run(run.run_id))
            return
        await self._checks.send(run.run_id, attempt + 1)
        await self._ledger.set_step(run.run_id, attempt=str(attempt + 1))

    async def _prepared(self, run: Run) -> Run:
        """Have the data sets written; too small ones are not even sent."""
        if "engine" in run.step:
            return run
        started_at = datetime.now(UTC)
        _require_batch_size(run)
        prepared = await self._preparation.run(run)
        shortfall = prepared.size.shortfall
        log.info("data_sets_written", interactions=prepared.size.interactions, csv_bytes=prepared.csv_bytes)
        return await self._ledger.set_step(
            run.run_id,
            engine=POPULARITY if shortfall else PERSONALIZE,
            popularity_reason=shortfall or "",
            started_at=started_at.isoformat(),
            interactions=str(prepared.size.interactions),
            csv_bytes=str(prepared.csv_bytes),
        )

    async def _trained(self, run: Run) -> bool:
        """Tell whether there is nothing more to wait for."""
        try:
            return await self._training.advance(run)
        except TooLittleDataError as error:
            await self._ledger.set_step(run.run_id, engine=POPULARITY, popularity_reason=str(error))
            return True

    async def _select(self, run: Run) -> None:
        await self._training.release(run.run_id)
        await self._ledger.record(run.run_id, training_report(run))
        engine = run.step["engine"]
        log.info("selection_started", engine=engine, popularity_reason=run.step["popularity_reason"] or None)
        await self._selection.run(run, personalized=engine == PERSONALIZE)

    async def _fail(self, run: Run, reason: str) -> None:
        log.error("run_failed", reason=reason)
        await self._training.release(run.run_id)
        await fail_run(run.run_id, reason, self._ledger, self._announcer)


def _read(message: Message) -> tuple[str, int]:
    """Return the run and the message's number in its chain."""
    if event_type(message.body) == RecommenderPoll.type:
        check = parse_event(message.body, RecommenderPoll)
        bind_event(run_id=check.run_id, event_id=check.id)
        return check.run_id, check.data.attempt
    scored = parse_event(message.body, SentimentScored)
    bind_event(run_id=scored.run_id, event_id=scored.id)
    return scored.run_id, 0


def _require_batch_size(run: Run) -> None:
    if (run.parts or 0) > MAX_BATCH_FILES:
        raise RefusedError(
            f"{run.parts} parts, but Personalize reads at most {MAX_BATCH_FILES} batch files: "
            "raise ENCORE_INGEST_PART_REVIEWS"
        )
