import asyncio
import json

import pytest

from encore.contracts import object_keys
from encore.contracts.errors import PermanentError
from encore.contracts.events import (
    DataIngested,
    EventData,
    RecommendationsReady,
    RecommenderPoll,
    RunFinished,
    SentimentScored,
    new_event,
)
from encore.contracts.records import Recommendation, RecommendationSource
from encore.recommender.domain.plan import Plan
from encore.recommender.domain.resources import Kind
from encore.recommender.handler import RecommenderHandler
from encore.recommender.use_cases.advance_run import AdvanceRun
from encore.recommender.use_cases.prepare_datasets import PrepareDatasets
from encore.recommender.use_cases.select_products import SelectProducts
from encore.recommender.use_cases.train import Train
from encore.runtime.queue.message import Message
from encore.runtime.runs.run import RunStatus, StageName
from encore.runtime.runs.totals import total
from services.recommender.tests.fakes import (
    InMemoryPersonalize,
    InMemoryPolls,
    InMemoryTurns,
    Shop,
    made_up_shop,
)
from tests.support.runs import Runs
from tests.support.stores import InMemoryAnnouncer, InMemoryItems, InMemoryObjects

RUN = "run-1"
ENOUGH = made_up_shop(customers=600, part_size=300)
TOO_LITTLE = made_up_shop(customers=30, part_size=15)


class World:
    """The handler among stand-ins; its checks are delivered by hand."""

    def __init__(
        self,
        personalize: InMemoryPersonalize | None = None,
        announcer: InMemoryAnnouncer | None = None,
    ) -> None:
        runs = Runs()
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
            prepare_datasets=PrepareDatasets(self.objects),
            train=train,
            select_products=SelectProducts(stage=stage, objects=self.objects, recommendations=self.items),
            polls=self.polls,
            announcer=self.announcer,
        )
        self.handler = RecommenderHandler(advance_run)

    async def open(self, shop: Shop = ENOUGH, run_id: str = RUN) -> None:
        """Leave a run as ingest and sentiment do, and its batch results as Personalize will."""
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
        """Hand one event to the handler."""
        event = new_event(data, run_id=run_id, source="test")
        await self.handler(Message("id", "receipt", event.model_dump_json(), 1, 0))

    async def report(self, status: str, source: str = "aws.personalize") -> None:
        """Hand the handler news of a job, as EventBridge brings it."""
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
        """Say that the run is scored."""
        await self.deliver(SentimentScored(parts=2, reviews=1), run_id)

    async def run_to_its_end(self, run_id: str = RUN) -> int:
        """Deliver each check that was sent until none is; return how many were."""
        await self.start(run_id)
        delivered = 0
        while delivered < len(self.polls.sent):
            owner, attempt = self.polls.sent[delivered]
            delivered += 1
            await self.deliver(RecommenderPoll(attempt=attempt), owner)
        return delivered

    async def recommended(self, part: int, run_id: str = RUN) -> list[Recommendation]:
        """Read one part's recommendations."""
        return await self.objects.get_lines(object_keys.recommendations(run_id, part), Recommendation)


async def test_a_run_passes_all_steps_by_checks() -> None:
    """Each wait is one check; afterwards every part is written, tabled, announced and reported."""
    world = World()
    await world.open()
    assert await world.run_to_its_end() == 6
    assert [attempt for _, attempt in world.polls.sent] == [1, 2, 3, 4, 5, 6]
    assert [data.part for data in world.announcer.of(RecommendationsReady)] == [1, 2]  # type: ignore[attr-defined] # narrowed by `of`
    recommended = await world.recommended(1)
    assert all(one.source is RecommendationSource.PERSONALIZE for one in recommended)
    assert all(one.picks[0].product.product_id in {"P9red", "P40blue"} for one in recommended[:3])
    assert len(world.items.items) == 600
    run = await world.ledger.run(RUN)
    assert run.stage(StageName.RECOMMENDER).done == {1, 2}
    assert world.turns.run_id is None


async def test_costs_are_reported_once_however_often_steps_repeat() -> None:
    """Ingested bytes, trained interactions, one recommendation a customer, three requests a check."""
    world = World()
    await world.open()
    await world.run_to_its_end()
    reports = {report.name: report for report in await world.ledger.reports(RUN)}
    pairs = sum(len(customer.product_ids) for customer in ENOUGH.customers)
    written = sum(len(body) for key, body in world.objects.stored.items() if key.endswith(".csv"))
    assert reports["training"].units == {
        "personalize.ingested_bytes": written,
        "personalize.trained_interactions": pairs,
        "s3.puts": 7,
        "sqs.requests": 2 + 3 * 6,
        "dynamodb.reads": 7,
        "dynamodb.writes": 1 + 2 * 7,
    }
    assert reports["part-00002"].units["personalize.recommendations"] == 300
    counts = total(list(reports.values())).counts
    assert counts == {
        "recommendations": 3_000,
        "customers_by_popularity": 0,
        "customers_short_of_products": 0,
    }


async def test_duplicates_start_no_second_chain() -> None:
    """A repeated event or check that the run has left behind does nothing."""
    world = World()
    await world.open()
    await world.start()
    await world.start()
    await world.deliver(RecommenderPoll(attempt=1))
    await world.deliver(RecommenderPoll(attempt=1))
    await world.deliver(RecommenderPoll(attempt=0))
    assert [attempt for _, attempt in world.polls.sent] == [1, 2]


async def test_a_crash_after_sending_is_repaired_by_redelivery(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check is sent before the ledger takes note: the chain may double for a moment but never ends."""
    world = World()
    await world.open()
    await world.start()
    with monkeypatch.context() as patched:
        patched.setattr(world.ledger, "set_step", _crash)
        with pytest.raises(RuntimeError):
            await world.deliver(RecommenderPoll(attempt=1))
    await world.deliver(RecommenderPoll(attempt=1))
    for _, attempt in list(world.polls.sent)[1:]:
        await world.deliver(RecommenderPoll(attempt=attempt))
    assert world.personalize.creations == len(world.personalize.made)
    assert [attempt for _, attempt in world.polls.sent].count(3) == 1


async def test_a_crash_before_sending_is_repaired_by_redelivery(monkeypatch: pytest.MonkeyPatch) -> None:
    """Had the ledger taken note already, the message would be dropped as stale, and the run stand still."""
    world = World()
    await world.open()
    await world.start()
    with monkeypatch.context() as patched:
        patched.setattr(world.polls, "send", _crash)
        with pytest.raises(RuntimeError):
            await world.deliver(RecommenderPoll(attempt=1))
    await world.deliver(RecommenderPoll(attempt=1))
    assert [attempt for _, attempt in world.polls.sent] == [1, 2]


async def _crash(*_: object, **__: object) -> None:
    raise RuntimeError


async def test_a_crash_while_selecting_repeats_only_what_was_not_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A part that the ledger knows as done is neither written nor announced again."""
    world = World()
    await world.open()
    finish = world.ledger.complete_part
    monkeypatch.setattr(world.ledger, "complete_part", _crash)
    with pytest.raises(RuntimeError):
        await world.run_to_its_end()
    monkeypatch.setattr(world.ledger, "complete_part", finish)
    last = RecommenderPoll(attempt=world.polls.sent[-1][1])
    await world.deliver(last)
    await world.deliver(last)
    parts = [data.part for data in world.announcer.of(RecommendationsReady)]  # type: ignore[attr-defined] # narrowed by `of`
    assert parts == [1, 1, 2]
    assert len(set(world.announcer.ids)) == 2


async def test_too_little_data_is_not_even_sent() -> None:
    """Below Personalize's minimums everybody gets popular products at once, marked and counted."""
    world = World()
    await world.open(TOO_LITTLE)
    assert await world.run_to_its_end() == 0
    assert world.personalize.made == {}
    assert {one.source for one in await world.recommended(2)} == {RecommendationSource.POPULARITY}
    totals = total(await world.ledger.reports(RUN))
    assert totals.counts["customers_by_popularity"] == 30
    assert totals.counts["recommendations"] == 150


async def test_personalizes_own_verdict_of_too_little_data_falls_back() -> None:
    """Its minimums may change; the run goes on and the next run may use the dataset group."""
    reason = "Dataset has fewer than 25 users with at least 2 interactions each."
    world = World(InMemoryPersonalize(failures={Kind.SOLUTION_VERSION: reason}))
    await world.open()
    await world.run_to_its_end()
    run = await world.ledger.run(RUN)
    assert (run.step["engine"], run.step["popularity_reason"]) == ("popularity", reason)
    assert len(world.announcer.of(RecommendationsReady)) == 2
    assert world.turns.run_id is None
    reports = {report.name: report for report in await world.ledger.reports(RUN)}
    assert "personalize.trained_interactions" not in reports["training"].units
    assert "personalize.ingested_bytes" in reports["training"].units


async def test_another_failure_fails_the_run_with_its_reason() -> None:
    """Nothing is recommended, the reason names what failed, and the dataset group is free again."""
    reason = "Insufficient privileges for accessing data in Amazon S3."
    world = World(InMemoryPersonalize(failures={Kind.IMPORT_JOB: reason}))
    await world.open()
    await world.run_to_its_end()
    run = await world.ledger.run(RUN)
    assert run.status is RunStatus.FAILED
    assert run.reason == f"Personalize could not make dataset import job run-1-interactions: {reason}"
    (finished,) = world.announcer.of(RunFinished)
    assert isinstance(finished, RunFinished)
    assert (finished.status, finished.reason) == ("failed", run.reason)
    assert world.turns.run_id is None


async def test_a_failure_is_announced_again_by_a_redelivery() -> None:
    """A crash between the ledger and the announcement loses nothing, and the event id stays the same."""
    world = World(InMemoryPersonalize(failures={Kind.DATASET_GROUP: "no"}))
    await world.open()
    await world.start()
    await world.start()
    assert len(world.announcer.of(RunFinished)) == 2
    assert len(set(world.announcer.ids)) == 1


async def test_a_busy_personalize_is_asked_again_later() -> None:
    """A quota of running jobs frees itself: the run waits, it does not fail."""
    world = World(InMemoryPersonalize(busy={Kind.IMPORT_JOB}))
    await world.open()
    await world.start()
    for attempt in range(1, 6):
        await world.deliver(RecommenderPoll(attempt=attempt))
    assert (await world.ledger.run(RUN)).step["step"] == "import"
    world.personalize.busy.clear()
    for attempt in range(6, 11):
        await world.deliver(RecommenderPoll(attempt=attempt))
    assert len(world.announcer.of(RecommendationsReady)) == 2


async def test_runs_of_one_dataset_group_take_turns() -> None:
    """The second run touches nothing until the first has its results, then takes its turn."""
    world = World()
    await world.open(run_id="first")
    await world.open(run_id="second")
    await world.start("first")
    await world.start("second")
    assert world.turns.run_id == "first"
    assert "solution_version" not in (await world.ledger.run("second")).step
    await world.run_to_its_end("first")
    assert {run for run, _ in world.announcer.announced} == {"first", "second"}


async def test_a_run_that_ended_without_letting_go_is_taken_over_from() -> None:
    """A holder that has ended, or that nobody knows, does not block the shop for ever."""
    world = World()
    await world.open(run_id="dead")
    await world.start("dead")
    await world.ledger.fail("dead", "killed")
    assert world.turns.run_id == "dead"
    await world.open()
    await world.start()
    assert world.turns.run_id == RUN
    world.turns.run_id = "unknown"
    await world.deliver(RecommenderPoll(attempt=1))
    assert world.turns.run_id == RUN


async def test_a_run_that_has_ended_is_left_alone() -> None:
    """A late message of a finished run does nothing."""
    world = World()
    await world.open()
    await world.ledger.finish(RUN)
    await world.start()
    assert world.polls.sent == []
    assert world.announcer.announced == []


async def test_more_parts_than_a_batch_job_reads_fail_the_run_by_name() -> None:
    """The reason names the setting that cures it."""
    world = World()
    await world.open()
    await world.ledger.set_parts(RUN, 1_001)
    await world.start()
    assert "ENCORE_INGEST_PART_REVIEWS" in str((await world.ledger.run(RUN)).reason)


async def test_a_foreign_event_is_a_permanent_failure() -> None:
    """The queue carries two kinds of message and no other."""
    world = World()
    with pytest.raises(PermanentError, match="expected encore"):
        await world.deliver(DataIngested(part=1, parts=1, key="k", customers=1, reviews=1))


async def test_news_of_a_job_moves_the_run_on_at_once() -> None:
    """The run passes its steps without waiting for a check, and the chain that it has stays the only one."""
    world = World()
    await world.open()
    await world.start()
    for step in ("datasets", "import", "solution"):
        await world.report("ACTIVE")
        assert (await world.ledger.run(RUN)).step["step"] == step
    assert world.polls.sent == [(RUN, 1)]


async def test_news_of_the_last_job_brings_the_check_forward() -> None:
    """A check at once does the rest; the one still to come is dropped, so nothing is selected twice."""
    world = World()
    await world.open()
    await world.start()
    while not world.polls.sent_at_once:
        await world.report("ACTIVE")
    await world.report("ACTIVE")
    assert world.polls.sent == [(RUN, 1), (RUN, 2)]
    await world.deliver(RecommenderPoll(attempt=1))
    assert world.announcer.announced == []
    await world.deliver(RecommenderPoll(attempt=2))
    assert len(world.announcer.of(RecommendationsReady)) == 2
    assert world.turns.run_id is None


async def test_a_check_at_once_that_cannot_be_sent_leaves_the_one_to_come_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The news would not be heard a second time: it has moved the run to its last step."""
    world = World()
    await world.open()
    await world.start()
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(world.polls, "send", _crash)
        while True:
            await world.report("ACTIVE")
    await world.report("ACTIVE")
    assert world.polls.sent == [(RUN, 1)]
    await world.deliver(RecommenderPoll(attempt=1))
    assert len(world.announcer.of(RecommendationsReady)) == 2


async def test_news_of_a_failed_job_ends_the_run_by_a_check_at_once() -> None:
    """A check knows its run, so it can come back after a crash and announce the reason all the same."""
    world = World(InMemoryPersonalize(failures={Kind.IMPORT_JOB: "no luck"}))
    await world.open()
    await world.start()
    await world.deliver(RecommenderPoll(attempt=1))
    await world.report("CREATE FAILED")
    assert (await world.ledger.run(RUN)).is_open
    assert world.polls.sent_at_once == [(RUN, 3)]
    await world.deliver(RecommenderPoll(attempt=3))
    await world.deliver(RecommenderPoll(attempt=2))
    assert "no luck" in str((await world.ledger.run(RUN)).reason)
    assert len(world.announcer.of(RunFinished)) == 1


async def test_news_moves_only_the_run_whose_turn_it_is() -> None:
    """A run that waits for its turn is left to its checks."""
    world = World()
    await world.open(run_id="first")
    await world.open(run_id="second")
    await world.start("first")
    await world.start("second")
    await world.report("ACTIVE")
    assert (await world.ledger.run("first")).step["step"] == "datasets"
    assert "step" not in (await world.ledger.run("second")).step


@pytest.mark.parametrize("holder", [None, "unknown", RUN])
async def test_news_that_no_run_waits_for_does_nothing(holder: str | None) -> None:
    """Other runs' late news, and jobs of others in the account, are acknowledged."""
    world = World()
    await world.open()
    await world.ledger.finish(RUN)
    world.turns.run_id = holder
    await world.report("ACTIVE")
    assert (world.polls.sent, world.personalize.made) == ([], {})


async def test_news_of_another_service_is_a_permanent_failure() -> None:
    """It goes to the dead letters with the service's name."""
    with pytest.raises(PermanentError, match=r"from aws\.s3"):
        await World().report("ACTIVE", source="aws.s3")


async def test_a_customer_without_a_ranking_falls_back_alone() -> None:
    """An error line of the batch output costs its customer the ranking, nobody else."""
    world = World()
    await world.open()
    key = object_keys.personalize(RUN, "output/part-00001.json.out")
    lines = world.objects.stored[key].splitlines()
    lines[0] = b'{"input":{"userId":"C0"},"output":null,"error":"no luck"}'
    world.objects.stored[key] = b"\n".join(lines)
    await world.run_to_its_end()
    sources = [one.source for one in await world.recommended(1)]
    assert sources[0] is RecommendationSource.POPULARITY
    assert set(sources[1:]) == {RecommendationSource.PERSONALIZE}
    assert all(len(one.picks) == 5 for one in await world.recommended(1))


class ImpatientMailer(InMemoryAnnouncer):
    """Reads a part and its run's totals as soon as it hears of it, as a mailer does that is done at once."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.read = 0
        self.heard: list[int] = []

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Read the part, and note what the totals hold now."""
        await super().announce(run_id, *events)
        for data in events:
            assert isinstance(data, RecommendationsReady)
            self.read += len(await self.world.objects.get_lines(data.key, Recommendation))
            counts = total(await self.world.ledger.reports(run_id)).counts
            self.heard.append(counts["recommendations"] - 5 * data.customers)


async def test_a_part_is_stored_and_in_the_totals_before_anybody_hears_of_it() -> None:
    """The mailer may read it at once, and end the run after the last one: nothing may be missing then."""
    mailer = ImpatientMailer()
    world = World(announcer=mailer)
    mailer.world = world
    await world.open(TOO_LITTLE)
    await world.run_to_its_end()
    assert mailer.heard == [0, 5 * len(TOO_LITTLE.parts[0])]
    assert mailer.read == len(TOO_LITTLE.customers)


async def test_one_message_of_a_run_is_handled_at_a_time() -> None:
    """Duplicates that arrive together prepare, look and check once: the later ones find themselves stale."""
    world = World()
    await world.open()
    await asyncio.gather(*(world.start() for _ in range(3)))
    assert [attempt for _, attempt in world.polls.sent] == [1]
