"""Advances a run from scored reviews to recommendations, by the table of `Phase` and its transitions.

`sentiment-scored` starts the job, polls advance it (`fondly.runtime.jobs`). One message of a run is handled
at a time: two that looked for the same training at once would each start one.

Preparing, gathering and studying the shop, before the training, and selecting, after it, are shared out among
the tasks as messages about bundles. A poll sends those that are left and no other poll: the bundle that
completes a round polls at once, whether it completes it now or finds, after a crash, that it has.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from fondly.contracts.errors import InvalidFileError
from fondly.contracts.events import Round
from fondly.recommender.domain.personalize.rows import NOBODY
from fondly.recommender.domain.run_state import (
    TRAINING,
    Bundle,
    Outcome,
    Passed,
    Phase,
    RecommenderBundle,
    RecommenderState,
    bundle_of,
    is_through,
    left_in,
)
from fondly.recommender.ports import RefusedError
from fondly.recommender.use_cases.load_rules import LoadRules
from fondly.recommender.use_cases.prepare_datasets import PrepareDatasets
from fondly.recommender.use_cases.study_shop import StudyShop
from fondly.recommender.use_cases.take_turns import TakeTurns
from fondly.recommender.use_cases.train import Train, report_training
from fondly.recommender.use_cases.weigh_ranking import WeighRanking
from fondly.runtime.jobs.durable import DurableJob, RunStates, Wait
from fondly.runtime.logs import get_logger
from fondly.runtime.parallel import for_each
from fondly.runtime.ports import Announcer, OwnMessages, Polls
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import fail_run
from fondly.runtime.runs.run import Run, RunStatus
from fondly.runtime.runs.stage import Stage

SENT_AT_ONCE = 8
WHOLE_RUN = "run"
OWN_TURN = frozenset(set(Phase) - {Phase.WEIGH, Phase.SELECT})
"""The phases in which no other run may change what is known of customers, or the dataset group."""
Work = Callable[[Run], Awaitable[Passed | None]]
"""Does what a phase can do now; None if that is not all of it."""
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class ShareOut:
    """Sends one message for each bundle, and does the bundles whose messages this task receives.

    `work` does one bundle of a round and may be repeated. Messages may come twice, late, or in any order: a
    lock lets one worker at a time do a bundle, and the ledger knows which are through.
    """

    stage: Stage
    ledger: Ledger
    polls: OwnMessages
    work: Mapping[Round, Callable[[Run, Bundle], Awaitable[None]]]

    async def send(self, run: Run, in_round: Round) -> bool:
        """Send messages about the bundles that are left; return False if there are any.

        Called again, it sends them again: that is how a run resumes whose messages were lost.
        """

        async def send(bundle: int) -> None:
            await self.polls.send_data(run.run_id, RecommenderBundle(round=in_round, bundle=bundle))

        if left := left_in(run, in_round):
            await for_each(left, send, parallel=SENT_AT_ONCE)
            log.info("bundles_sent", round=in_round, bundles=len(left))
        return not left

    async def do(self, run_id: str, in_round: Round, number: int, *, holder: str) -> Run | None:
        """Do the bundle of one message unless it is through; return the run if its whole round is.

        A bundle of a run that has ended is left undone. Raises `PermanentError` for one that does not exist.
        """
        async with self.stage.lock(run_id, f"{in_round}-{number:05}", holder=holder):
            run = await self.ledger.run(run_id)
            if not run.is_open:
                log.info("run_already_ended", status=run.status)
                return None
            bundle = bundle_of(run, number)
            if is_through(run, in_round, bundle):
                log.info("bundle_already_done", round=in_round, bundle=number)
            else:
                await self.work[in_round](run, bundle)
                run = await self.ledger.complete_bundle(run_id, in_round, number)
            return None if left_in(run, in_round) else run


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
    share_out: ShareOut
    polls: Polls
    announcer: Announcer

    async def run(self, run_id: str, attempt: int, *, holder: str) -> None:
        """Handle a poll, or the beginning of the run as attempt zero; `holder` is the message's id."""
        states = RunStates(self.ledger, RecommenderState)
        async with self.stage.lock(run_id, WHOLE_RUN, holder=holder):
            await DurableJob(states=states, polls=self.polls, look=self._look).poll(run_id, attempt)

    async def pass_bundle(self, run_id: str, in_round: Round, bundle: int, *, holder: str) -> None:
        """Do the bundle of one message; poll at once if that completes its round."""
        if in_round is not Round.SELECT and not await self.take_turns.stay(run_id):
            log.info("waiting_for_another_run")  # it was silent too long: a poll has its bundles sent again
            waiting = RecommenderState.of(await self.ledger.run(run_id))
            await self.polls.send(run_id, waiting.attempt + 1)
            return
        run = await self.share_out.do(run_id, in_round, bundle, holder=holder)
        if run is None or in_round is Round.SELECT or RecommenderState.of(run).phase is not Phase(in_round):
            return
        # Without the run's lock, for which the poll would have to wait, and without noting its number: if
        # the run has moved on, the poll is stale; if two bundles poll, both polls have one number.
        await self.polls.send(run_id, RecommenderState.of(run).attempt + 1, delay_s=0)

    async def _look(self, run_id: str, _: RecommenderState) -> Wait | None:
        run = await self.ledger.run(run_id)
        if run.status is RunStatus.FAILED:
            await self._fail(run, run.reason or "")  # again: a crash may have prevented the announcement
        if not run.is_open:
            return None
        try:
            return await self._advance(run)
        except (RefusedError, InvalidFileError) as error:
            await self._fail(run, str(error))
            return None

    async def _advance(self, run: Run) -> Wait | None:
        """Pass one phase after another; return how the run waits for more."""
        if RecommenderState.of(run).phase in OWN_TURN:
            if not await self.take_turns.has_turn(run):
                log.info("waiting_for_another_run")
                return Wait()
            run = await self.ledger.change_state(run, RecommenderState, self.train.regain)
        while True:
            phase = RecommenderState.of(run).phase
            passed = await self._work(phase)(run)
            if passed is None:
                return Wait() if phase in TRAINING else None  # the last message about a bundle polls
            run = await self._pass(run, passed)

    async def _pass(self, run: Run, passed: Passed) -> Run:
        phase = RecommenderState.of(run).phase
        run = await self.ledger.change_state(
            run, RecommenderState, lambda state: state.passing(phase, passed)
        )
        log.info("phase_passed", phase=phase, outcome=passed.outcome)
        if phase in TRAINING:
            await report_training(run, self.stage)
        return run

    def _work(self, phase: Phase) -> Work:
        work: dict[Phase, Work] = {
            Phase.BEGIN: self._begin,
            Phase.PREPARE: partial(self._round, Round.PREPARE, None),
            Phase.GATHER: partial(self._round, Round.GATHER, self.prepare_datasets.close),
            Phase.STUDY: partial(self._round, Round.STUDY, self._study),
            Phase.WEIGH: self._weigh,
            Phase.SELECT: self._select,
        }
        return work.get(phase, self.train.run)

    async def _begin(self, run: Run) -> Passed:
        """Find a bad file of the shop before anything is paid for."""
        await self.load_rules.shop_rules()
        return await self.prepare_datasets.begin(run)

    async def _round(
        self, in_round: Round, close: Callable[[Run], Awaitable[Passed]] | None, run: Run
    ) -> Passed | None:
        """Send the round's messages; close the round, if anything does, once nothing of it is left."""
        if not await self.share_out.send(run, in_round):
            return None
        return await close(run) if close else Passed()

    async def _study(self, run: Run) -> Passed:
        """Make the shop; nobody is ranked where rankings would count for nothing."""
        await self.study_shop.close(run)
        if not RecommenderState.of(run).asks_for_rankings:
            return Passed(Outcome.NOTHING_TO_RANK)
        if await self.weigh_ranking.counts_for_nothing(run):
            return Passed(Outcome.NOTHING_TO_RANK, {"ranked": 0, "witnesses": 0})
        return Passed()

    async def _weigh(self, run: Run) -> Passed:
        """Decide what all bundles are picked by."""
        state = RecommenderState.of(run)
        await self.take_turns.turns.end(run.run_id)
        await report_training(run, self.stage)
        log.info("selection_started", popularity_reason=state.popularity_reason or None)
        rules = await self.load_rules.load(run)
        members = {"unmatched_rules": await self.study_shop.know.unmatched(run.run_id, rules.shop)}
        if state.is_ranked and state.ranking_weight is None:
            return Passed(members={**members, **await self.weigh_ranking.run(run, rules)})
        return Passed(members=members)

    async def _select(self, run: Run) -> None:
        await self.share_out.send(run, Round.SELECT)
        if RecommenderState.of(run).popularity_reason != NOBODY:
            await self.train.remove_old_runs.run(run)

    async def _fail(self, run: Run, reason: str) -> None:
        log.error("run_failed", reason=reason)
        await self.take_turns.turns.end(run.run_id)
        await fail_run(run.run_id, reason, self.ledger, self.announcer)
