"""Starts the recommender service: `python -m fondly.recommender`."""

from fondly.contracts.events import RecommenderPoll, Round, UploadRead
from fondly.recommender.adapters.kept_events import DynamoDBKeptEvents
from fondly.recommender.adapters.personalize.campaign import PUT_EVENTS_PER_S, AWSEventTracker
from fondly.recommender.adapters.personalize.client import AWSPersonalize
from fondly.recommender.adapters.personalize.plan import Plan
from fondly.recommender.adapters.turns import DynamoDBKnownShop, DynamoDBTurns
from fondly.recommender.handler import RecommenderHandler
from fondly.recommender.settings import RecommenderSettings
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
from fondly.runtime.queue.consumer import Handler
from fondly.runtime.queue.polls import SQSPolls
from fondly.runtime.retry import NO_SDK_RETRIES
from fondly.runtime.runs.clearance import Clearance
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import Runtime, run_service
from fondly.runtime.tags import tags_of


async def make_handler(runtime: Runtime[RecommenderSettings]) -> Handler:
    """Wire the use cases to AWS."""
    settings, objects, plan = runtime.settings, runtime.objects, _plan(runtime.settings)
    table, items = settings.recommendations_table, runtime.items(settings.recommendations_table)
    kept_events = DynamoDBKeptEvents(runtime.dynamodb, table, items, keep_days=settings.retention_days)
    customers = KnowCustomers(
        items=runtime.items(settings.histories_table), objects=objects, events=kept_events
    )
    know = KnowCatalogue(objects=objects)
    known_shop = DynamoDBKnownShop(
        runtime.dynamodb, table=settings.runs_table, name=settings.recommender_dataset_group
    )
    rankings = KeepRankings(
        items=items, objects=objects, solution=plan.digest, days=settings.recommender_ranking_days
    )
    prepare_datasets = PrepareDatasets(
        objects=objects,
        know=know,
        customers=customers,
        rankings=rankings,
        known_shop=known_shop,
        suppressions=runtime.items(settings.suppressions_table, expires=False),
        assortment=settings.recommender_catalogue,
        asks_personalize=settings.recommender_ranking == "on",
    )
    study_shop = StudyShop(objects=objects, know=know, customers=customers, known_shop=known_shop)
    load_rules = LoadRules(
        objects=objects, rules=settings.recommender_rules, picks=settings.recommender_picks
    )
    select_products = SelectProducts(
        stage=runtime.stage,
        objects=objects,
        load_rules=load_rules,
        study_shop=study_shop,
        memory=RememberPicks(items),
        rankings=rankings,
        customers=customers,
        contacts=runtime.items(settings.contacts_table, expires=False),
    )
    advance_run = await _advance_run(runtime, plan, prepare_datasets, select_products)

    async def require(upload: UploadRead) -> None:
        if settings.recommender_ranking == "on" and upload.customers:
            await advance_run.train.require(upload.interactions)

    handler = RecommenderHandler(advance_run, await _record_events(runtime, kept_events))
    return Clearance(ledger=runtime.ledger, stage=StageName.RECOMMENDER, require=require, handler=handler)


async def _advance_run(
    runtime: Runtime[RecommenderSettings],
    plan: Plan,
    prepare_datasets: PrepareDatasets,
    select_products: SelectProducts,
) -> AdvanceRun:
    settings, ledger, stage = runtime.settings, runtime.ledger, runtime.stage
    study_shop = select_products.study_shop
    personalize = AWSPersonalize(await runtime.new_client("personalize"))
    turns = DynamoDBTurns(
        runtime.dynamodb, table=settings.runs_table, name=settings.recommender_dataset_group
    )
    polls = SQSPolls(
        runtime.queue,
        poll=RecommenderPoll,
        source=StageName.RECOMMENDER,
        interval_s=settings.recommender_poll_interval_s,
    )
    remove_old_runs = RemoveOldRuns(
        ledger=ledger,
        personalize=personalize,
        files=runtime.objects,
        plan=plan,
        has_campaign=settings.recommender_campaign,
    )
    work = {
        Round.PREPARE: prepare_datasets.do,
        Round.GATHER: prepare_datasets.gather,
        Round.STUDY: study_shop.do,
        Round.SELECT: select_products.do,
    }
    return AdvanceRun(
        ledger=ledger,
        stage=stage,
        take_turns=TakeTurns(ledger=ledger, turns=turns, silent_polls=settings.silent_polls),
        load_rules=select_products.load_rules,
        prepare_datasets=prepare_datasets,
        study_shop=study_shop,
        train=Train(
            ledger=ledger, stage=stage, personalize=personalize, remove_old_runs=remove_old_runs, plan=plan
        ),
        weigh_ranking=WeighRanking(ledger=ledger, objects=runtime.objects, know=study_shop.know),
        share_out=ShareOut(stage=stage, ledger=ledger, polls=polls, work=work),
        polls=polls,
        announcer=runtime.announcer,
    )


async def _record_events(runtime: Runtime[RecommenderSettings], kept: DynamoDBKeptEvents) -> RecordEvents:
    settings, tell = runtime.settings, None
    if settings.recommender_campaign:
        tell = AWSEventTracker(
            await runtime.new_client("personalize-events", retries=NO_SDK_RETRIES),
            AWSPersonalize(await runtime.new_client("personalize")),
            group=settings.recommender_dataset_group,
            limiter=runtime.limiter("personalize-events", requests_per_s=PUT_EVENTS_PER_S),
        ).tell
    return RecordEvents(
        kept=kept,
        credits=runtime.items(settings.runs_table),
        suppressions=runtime.items(settings.suppressions_table, expires=False),
        tell=tell,
        objects=runtime.objects,
    )


def _plan(settings: RecommenderSettings) -> Plan:
    return Plan(
        dataset_group=settings.recommender_dataset_group,
        role_arn=settings.personalize_role_arn,
        bucket=settings.data_bucket,
        num_results=settings.recommender_num_results,
        campaign_tps=settings.recommender_campaign_tps,
        tags=tags_of(settings.environment, more=settings.tags),
    )


if __name__ == "__main__":
    run_service(StageName.RECOMMENDER, RecommenderSettings, make_handler)
