"""Advances a run from scored reviews to recommendations, one attempt after another.

`sentiment-scored` is attempt zero, each poll one more. An attempt sends the next poll *before* the ledger
notes its number, so a crash can double the polls but never end them; and an attempt below the ledger's number
is dropped, so doubled polls become single again. One message of a run is handled at a time: two that looked
for the same training at once would each start one.

Preparing, gathering and studying the shop, before the training, and selecting, after it, are shared out among
the tasks as messages about bundles. An attempt sends those that are left and no poll: the bundle that
completes a round polls at once, whether it completes it now or finds, after a crash, that it has.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fondly.contracts.events import Round
from fondly.recommender.adapters.personalize.plan import Step
from fondly.recommender.domain.personalize.prepared import (
    ENGINE,
    NOBODY,
    PERSONALIZE,
    POPULARITY,
    POPULARITY_REASON,
    RANKED,
    asks_for_rankings,
)
from fondly.recommender.domain.study.bundles import BUNDLE_PARTS, closed
from fondly.recommender.domain.study.witnesses import WEIGHT
from fondly.recommender.ports import RefusedError, TooLittleDataError
from fondly.recommender.use_cases.load_rules import LoadRules
from fondly.recommender.use_cases.prepare_datasets import PrepareDatasets
from fondly.recommender.use_cases.remove_old_runs import RemoveOldRuns
from fondly.recommender.use_cases.share_out import ShareOut
from fondly.recommender.use_cases.study_shop import StudyShop
from fondly.recommender.use_cases.take_turns import TakeTurns
from fondly.recommender.use_cases.train import Train, report_training, step_of
from fondly.recommender.use_cases.weigh_ranking import WeighRanking
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Announcer, Polls
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import fail_run
from fondly.runtime.runs.run import ATTEMPTS, Run, RunStatus, StageName
from fondly.runtime.runs.stage import Stage
from fondly.runtime.yaml_files import InvalidFileError

WHOLE_RUN = "run"
ATTEMPT = ATTEMPTS[StageName.RECOMMENDER]
YES = "yes"
BUDGET_PIECE = "Personalize"
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class AdvanceRun:
    """Does what can be done for a run now, and polls for the rest."""

    ledger: Ledger
    stage: Stage
    take_turns: TakeTurns
    load_rules: LoadRules
    prepare_datasets: PrepareDatasets
    study_shop: StudyShop
    train: Train
    weigh_ranking: WeighRanking
    remove_old_runs: RemoveOldRuns
    share_out: ShareOut
    polls: Polls
    announcer: Announcer

    async def run(self, run_id: str, attempt: int, *, holder: str) -> None:
        """Make an attempt, unless it is stale or the run has ended; `holder` is the message's id."""
        async with self.stage.lock(run_id, WHOLE_RUN, holder=holder):
            run = await self.ledger.run(run_id)
            if attempt < run.attempt(StageName.RECOMMENDER):
                log.info("stale_poll_dropped", attempt=attempt)
            elif run.is_open:
                await self._advance(run, attempt)
            elif run.status is RunStatus.FAILED:
                await self._fail(run, run.reason or "")  # again: a crash may have prevented the announcement

    async def pass_bundle(self, run_id: str, in_round: Round, bundle: int, *, holder: str) -> None:
        """Do the bundle of one message; poll at once if its round is complete and not closed yet."""
        if in_round is not Round.SELECT and not await self.take_turns.stay(run_id):
            log.info("waiting_for_another_run")  # it was silent too long: a poll has its bundles sent again
            waiting = await self.ledger.run(run_id)
            await self.polls.send(run_id, waiting.attempt(StageName.RECOMMENDER) + 1)
            return
        run = await self.share_out.do(run_id, in_round, bundle, holder=holder)
        if run is None or in_round is Round.SELECT or closed(in_round) in run.step:
            return
        # Without the run's lock, for which the poll would have to wait, and without recording its number: if
        # the run has moved on, the poll is stale; if two bundles poll, both polls have one number.
        await self.polls.send(run_id, run.attempt(StageName.RECOMMENDER) + 1, at_once=True)

    async def _advance(self, run: Run, attempt: int) -> None:
        try:
            if step_of(run) is not Step.SELECT and not await self.take_turns.has_turn(run):
                log.info("waiting_for_another_run")
                await self._poll(run, attempt + 1)
                return
            learned = await self._learned(run)
            if learned is None:
                return
            if not asks_for_rankings(learned.step) or await self._trained(learned):
                await self._select(await self.ledger.run(run.run_id))
                return
        except (RefusedError, InvalidFileError) as error:
            await self._fail(run, str(error))
            return
        await self._poll(run, attempt + 1)

    async def _poll(self, run: Run, attempt: int) -> None:
        await self.polls.send(run.run_id, attempt)
        await self.ledger.set_step(run.run_id, **{ATTEMPT: str(attempt)})

    async def _learned(self, run: Run) -> Run | None:
        """Take the run through the rounds before its training; None while tasks are busy with one.

        A bad file of the shop is found here, and data that Personalize would not take, before anything is
        paid for.
        """
        if BUNDLE_PARTS not in run.step:
            await self.load_rules.shop_rules()
            run = await self.ledger.set_step(run.run_id, **await self.prepare_datasets.begin(run))
        for in_round, close in (
            (Round.PREPARE, None),  # nothing is known of the whole yet
            (Round.GATHER, self.prepare_datasets.close),
            (Round.STUDY, self.study_shop.close),
        ):
            if closed(in_round) in run.step:
                continue
            if not await self.share_out.send(run, in_round):
                return None
            found = await close(run) if close else {}
            run = await self.ledger.set_step(run.run_id, **found, **{closed(in_round): YES})
        return run

    async def _trained(self, run: Run) -> bool:
        """Return whether there is nothing left to wait for."""
        await self.stage.reserve(run.run_id, BUDGET_PIECE, _units(run))
        try:
            return await self.train.advance(run)
        except TooLittleDataError as error:
            reason = {ENGINE: POPULARITY, POPULARITY_REASON: str(error)}
            await self.ledger.set_step(run.run_id, **reason)
            await self.stage.correct(run.run_id, BUDGET_PIECE, {})
            return True

    async def _select(self, run: Run) -> None:
        await self.take_turns.end(run.run_id)
        await report_training(run, self.stage)
        reason = run.step[POPULARITY_REASON] or None
        log.info("selection_started", engine=run.step[ENGINE], popularity_reason=reason)
        rules = await self.load_rules.load(run)  # from now on all bundles are picked by these
        if run.step[ENGINE] == PERSONALIZE and WEIGHT not in run.step:
            await self.ledger.set_step(run.run_id, **await self.weigh_ranking.run(run, rules))
        await self.share_out.send(run, Round.SELECT)
        if reason != NOBODY:
            await self.remove_old_runs.run(run)

    async def _fail(self, run: Run, reason: str) -> None:
        log.error("run_failed", reason=reason)
        await self.take_turns.end(run.run_id)
        await fail_run(run.run_id, reason, self.ledger, self.announcer)


def _units(run: Run) -> Mapping[str, int]:
    """What Personalize charges for a run: an import, a training, and a ranking for each customer without."""
    return {
        "personalize.ingested_bytes": int(run.step["csv_bytes"]),
        "personalize.trained_interactions": int(run.step["interactions"]),
        "personalize.recommendations": int(run.step[RANKED]),
    }
