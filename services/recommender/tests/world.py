"""The recommender over in-memory doubles, with runs to advance."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fondly.contracts import object_keys
from fondly.contracts.events import (
    EventData,
    RecommenderPoll,
    Round,
    SentimentScored,
    new_event,
)
from fondly.contracts.records import Recommendation
from fondly.recommender.adapters.personalize.plan import Plan
from fondly.recommender.adapters.turns import DynamoDBKnownShop
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.picking.rules import DEFAULT_PICKS, Rules
from fondly.recommender.domain.run_state import (
    FEWEST_PARTS,
    TRAINING,
    Phase,
    RecommenderBundle,
    RecommenderState,
)
from fondly.recommender.domain.shop.assortment import Assortment
from fondly.recommender.handler import RecommenderHandler
from fondly.recommender.use_cases.advance_run import AdvanceRun, ShareOut
from fondly.recommender.use_cases.keep_rankings import KeepRankings
from fondly.recommender.use_cases.know_customers import KnowCustomers
from fondly.recommender.use_cases.load_rules import LoadRules
from fondly.recommender.use_cases.prepare_datasets import PrepareDatasets
from fondly.recommender.use_cases.record_events import RecordEvents
from fondly.recommender.use_cases.remove_old_runs import RemoveOldRuns
from fondly.recommender.use_cases.select_products import RememberPicks, SelectProducts
from fondly.recommender.use_cases.study_shop import KnowCatalogue, StudyShop
from fondly.recommender.use_cases.take_turns import TakeTurns
from fondly.recommender.use_cases.train import Train
from fondly.recommender.use_cases.weigh_ranking import WeighRanking
from fondly.runtime.queue.message import Message
from fondly.runtime.runs.run import Run, StageName
from fondly.runtime.runs.stage import Stage
from services.recommender.tests.fakes import (
    ROLE,
    InMemoryKeptEvents,
    InMemoryPersonalize,
    InMemorySink,
    InMemoryTurns,
    Shop,
    made_up_shop,
)
from tests.support.runs import START, TABLE, Runs
from tests.support.stores import InMemoryAnnouncer, InMemoryItems, InMemoryObjects, InMemoryPolls

if TYPE_CHECKING:
    from fondly.runtime.runs.ledger import Ledger

RUN = "run-1"
ENOUGH = made_up_shop(customers=240, part_size=120, seed=5)
MANY_PARTS = made_up_shop(customers=240, part_size=24, seed=5)
"""Enough data in ten parts, which are three bundles."""
ALONE = Rules(max_list_share=1)
"""With these a customer's picks do not depend on what others get."""
SILENT_POLLS = 3
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
        assortment: Assortment = Assortment.AUTO,
        asks_personalize: bool = True,
        has_campaign: bool = False,
        witnesses: int = 0,
    ) -> None:
        """Make a world; `wrap` may put something between the service and its stores."""
        self.runs = Runs(budget_usd=budget_usd)
        self.assortment, self.asks_personalize, self.witnesses = assortment, asks_personalize, witnesses
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
        self.polls: InMemoryPolls = wrap(InMemoryPolls())
        self.stage = Stage(
            StageName.RECOMMENDER,
            ledger=self.ledger,
            locks=self.runs.locks,
            announcer=self.announcer,
            budget=self.budget,
        )
        self.polls_delivered = self.bundles_delivered = 0
        self.rules, self.picks, self.ranking_days = rules or Rules(), picks, ranking_days
        self.plan = plan = Plan(
            dataset_group="shop",
            role_arn=ROLE,
            bucket="data",
            num_results=num_results,
            tags={"stack": "shop"},
        )
        self.remove_old_runs = RemoveOldRuns(
            ledger=self.ledger,
            personalize=self.personalize,
            files=self.objects,
            plan=plan,
            keep=KEEP,
            has_campaign=has_campaign,
        )
        self.take_turns = TakeTurns(ledger=self.ledger, turns=self.turns, silent_polls=SILENT_POLLS)
        self.training = Train(
            ledger=self.ledger,
            stage=self.stage,
            personalize=self.personalize,
            remove_old_runs=self.remove_old_runs,
            plan=plan,
        )
        self.kept_events, self.sink = InMemoryKeptEvents(), InMemorySink()
        self.credits = InMemoryItems("run_id", "item")
        self.suppressions = InMemoryItems("entry")
        self.record_events = RecordEvents(
            kept=self.kept_events,
            credits=self.credits,
            suppressions=self.suppressions,
            tell=lambda visit: self.sink.tell(visit),  # noqa: PLW0108 - tests replace the method
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
            solution=self.plan.digest,
            days=self.ranking_days,
        )
        prepare_datasets = PrepareDatasets(
            objects=self.objects,
            know=know,
            customers=customers,
            rankings=rankings,
            known_shop=self.known_shop,
            suppressions=self.suppressions,
            assortment=self.assortment,
            asks_personalize=self.asks_personalize,
            most_witnesses=self.witnesses,
        )
        study_shop = StudyShop(
            objects=self.objects, know=know, customers=customers, known_shop=self.known_shop
        )
        load_rules = LoadRules(objects=self.objects, rules=self.rules, picks=self.picks)
        select_products = SelectProducts(
            stage=self.stage,
            objects=self.objects,
            load_rules=load_rules,
            study_shop=study_shop,
            memory=RememberPicks(self.items),
            rankings=rankings,
            customers=customers,
            contacts=self.contacts,
        )
        advance_run = AdvanceRun(
            ledger=self.ledger,
            stage=self.stage,
            take_turns=self.take_turns,
            load_rules=load_rules,
            prepare_datasets=prepare_datasets,
            study_shop=study_shop,
            train=self.training,
            weigh_ranking=WeighRanking(ledger=self.ledger, objects=self.objects, know=know),
            share_out=ShareOut(
                stage=self.stage,
                ledger=self.ledger,
                polls=self.polls,
                work={
                    Round.PREPARE: prepare_datasets.do,
                    Round.GATHER: prepare_datasets.gather,
                    Round.STUDY: study_shop.do,
                    Round.SELECT: select_products.do,
                },
            ),
            polls=self.polls,
            announcer=self.announcer,
        )
        return RecommenderHandler(advance_run, self.record_events)

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
        for first in range(1, len(shop.parts) + 1, FEWEST_PARTS):
            lines = [
                f'{{"input":{{"userId":"{one.customer_id}"}},"output":{{"recommendedItems":["P9red","P40blue"]}}}}'
                for part in shop.parts[first - 1 : first - 1 + FEWEST_PARTS]
                for one in part
            ]
            key = personalize_keys.batch_output(run_id, first)
            await self.objects.put(key, "\n".join(lines).encode(), content_type="application/x-ndjson")

    async def known(self, customer_id: str) -> History | None:
        """All that is known of a customer, events included; None if nothing is."""
        stored = await self.histories.get_all([{"customer_id": customer_id}])
        history = next(map(History.from_item, stored), None)
        if events := (await self.kept_events.of([customer_id])).get(customer_id):
            history = (history or History(customer_id=customer_id, run_id="")).with_events(events)
        return history

    async def prepare(self, run_id: str = RUN, **facts: object) -> None:
        """Open a run whose datasets are written, without any; `facts` are what it counts of them."""
        await self.ledger.open_run(run_id, source="s3://b/k")
        await self.ledger.set_parts(run_id, 1)
        known = {"ranked": 1, "interactions": 10, "csv_bytes": 10, **facts}
        await self.set_state(run_id, phase=Phase.SET_UP, started_at=START, **known)

    async def state(self, run_id: str = RUN) -> RecommenderState:
        """What the recommender keeps of a run."""
        return RecommenderState.of(await self.ledger.run(run_id))

    async def set_state(self, run_id: str = RUN, **members: object) -> None:
        """Give a run's state other members."""
        run = await self.ledger.run(run_id)
        await self.ledger.change_state(run, RecommenderState, lambda state: state.having(**members))

    async def check(self, run_id: str = RUN) -> bool:
        """Let the run go as far as it can now, as a poll does; return whether Personalize is done."""
        run = await self.ledger.run(run_id)
        if not await self.take_turns.has_turn(run):
            return False
        run = await self.ledger.change_state(run, RecommenderState, self.training.regain)
        while RecommenderState.of(run).phase in TRAINING:
            passed = await self.training.run(run)
            if passed is None:
                return False
            run = await self.handler.advance_run._pass(run, passed)
        return True

    async def train_to_end(self, run_id: str = RUN, **facts: object) -> Run:
        """Prepare a run and check it until Personalize is done; its turn ends."""
        await self.prepare(run_id, **facts)
        return await self.finish_training(run_id)

    async def finish_training(self, run_id: str = RUN) -> Run:
        """Check a run until Personalize is done; its turn ends."""
        for _ in range(MANY):
            if await self.check(run_id):
                await self.take_turns.turns.end(run_id)
                return await self.ledger.run(run_id)
        raise AssertionError(f"{run_id} is not done after {MANY} checks")

    async def deliver(
        self, data: EventData, run_id: str = RUN, *, to: RecommenderHandler | None = None
    ) -> None:
        """Deliver one event to the handler, or to that of another task."""
        event = new_event(data, run_id=run_id, source="test")
        await (to or self.handler)(Message("id", "receipt", event.model_dump_json(), 1, 0))

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
        await self.polls.send(run_id, (await self.state(run_id)).attempt + 1)
        before = len(self.polls.bundles)
        for _ in range(MANY):
            if len(self.polls.bundles) > before:
                return
            await self.deliver_next_poll()
        raise AssertionError(f"{run_id} does not get to a round")

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
