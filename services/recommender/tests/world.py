"""The recommender over in-memory doubles, with runs to advance."""

import json
from decimal import Decimal

from encore.contracts import object_keys
from encore.contracts.events import (
    EventData,
    RecommenderPoll,
    SentimentScored,
    new_event,
)
from encore.contracts.records import Recommendation
from encore.recommender.domain.plan import Plan
from encore.recommender.domain.rules import DEFAULT_PICKS, Rules
from encore.recommender.handler import RecommenderHandler
from encore.recommender.use_cases.advance_run import AdvanceRun
from encore.recommender.use_cases.load_rules import LoadRules
from encore.recommender.use_cases.prepare_datasets import PrepareDatasets
from encore.recommender.use_cases.remember_picks import RememberPicks
from encore.recommender.use_cases.select_products import SelectProducts
from encore.recommender.use_cases.study_shop import StudyShop
from encore.recommender.use_cases.train import Train
from encore.runtime.queue.message import Message
from encore.runtime.runs.run import StageName
from services.recommender.tests.fakes import (
    InMemoryPersonalize,
    InMemoryTurns,
    Shop,
    made_up_shop,
)
from tests.support.runs import Runs
from tests.support.stores import InMemoryAnnouncer, InMemoryItems, InMemoryObjects, InMemoryPolls

RUN = "run-1"
ENOUGH = made_up_shop(customers=600, part_size=300)
TOO_LITTLE = made_up_shop(customers=30, part_size=15)


class World:
    """The handler over in-memory doubles; tests deliver its polls themselves."""

    def __init__(
        self,
        personalize: InMemoryPersonalize | None = None,
        announcer: InMemoryAnnouncer | None = None,
        rules: Rules | None = None,
        picks: int = DEFAULT_PICKS,
        budget_usd: Decimal | None = None,
    ) -> None:
        runs = Runs(budget_usd=budget_usd)
        self.budget = runs.budget
        self.ledger = runs.ledger
        self.objects = InMemoryObjects()
        self.items = InMemoryItems("customer_id", "run_id")
        self.announcer = announcer or InMemoryAnnouncer()
        self.personalize = personalize or InMemoryPersonalize()
        self.turns = InMemoryTurns()
        self.polls = InMemoryPolls()
        stage = runs.stage(StageName.RECOMMENDER, self.announcer)
        train = Train(
            ledger=self.ledger,
            stage=stage,
            personalize=self.personalize,
            turns=self.turns,
            plan=Plan(dataset_group="shop", role_arn="arn:role", bucket="data", num_results=50),
        )
        advance_run = AdvanceRun(
            ledger=self.ledger,
            stage=stage,
            load_rules=LoadRules(objects=self.objects, rules=rules or Rules(), picks=picks),
            prepare_datasets=PrepareDatasets(self.objects),
            train=train,
            select_products=SelectProducts(
                stage=stage,
                objects=self.objects,
                study_shop=StudyShop(objects=self.objects),
                memory=RememberPicks(self.items),
            ),
            polls=self.polls,
            announcer=self.announcer,
        )
        self.handler = RecommenderHandler(advance_run)

    async def open(self, shop: Shop = ENOUGH, run_id: str = RUN) -> None:
        """Store a run as ingest and sentiment leave it, and its batch results as Personalize will."""
        await self.ledger.open_run(run_id, source="s3://b/k")
        await self.ledger.set_parts(run_id, len(shop.parts))
        await shop.store(self.objects, run_id)
        for part, customers in enumerate(shop.parts, start=1):
            lines = [
                f'{{"input":{{"userId":"{one.customer_id}"}},"output":{{"recommendedItems":["P9red","P40blue"]}}}}'
                for one in customers
            ]
            key = object_keys.personalize(run_id, f"output/part-{part:05}.json.out")
            await self.objects.put(key, "\n".join(lines).encode(), content_type="application/x-ndjson")

    async def deliver(self, data: EventData, run_id: str = RUN) -> None:
        """Deliver one event to the handler."""
        event = new_event(data, run_id=run_id, source="test")
        await self.handler(Message("id", "receipt", event.model_dump_json(), 1, 0))

    async def change_state(self, status: str, source: str = "aws.personalize") -> None:
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
        await self.handler(Message("id", "receipt", json.dumps(event), 1, 0))

    async def start(self, run_id: str = RUN) -> None:
        """Deliver the event that the run is scored."""
        await self.deliver(SentimentScored(parts=2, reviews=1), run_id)

    async def run_to_end(self, run_id: str = RUN) -> int:
        """Start the run and deliver every poll it sends; return the number of polls."""
        await self.start(run_id)
        delivered = 0
        while delivered < len(self.polls.sent):
            owner, attempt = self.polls.sent[delivered]
            delivered += 1
            await self.deliver(RecommenderPoll(attempt=attempt), owner)
        return delivered

    async def recommended(self, part: int, run_id: str = RUN) -> list[Recommendation]:
        """One part's recommendations."""
        return await self.objects.get_lines(object_keys.recommendations(run_id, part), Recommendation)


async def crash(*_: object, **__: object) -> None:
    """A double's method that fails."""
    raise RuntimeError
