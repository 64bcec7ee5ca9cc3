"""The recommender over in-memory doubles, with runs to advance."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from encore.contracts import object_keys
from encore.contracts.events import (
    EventData,
    RecommenderBundle,
    RecommenderPoll,
    Round,
    SentimentScored,
    new_event,
)
from encore.contracts.records import Recommendation
from encore.recommender.adapters.known_shop import DynamoDBKnownShop
from encore.recommender.adapters.watched_campaign import DynamoDBWatchedCampaign
from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.assortment import Assortment
from encore.recommender.domain.bundles import FEWEST_PARTS
from encore.recommender.domain.campaigns import Idleness
from encore.recommender.domain.engines import Engine, EngineName
from encore.recommender.domain.kept_rankings import PINS, fewest_left, solution_digest
from encore.recommender.domain.plan import Plan
from encore.recommender.domain.rules import DEFAULT_PICKS, Rules
from encore.recommender.domain.version_policy import VersionPolicy
from encore.recommender.handler import RecommenderHandler
from encore.recommender.use_cases.advance_run import AdvanceRun
from encore.recommender.use_cases.ask_campaign import AskCampaign
from encore.recommender.use_cases.choose_side_versions import ChooseSideVersions
from encore.recommender.use_cases.choose_version import ChooseVersion
from encore.recommender.use_cases.gather_customers import GatherCustomers
from encore.recommender.use_cases.import_data import ImportData
from encore.recommender.use_cases.keep_rankings import KeepRankings
from encore.recommender.use_cases.know_catalogue import KnowCatalogue
from encore.recommender.use_cases.know_customers import KnowCustomers
from encore.recommender.use_cases.know_topics import KnowTopics
from encore.recommender.use_cases.know_tracker import KnowTracker
from encore.recommender.use_cases.load_rules import LoadRules
from encore.recommender.use_cases.prepare_datasets import PrepareDatasets
from encore.recommender.use_cases.put_records import PutRecords
from encore.recommender.use_cases.rank_pins import RankPins
from encore.recommender.use_cases.record_events import RecordEvents
from encore.recommender.use_cases.relate_products import RelateProducts
from encore.recommender.use_cases.remember_picks import RememberPicks
from encore.recommender.use_cases.remove_old_runs import RemoveOldRuns
from encore.recommender.use_cases.report_picks import ReportPicks
from encore.recommender.use_cases.rest_campaign import RestCampaign
from encore.recommender.use_cases.restore_run import RestoreRun
from encore.recommender.use_cases.select_products import SelectProducts
from encore.recommender.use_cases.share_out import ShareOut
from encore.recommender.use_cases.study_shop import StudyShop
from encore.recommender.use_cases.take_turns import TakeTurns
from encore.recommender.use_cases.tell_products import TellProducts
from encore.recommender.use_cases.train import Train
from encore.runtime.queue.message import Message
from encore.runtime.runs.run import Run, StageName
from encore.runtime.runs.stage import Stage
from services.recommender.tests.fakes import (
    ROLE,
    InMemoryCampaign,
    InMemoryFiles,
    InMemoryKeptEvents,
    InMemoryPersonalize,
    InMemoryRecords,
    InMemorySink,
    InMemoryStanding,
    InMemoryTrackers,
    InMemoryTurns,
    Shop,
    made_up_shop,
)
from tests.support.runs import START, TABLE, Runs
from tests.support.stores import InMemoryAnnouncer, InMemoryItems, InMemoryObjects, InMemoryPolls

if TYPE_CHECKING:
    from encore.runtime.runs.ledger import Ledger

RUN = "run-1"
ENOUGH = made_up_shop(customers=600, part_size=300)
MANY_PARTS = made_up_shop(customers=600, part_size=60)
"""Enough data in ten parts, which are three bundles."""
SILENT_POLLS = 3
IDLE_S = 3_600.0
BATCH = Engine()
MANY = 40
KEEP = 2
TOO_LITTLE = made_up_shop(customers=30, part_size=15)


class World:
    """The handler over in-memory doubles; tests deliver its polls themselves."""

    def __init__(
        self,
        personalize: InMemoryPersonalize | None = None,
        announcer: InMemoryAnnouncer | None = None,
        rules: Rules | None = None,
        picks: int = DEFAULT_PICKS,
        *,
        ranking_days: int = 14,
        num_results: int = 50,
        wrap: Callable[[Any], Any] = lambda store: store,
        budget_usd: Decimal | None = None,
        engine: Engine = BATCH,
        promote_new_percent: int = 0,
        policy: VersionPolicy | None = None,
        only_full: bool = False,
        settle_s: int = 0,
        related: str = "",
        personal_pins: bool = False,
        assortment: Assortment = Assortment.AUTO,
    ) -> None:
        """Make a world; `wrap` may put something between the service and its stores."""
        self.runs = Runs(budget_usd=budget_usd)
        self.assortment = assortment
        self.budget = self.runs.budget
        self.ledger: Ledger = wrap(self.runs.ledger)
        self.objects: InMemoryObjects = wrap(InMemoryObjects())
        self.items: InMemoryItems = wrap(InMemoryItems("customer_id", "run_id"))
        self.histories: InMemoryItems = wrap(InMemoryItems("customer_id"))
        self.contacts: InMemoryItems = wrap(InMemoryItems("customer_id"))
        self.known_shop = DynamoDBKnownShop(self.runs.dynamodb, table=TABLE, name="shop")
        self.announcer: InMemoryAnnouncer = wrap(announcer or InMemoryAnnouncer())
        self.personalize = personalize or InMemoryPersonalize()
        self.turns = InMemoryTurns()
        self.standings: InMemoryStanding = wrap(InMemoryStanding())
        self.records: InMemoryRecords = wrap(InMemoryRecords(self.personalize))
        self.now = START
        self.polls: InMemoryPolls = wrap(InMemoryPolls())
        self.stage = Stage(
            StageName.RECOMMENDER,
            ledger=self.ledger,
            locks=self.runs.locks,
            announcer=self.announcer,
            budget=self.budget,
        )
        self.polls_delivered = self.bundles_delivered = self.campaign_polls_delivered = 0
        self.related, self.personal_pins = related, personal_pins
        self.engine, self.promote_new_percent = engine, promote_new_percent
        self.now = START
        """The time by which campaigns are billed."""
        self.watched = DynamoDBWatchedCampaign(self.runs.dynamodb, table=TABLE, name="shop")
        self.campaign = InMemoryCampaign(self.personalize)
        self.rest_campaign = RestCampaign(
            watched=self.watched,
            personalize=self.personalize,
            polls=self.polls,
            name="shop",
            idleness=Idleness.of(IDLE_S),
            tps=1,
            stage=self.stage,
            now=lambda: self.now,
        )
        self.rules, self.picks, self.ranking_days = rules or Rules(), picks, ranking_days
        self.plan = plan = Plan(
            dataset_group="shop",
            role_arn=ROLE,
            bucket="data",
            num_results=num_results,
            tags={"stack": "shop"},
            engine=engine,
            promote_new_percent=promote_new_percent,
        )
        self.remove_old_runs = RemoveOldRuns(
            ledger=self.ledger,
            personalize=self.personalize,
            standings=self.standings,
            files=InMemoryFiles(self.objects),
            plan=plan,
            keep=KEEP,
        )
        choose_version = ChooseVersion(
            ledger=self.ledger,
            personalize=self.personalize,
            standings=self.standings,
            policy=policy or VersionPolicy(),
            trains_with=plan.trains_with,
            now=lambda: self.now,
        )
        self.training = Train(
            ledger=self.ledger,
            stage=self.stage,
            personalize=self.personalize,
            take_turns=TakeTurns(ledger=self.ledger, turns=self.turns, silent_polls=SILENT_POLLS),
            import_data=ImportData(
                ledger=self.ledger,
                personalize=self.personalize,
                standings=self.standings,
                choose_version=choose_version,
                put_records=PutRecords(
                    objects=self.objects, personalize=self.personalize, records=self.records
                ),
                only_full=only_full,
                settle_s=settle_s,
                now=lambda: self.now,
            ),
            choose_version=choose_version,
            side_versions=ChooseSideVersions(
                ledger=self.ledger,
                personalize=self.personalize,
                standings=self.standings,
                policy=choose_version.policy,
                trains_with=plan.side_trains_with,
                now=lambda: self.now,
            ),
            restore_run=RestoreRun(ledger=self.ledger, personalize=self.personalize),
            remove_old_runs=self.remove_old_runs,
            rest_campaign=self.rest_campaign,
            plan=plan,
        )
        self.tell_products = TellProducts(
            objects=self.objects,
            personalize=self.personalize,
            records=self.records,
            standings=self.standings,
            only_full=only_full,
        )
        self.kept_events, self.sink = InMemoryKeptEvents(), InMemorySink()
        self.trackers = InMemoryTrackers()
        self.credits = InMemoryItems("run_id", "item")
        self.suppressions = InMemoryItems("entry")
        self.record_events = RecordEvents(
            kept=self.kept_events,
            credits=self.credits,
            suppressions=self.suppressions,
            sink=self.sink,
            tracker=KnowTracker(trackers=self.trackers),
            objects=self.objects,
        )
        self.customers = KnowCustomers(items=self.histories, objects=self.objects, events=self.kept_events)
        self.handler = self.task()

    def task(self) -> RecommenderHandler:
        """The handler of one more task, which knows nothing of what others keep in memory."""
        know = KnowCatalogue(objects=self.objects)
        customers = KnowCustomers(items=self.histories, objects=self.objects, events=self.kept_events)
        rankings = KeepRankings(
            items=self.items,
            objects=self.objects,
            solution=solution_digest(self.plan),
            days=self.ranking_days,
            fewest=fewest_left(self.picks, self.rules),
        )
        rank_pins = RankPins(
            objects=self.objects,
            kept=replace(rankings, fewest=0, kind=PINS, file=learned_keys.pin_rankings),
            max_pinned=self.rules.max_pinned,
            is_on=self.personal_pins,
        )
        prepare_datasets = PrepareDatasets(
            objects=self.objects,
            know=know,
            customers=customers,
            rankings=rankings,
            known_shop=self.known_shop,
            rank_pins=rank_pins,
            suppressions=self.suppressions,
            engine=self.engine,
            assortment=self.assortment,
        )
        gather_customers = GatherCustomers(objects=self.objects, know=know, customers=customers)
        study_shop = StudyShop(
            objects=self.objects,
            know=know,
            customers=customers,
            known_shop=self.known_shop,
            relate=RelateProducts(
                objects=self.objects,
                know=know,
                standings=self.standings,
                policy=self.training.choose_version.policy,
                recipe=self.related,
            ),
        )
        load_rules = LoadRules(objects=self.objects, rules=self.rules, picks=self.picks)
        select_products = SelectProducts(
            stage=self.stage,
            objects=self.objects,
            load_rules=load_rules,
            study_shop=study_shop,
            report_picks=ReportPicks(ledger=self.ledger, objects=self.objects),
            memory=RememberPicks(self.items),
            rankings=rankings,
            customers=customers,
            rank_pins=rank_pins,
            topics=KnowTopics(self.contacts),
        )
        ask_campaign = AskCampaign(
            objects=self.objects,
            campaign=self.campaign,
            rest_campaign=self.rest_campaign,
            take_turns=self.training.take_turns,
            num_results=self.plan.num_results,
            promote_new_percent=self.promote_new_percent,
        )
        advance_run = AdvanceRun(
            ledger=self.ledger,
            stage=self.stage,
            load_rules=load_rules,
            prepare_datasets=prepare_datasets,
            tell_products=self.tell_products,
            gather_customers=gather_customers,
            study_shop=study_shop,
            rank_pins=rank_pins,
            train=self.training,
            share_out=ShareOut(
                stage=self.stage,
                ledger=self.ledger,
                polls=self.polls,
                work={
                    Round.PREPARE: prepare_datasets.do,
                    Round.GATHER: gather_customers.do,
                    Round.STUDY: study_shop.do,
                    Round.ASK: ask_campaign.do,
                    Round.SELECT: select_products.do,
                },
            ),
            polls=self.polls,
            announcer=self.announcer,
        )
        return RecommenderHandler(advance_run, self.rest_campaign, self.record_events)

    def copied(self) -> "World":
        """A world with the same records in its stores, apart from which both go on."""
        world = World(rules=self.rules, picks=self.picks, ranking_days=self.ranking_days)
        world.runs.table.items = dict(self.runs.table.items)
        world.objects.stored = dict(self.objects.stored)
        world.items.items = dict(self.items.items)
        world.histories.items = dict(self.histories.items)
        world.contacts.items = dict(self.contacts.items)
        return world

    async def open(self, shop: Shop = ENOUGH, run_id: str = RUN) -> None:
        """Store a run as ingest and sentiment leave it, and its batch results as Personalize will."""
        await self.ledger.open_run(run_id, source="s3://b/k")
        await self.ledger.set_parts(run_id, len(shop.parts))
        await shop.store(self.objects, run_id)
        if self.engine.asks_by_product:
            await self._answer_by_product(shop, run_id)
        for first in range(1, len(shop.parts) + 1, FEWEST_PARTS):
            if self.engine.name is not EngineName.BATCH:
                break
            lines = [
                f'{{"input":{{"userId":"{one.customer_id}"}},"output":{{"recommendedItems":["P9red","P40blue"]}}}}'
                for part in shop.parts[first - 1 : first - 1 + FEWEST_PARTS]
                for one in part
            ]
            key = personalize_keys.batch_output(run_id, first)
            await self.objects.put(key, "\n".join(lines).encode(), content_type="application/x-ndjson")

    async def _answer_by_product(self, shop: Shop, run_id: str) -> None:
        """Have each product go with the six that follow it in the catalogue."""
        ids = [one.product_id for one in shop.products]
        lines = [
            json.dumps({"input": {"itemId": one}, "output": {"recommendedItems": (ids * 2)[n + 1 : n + 7]}})
            for n, one in enumerate(ids)
        ]
        key = personalize_keys.product_output(run_id, 1)
        await self.objects.put(key, "\n".join(lines).encode(), content_type="application/x-ndjson")

    async def prepare(self, run_id: str = RUN, **facts: object) -> None:
        """Open a run whose datasets are written, without any; `facts` are what it counts of them."""
        await self.ledger.open_run(run_id, source="s3://b/k")
        await self.ledger.set_parts(run_id, 1)
        known = {
            "engine": "personalize",
            "ranked_by": self.engine.text,
            "interactions": 10,
            "csv_bytes": 10,
            **facts,
        }
        if "new_interactions" in facts:
            known["history_after"] = await self.known_shop.follow(run_id) or ""
        await self.ledger.set_step(
            run_id, started_at=START.isoformat(), **{name: str(value) for name, value in known.items()}
        )

    async def check(self, run_id: str = RUN) -> bool:
        """Let the run go as far as it can now, as a poll does; return whether Personalize is done."""
        return await self.training.advance(await self.ledger.run(run_id))

    async def train_to_end(self, run_id: str = RUN, **facts: object) -> Run:
        """Prepare a run and check it until Personalize is done; its turn ends."""
        await self.prepare(run_id, **facts)
        return await self.finish_training(run_id)

    async def finish_training(self, run_id: str = RUN) -> Run:
        """Check a run until Personalize is done; its turn ends."""
        for _ in range(MANY):
            if await self.check(run_id):
                await self.training.release(run_id)
                return await self.ledger.run(run_id)
        raise AssertionError(f"{run_id} is not done after {MANY} checks")

    async def deliver(
        self, data: EventData, run_id: str = RUN, *, to: RecommenderHandler | None = None
    ) -> None:
        """Deliver one event to the handler, or to that of another task."""
        event = new_event(data, run_id=run_id, source="test")
        await (to or self.handler)(Message("id", "receipt", event.model_dump_json(), 1, 0))

    async def change_state(
        self, status: str, source: str = "aws.personalize", message_id: str = "id"
    ) -> None:
        """Deliver a job's state change, as EventBridge does."""
        job = "arn:aws:personalize:eu-west-1:000000000000:dataset-import-job/run-1-users"
        event = {
            "version": "0",
            "id": "1",
            "detail-type": "Personalize Dataset Import Job State Change",
            "source": source,
            "time": "2026-01-01T00:00:00Z",
            "resources": [job],
            "detail": {"status": status},
        }
        await self.handler(Message(message_id, "receipt", json.dumps(event), 1, 0))

    async def start(self, run_id: str = RUN) -> None:
        """Deliver the event that the run is scored."""
        await self.deliver(SentimentScored(parts=2, reviews=1), run_id)

    async def train(self, run_id: str = RUN) -> None:
        """Start the run and deliver what its rounds send, until it waits for Personalize, with its poll 2."""
        await self.start(run_id)
        await self.deliver_sent(delayed=False)

    async def run_to_end(self, run_id: str = RUN) -> int:
        """Start the run and deliver every message it sends; return the number of polls."""
        await self.start(run_id)
        return await self.deliver_sent()

    async def deliver_sent(self, *, delayed: bool = True) -> int:
        """Deliver all messages that have not been, or up to the first delayed one; return the polls."""
        polls = 0
        while True:
            await self.deliver_bundles()
            if self.polls_delivered == len(self.polls.sent):
                return polls
            owner, attempt = self.polls.sent[self.polls_delivered]
            if not delayed and (owner, attempt) not in self.polls.sent_at_once:
                return polls
            self.polls_delivered += 1
            polls += 1
            await self.deliver(RecommenderPoll(attempt=attempt), owner)

    async def deliver_next_poll(self) -> None:
        """Deliver the earliest poll that has not been, and nothing that it sends."""
        owner, attempt = self.polls.sent[self.polls_delivered]
        self.polls_delivered += 1
        await self.deliver(RecommenderPoll(attempt=attempt), owner)

    async def advance(self, run_id: str = RUN) -> None:
        """Deliver polls until the run has got back to a round, as far as the messages about bundles."""
        await self.polls.send(run_id, (await self.ledger.run(run_id)).attempt(StageName.RECOMMENDER) + 1)
        before = len(self.polls.bundles)
        for _ in range(MANY):
            if len(self.polls.bundles) > before:
                return
            await self.deliver_next_poll()
        raise AssertionError(f"{run_id} does not get to a round")

    async def deliver_campaign_polls(self, count: int) -> int:
        """Deliver so many messages about the campaign, as far as there are; return how many."""
        for delivered in range(count):
            if self.campaign_polls_delivered == len(self.polls.campaign_polls):
                return delivered
            owner, poll, _ = self.polls.campaign_polls[self.campaign_polls_delivered]
            self.campaign_polls_delivered += 1
            await self.deliver(poll, owner)
        return count

    async def deliver_bundles(self) -> None:
        """Deliver all messages about bundles that have not been."""
        while self.bundles_delivered < len(self.polls.bundles):
            owner, in_round, bundle = self.polls.bundles[self.bundles_delivered]
            self.bundles_delivered += 1
            await self.deliver(RecommenderBundle(round=in_round, bundle=bundle), owner)

    async def recommended(self, part: int, run_id: str = RUN) -> list[Recommendation]:
        """One part's recommendations."""
        return await self.objects.get_lines(object_keys.recommendations(run_id, part), Recommendation)


async def crash(*_: object, **__: object) -> None:
    """A double's method that fails."""
    raise RuntimeError
