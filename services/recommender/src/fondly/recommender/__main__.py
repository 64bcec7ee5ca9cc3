"""Starts the recommender service: `python -m fondly.recommender`."""

from fondly.contracts.events import RecommenderPoll, Round
from fondly.recommender.adapters.kept_events import DynamoDBKeptEvents
from fondly.recommender.adapters.personalize.campaign import PUT_EVENTS_PER_S, AWSEventTracker
from fondly.recommender.adapters.personalize.client import AWSPersonalize
from fondly.recommender.adapters.personalize.plan import Plan
from fondly.recommender.adapters.turns import DynamoDBKnownShop, DynamoDBTurns
from fondly.recommender.handler import RecommenderHandler
from fondly.recommender.settings import RecommenderSettings
from fondly.recommender.use_cases.advance_run import AdvanceRun
from fondly.recommender.use_cases.keep_rankings import KeepRankings
from fondly.recommender.use_cases.know_catalogue import KnowCatalogue
from fondly.recommender.use_cases.know_customers import KnowCustomers
from fondly.recommender.use_cases.load_rules import LoadRules
from fondly.recommender.use_cases.prepare_datasets import PrepareDatasets
from fondly.recommender.use_cases.record_events import RecordEvents, Tell
from fondly.recommender.use_cases.remember_picks import RememberPicks
from fondly.recommender.use_cases.remove_old_runs import RemoveOldRuns
from fondly.recommender.use_cases.select_products import SelectProducts
from fondly.recommender.use_cases.share_out import ShareOut
from fondly.recommender.use_cases.study_shop import StudyShop
from fondly.recommender.use_cases.take_turns import TakeTurns
from fondly.recommender.use_cases.train import Train
from fondly.recommender.use_cases.weigh_ranking import WeighRanking
from fondly.runtime.queue.consumer import Handler
from fondly.runtime.queue.polls import SQSPolls
from fondly.runtime.retry import NO_SDK_RETRIES
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import Runtime, run_service
from fondly.runtime.tags import tags_of


async def make_handler(runtime: Runtime[RecommenderSettings]) -> Handler:
    """Wire the use cases to AWS."""
    settings, objects = runtime.settings, runtime.objects
    table = settings.recommendations_table
    kept_events = DynamoDBKeptEvents(
        runtime.dynamodb, table, runtime.items(table), keep_days=settings.retention_days
    )
    customers = KnowCustomers(
        items=runtime.items(settings.histories_table), objects=objects, events=kept_events
    )
    know, rankings = KnowCatalogue(objects=objects), _rankings(runtime)
    prepare_datasets = PrepareDatasets(
        objects=objects,
        know=know,
        customers=customers,
        rankings=rankings,
        known_shop=_known_shop(runtime),
        suppressions=runtime.items(settings.suppressions_table, expires=False),
        assortment=settings.recommender_catalogue,
        asks_personalize=settings.recommender_ranking == "on",
    )
    study_shop = StudyShop(objects=objects, know=know, customers=customers, known_shop=_known_shop(runtime))
    load_rules = LoadRules(
        objects=objects, rules=settings.recommender_rules, picks=settings.recommender_picks
    )
    select_products = SelectProducts(
        stage=runtime.stage,
        objects=objects,
        load_rules=load_rules,
        study_shop=study_shop,
        memory=RememberPicks(runtime.items(table)),
        rankings=rankings,
        customers=customers,
        contacts=runtime.items(settings.contacts_table, expires=False),
    )
    advance_run = await _advance_run(runtime, load_rules, prepare_datasets, study_shop, select_products)
    return RecommenderHandler(advance_run, await _record_events(runtime, kept_events))


async def _advance_run(
    runtime: Runtime[RecommenderSettings],
    load_rules: LoadRules,
    prepare_datasets: PrepareDatasets,
    study_shop: StudyShop,
    select_products: SelectProducts,
) -> AdvanceRun:
    ledger, train = runtime.ledger, await _train(runtime)
    polls = SQSPolls(
        runtime.queue,
        poll=RecommenderPoll,
        source=StageName.RECOMMENDER,
        interval_s=runtime.settings.recommender_poll_interval_s,
    )
    work = {
        Round.PREPARE: prepare_datasets.do,
        Round.GATHER: prepare_datasets.gather,
        Round.STUDY: study_shop.do,
        Round.SELECT: select_products.do,
    }
    return AdvanceRun(
        ledger=ledger,
        stage=runtime.stage,
        take_turns=_take_turns(runtime),
        load_rules=load_rules,
        prepare_datasets=prepare_datasets,
        study_shop=study_shop,
        train=train,
        weigh_ranking=WeighRanking(ledger=ledger, objects=runtime.objects, know=study_shop.know),
        remove_old_runs=train.remove_old_runs,
        share_out=ShareOut(stage=runtime.stage, ledger=ledger, polls=polls, work=work),
        polls=polls,
        announcer=runtime.announcer,
    )


def _known_shop(runtime: Runtime[RecommenderSettings]) -> DynamoDBKnownShop:
    settings = runtime.settings
    return DynamoDBKnownShop(
        runtime.dynamodb, table=settings.runs_table, name=settings.recommender_dataset_group
    )


async def _record_events(runtime: Runtime[RecommenderSettings], kept: DynamoDBKeptEvents) -> RecordEvents:
    settings = runtime.settings
    return RecordEvents(
        kept=kept,
        credits=runtime.items(settings.runs_table),
        suppressions=runtime.items(settings.suppressions_table, expires=False),
        tell=await _tell(runtime) if settings.recommender_campaign else None,
        objects=runtime.objects,
    )


async def _tell(runtime: Runtime[RecommenderSettings]) -> Tell:
    settings = runtime.settings
    return AWSEventTracker(
        await runtime.new_client("personalize-events", retries=NO_SDK_RETRIES),
        AWSPersonalize(await runtime.new_client("personalize")),
        group=settings.recommender_dataset_group,
        limiter=runtime.limiter("personalize-events", requests_per_s=PUT_EVENTS_PER_S),
    ).tell


def _rankings(runtime: Runtime[RecommenderSettings]) -> KeepRankings:
    settings = runtime.settings
    return KeepRankings(
        items=runtime.items(settings.recommendations_table),
        objects=runtime.objects,
        solution=_plan(settings).digest,
        days=settings.recommender_ranking_days,
    )


def _take_turns(runtime: Runtime[RecommenderSettings]) -> TakeTurns:
    settings, group = runtime.settings, runtime.settings.recommender_dataset_group
    turns = DynamoDBTurns(runtime.dynamodb, table=settings.runs_table, name=group)
    return TakeTurns(ledger=runtime.ledger, turns=turns, silent_polls=settings.silent_polls)


async def _train(runtime: Runtime[RecommenderSettings]) -> Train:
    settings, plan, ledger = runtime.settings, _plan(runtime.settings), runtime.ledger
    personalize = AWSPersonalize(await runtime.new_client("personalize"))
    return Train(
        ledger=ledger,
        stage=runtime.stage,
        personalize=personalize,
        remove_old_runs=RemoveOldRuns(
            ledger=ledger,
            personalize=personalize,
            files=runtime.objects,
            plan=plan,
            has_campaign=settings.recommender_campaign,
        ),
        plan=plan,
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
