"""Advances a run from scored reviews to recommendations, one attempt after another.

`sentiment-scored` is attempt zero, each poll one more. An attempt sends the next poll *before* the ledger
notes its number, so a crash can double the polls but never end them; and an attempt below the ledger's number
is dropped, so doubled polls become single again. One message of a run is handled at a time: two that looked
for the same training at once would each start one.

Preparing, gathering and studying the shop, before the training, and asking a campaign and selecting, after
it, are shared out among the tasks as messages about bundles. An attempt sends those that are left and no
poll: the bundle that completes a round polls at once, whether it completes it now or finds, after a crash,
that it has.

The state change of a Personalize job names no run and is not an attempt: it advances the run whose turn it is
and, when there is nothing left to wait for, sends a poll at once instead of the one that is still delayed.
"""

from dataclasses import dataclass

from encore.contracts.events import Round
from encore.recommender.domain.bundles import BUNDLE_PARTS, closed, polled
from encore.recommender.domain.engines import Engine
from encore.recommender.domain.plan import Step
from encore.recommender.domain.prepared import (
    ENGINE,
    PERSONALIZE,
    POPULARITY,
    RANKED,
    REQUESTS,
    asks_for_rankings,
)
from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.side_models import asked
from encore.recommender.domain.version_steps import trains
from encore.recommender.domain.yaml_nodes import InvalidFileError
from encore.recommender.ports import RefusedError, TooLittleDataError
from encore.recommender.use_cases.ask_campaign import CampaignGoneError
from encore.recommender.use_cases.gather_customers import GatherCustomers
from encore.recommender.use_cases.load_rules import LoadRules
from encore.recommender.use_cases.prepare_datasets import PrepareDatasets
from encore.recommender.use_cases.rank_pins import RankPins
from encore.recommender.use_cases.report_training import report_training
from encore.recommender.use_cases.rest_campaign import CAMPAIGN
from encore.recommender.use_cases.restore_run import TURN_LOST
from encore.recommender.use_cases.share_out import ShareOut
from encore.recommender.use_cases.study_shop import StudyShop
from encore.recommender.use_cases.tell_products import ITEMS_PUT, TellProducts
from encore.recommender.use_cases.train import Train
from encore.runtime.eventbridge import AwsEvent
from encore.runtime.logs import bind_event, get_logger
from encore.runtime.ports import Announcer, Polls
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.lifecycle import fail_run
from encore.runtime.runs.run import ATTEMPTS, Run, RunStatus, StageName
from encore.runtime.runs.stage import Stage

WHOLE_RUN = "run"
ATTEMPT = ATTEMPTS[StageName.RECOMMENDER]
YES = "yes"
BUDGET_PIECE, TRAINING_PIECE = "Personalize", "Personalize training"
COLLECTED = "related_collected"
"""Where a run's `step` keeps that its related items have been put together: before its turn ends."""
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class AdvanceRun:
    """Does what can be done for a run now, and polls for the rest."""

    ledger: Ledger
    stage: Stage
    load_rules: LoadRules
    prepare_datasets: PrepareDatasets
    tell_products: TellProducts
    gather_customers: GatherCustomers
    study_shop: StudyShop
    rank_pins: RankPins
    train: Train
    share_out: ShareOut
    polls: Polls
    announcer: Announcer

    async def run(self, run_id: str, attempt: int, *, holder: str) -> bool:
        """Make an attempt, unless it is stale or the run has ended; `holder` is the message's id.

        Returns whether the run has found or made the dataset that events would go to.
        """
        async with self.stage.lock(run_id, WHOLE_RUN, holder=holder):
            run = await self.ledger.run(run_id)
            if attempt < run.attempt(StageName.RECOMMENDER):
                log.info("stale_poll_dropped", attempt=attempt)
            elif run.is_open:
                await self._advance(run, attempt)
            elif run.status is RunStatus.FAILED:
                await self._fail(run, run.reason or "")  # again: a crash may have prevented the announcement
        return bool(run.step.get("dataset_interactions"))

    async def pass_bundle(self, run_id: str, in_round: Round, bundle: int, *, holder: str) -> None:
        """Do the bundle of one message; poll at once if its round is complete and nobody has polled yet."""
        if in_round is not Round.SELECT and not await self.train.take_turns.stay(run_id):
            log.info("waiting_for_another_run")  # it was silent too long: a poll has its bundles sent again
            waiting = await self.ledger.run(run_id)
            await self.polls.send(run_id, waiting.attempt(StageName.RECOMMENDER) + 1)
            return
        try:
            run = await self.share_out.do(run_id, in_round, bundle, holder=holder)
        except CampaignGoneError as error:
            await self._ask_again(run_id, str(error), holder=holder)
            return
        if run is None or in_round is Round.SELECT or polled(in_round) in run.step:
            return
        # Without the run's lock, for which the poll would have to wait, and without recording its number: if
        # the run has moved on, the poll is stale; if two bundles poll, both polls have one number.
        await self.polls.send(run_id, run.attempt(StageName.RECOMMENDER) + 1, at_once=True)
        await self.ledger.set_step(run_id, **{polled(in_round): YES})

    async def _ask_again(self, run_id: str, reason: str, *, holder: str) -> None:
        """Go back to where the campaign is made; what is left of its round is sent again once it is there."""
        async with self.stage.lock(run_id, WHOLE_RUN, holder=holder):
            run = await self.ledger.run(run_id)
            if not run.is_open or not _is_asking(run) or _is_training(run):
                return  # another bundle has found it out, or the run has ended
            try:
                await self.train.restore_run.after_vanishing(run, Step.SELECT, reason)
            except RefusedError as error:
                await self._fail(run, str(error))
                return
            await self._poll_at_once(run_id)

    async def on_state_change(self, change: AwsEvent, *, holder: str) -> None:
        """Advance the run whose turn it is; polls reach it anyway, so a lost or late event loses nothing."""
        run = await self.train.run_in_turn()
        facts = {"detail_type": change.detail_type, "resources": change.resources}
        if run is None or not _waits_for_personalize(run):
            log.info("state_change_ignored", **facts)
            return
        bind_event(run_id=run.run_id, event_id=change.id)
        log.info("state_changed", **facts)
        async with self.stage.lock(run.run_id, WHOLE_RUN, holder=holder):
            run = await self.ledger.run(run.run_id)  # a poll may have advanced it meanwhile
            if run.is_open and _waits_for_personalize(run) and await self._training_is_over(run):
                await self._poll_at_once(run.run_id)

    async def _training_is_over(self, run: Run) -> bool:
        try:
            return await self.train.advance(run)
        except (RefusedError, TooLittleDataError):
            return True  # the poll meets the same error and acts on it

    async def _poll_at_once(self, run_id: str) -> None:
        attempt = (await self.ledger.run(run_id)).attempt(StageName.RECOMMENDER) + 1
        await self.polls.send(run_id, attempt, at_once=True)
        await self.ledger.set_step(run_id, **{ATTEMPT: str(attempt)})

    async def _advance(self, run: Run, attempt: int) -> None:
        try:
            is_asking = not _is_training(run) and _is_asking(run)
            if (_is_training(run) or is_asking) and not await self.train.take_turns.has_turn(run):
                log.info("waiting_for_another_run")
                await self._poll(run, attempt + 1)
                return
            if is_asking and run.step.get(TURN_LOST):  # the campaign may answer by another run's version
                run = await self.ledger.set_step(run.run_id, **{"step": Step.INFER, CAMPAIGN: ""})
            learned = await self._learned(run)
            if learned is None:
                return
            if not _needs_personalize(learned) or await self._trained(learned):
                run = await self.ledger.run(run.run_id)
                if not _is_asking(run) or await self._asked(run):
                    await self._select(run)
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
        if closed(Round.PREPARE) not in run.step:
            await self.prepare_datasets.follow(run)
        if BUNDLE_PARTS not in run.step:
            shop_rules = await self.load_rules.shop_rules()
            is_older = ENGINE in run.step  # an earlier release has prepared it
            begun = await self.prepare_datasets.begin(run)
            sides = {} if is_older else await self._begin_side_models(run, shop_rules)
            run = await self.ledger.set_step(run.run_id, **begun, **sides)
        if closed(Round.PREPARE) not in run.step and ITEMS_PUT not in run.step:
            run = await self.ledger.set_step(run.run_id, **await self.tell_products.run(run))
        for in_round, close in (
            (Round.PREPARE, _nothing),  # nothing is known of the whole yet
            (Round.GATHER, self.gather_customers.close),
            (Round.STUDY, self.study_shop.close),
        ):
            if closed(in_round) in run.step:
                continue
            if not await self.share_out.send(run, in_round):
                return None
            run = await self.ledger.set_step(run.run_id, **await close(run), **{closed(in_round): YES})
        return run

    async def _begin_side_models(self, run: Run, shop_rules: ShopRules) -> dict[str, str]:
        products = await self.prepare_datasets.know.products(run.run_id)
        pins = await self.rank_pins.begin(run.run_id, shop_rules, products)
        return {**self.study_shop.relate.begin(), **pins}

    async def _trained(self, run: Run) -> bool:
        """Return whether there is nothing left to wait for."""
        run = await self.train.side_versions.choose(await self.train.choose_version.decide(run))
        await self.stage.reserve(run.run_id, BUDGET_PIECE, _units(run))
        if units := _training_units(run):
            await self.stage.reserve(run.run_id, TRAINING_PIECE, units)
        try:
            return await self.train.advance(run)
        except TooLittleDataError as error:
            await self.ledger.set_step(run.run_id, engine=POPULARITY, popularity_reason=str(error))
            for piece in (BUDGET_PIECE, TRAINING_PIECE):
                await self.stage.correct(run.run_id, piece, {})
            return True

    async def _asked(self, run: Run) -> bool:
        """Share out the requests to the campaign; return whether all have been answered."""
        if not await self.share_out.send(run, Round.ASK):
            return False
        await self.ledger.set_step(run.run_id, **{closed(Round.ASK): YES})
        return True

    async def _select(self, run: Run) -> None:
        if not _needs_personalize(run):
            await self.train.import_data.pass_over(run)
        if not run.step.get(COLLECTED):
            await self.study_shop.relate.collect(run)
            await self.ledger.set_step(run.run_id, **{COLLECTED: YES})
        await self.train.release(run.run_id)
        await report_training(run, self.stage)
        engine = run.step["engine"]
        log.info("selection_started", engine=engine, popularity_reason=run.step["popularity_reason"] or None)
        await self.load_rules.load(run)  # from now on all bundles are picked by these
        await self.share_out.send(run, Round.SELECT)
        if _needs_personalize(run):
            await self.train.remove_old_runs.run(run)

    async def _fail(self, run: Run, reason: str) -> None:
        log.error("run_failed", reason=reason)
        await self.train.release(run.run_id)
        await fail_run(run.run_id, reason, self.ledger, self.announcer)


async def _nothing(_: Run) -> dict[str, str]:
    return {}


def _is_training(run: Run) -> bool:
    """True until Personalize's results are there: from then on polls alone advance the run."""
    return run.step.get("step") != Step.SELECT


def _needs_personalize(run: Run) -> bool:
    """Whether the run needs a model of any kind: there is enough to learn from, and something to ask."""
    return run.step[ENGINE] == PERSONALIZE and (asks_for_rankings(run.step) or bool(asked(run.step)))


def _waits_for_personalize(run: Run) -> bool:
    """Whether a job's state change may let a run go on: not while tasks prepare what is imported."""
    return closed(Round.STUDY) in run.step and _needs_personalize(run) and _is_training(run)


def _is_asking(run: Run) -> bool:
    """Whether a run has a campaign answer requests; it is in its turn until all have been answered."""
    is_asked = closed(Round.ASK) in run.step
    return not is_asked and Engine.of_run(run.step).asks_campaign and asks_for_rankings(run.step)


def _units(run: Run) -> dict[str, int]:
    """What Personalize charges for a run with any version: an import of everything, and what it asks.

    That is a ranking for each customer without one, or what goes with each of their products.
    """
    rankings = int(run.step.get(REQUESTS, run.step.get(RANKED, 0)))
    return {
        "personalize.ingested_bytes": int(run.step["csv_bytes"]),
        "personalize.recommendations": rankings + sum(side.lines(run.step) for side in asked(run.step)),
    }


def _training_units(run: Run) -> dict[str, int]:
    """What Personalize charges for the versions that the run trains; nothing if it trains none."""
    trained = sum(side.is_trained(run.step) for side in asked(run.step))
    trained += asks_for_rankings(run.step) and trains(run)
    return {"personalize.trained_interactions": trained * int(run.step["interactions"])} if trained else {}
