"""Starts the recommender service: `python -m encore.recommender`."""

from dataclasses import replace

from encore.contracts.events import Round
from encore.recommender.adapters.event_sink import AWSEventSink
from encore.recommender.adapters.event_trackers import AWSEventTrackers
from encore.recommender.adapters.kept_events import DynamoDBKeptEvents
from encore.recommender.adapters.known_shop import DynamoDBKnownShop
from encore.recommender.adapters.personalize import AWSPersonalize
from encore.recommender.adapters.personalize_events import (
    ITEM_CALLS_PER_S,
    USER_CALLS_PER_S,
    AWSPersonalizeEvents,
)
from encore.recommender.adapters.personalize_runtime import AWSCampaignRuntime
from encore.recommender.adapters.run_files import S3RunFiles
from encore.recommender.adapters.standing import DynamoDBStanding
from encore.recommender.adapters.turns import DynamoDBTurns
from encore.recommender.adapters.watched_campaign import DynamoDBWatchedCampaign
from encore.recommender.domain import learned_keys
from encore.recommender.domain.campaigns import Idleness
from encore.recommender.domain.kept_rankings import PINS, fewest_left, solution_digest
from encore.recommender.domain.plan import Plan
from encore.recommender.domain.version_policy import VersionPolicy
from encore.recommender.handler import RecommenderHandler
from encore.recommender.settings import RecommenderSettings
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
from encore.runtime.queue.consumer import Handler
from encore.runtime.queue.polls import SQSRecommenderPolls
from encore.runtime.retry import NO_SDK_RETRIES
from encore.runtime.runs.run import StageName
from encore.runtime.service import Runtime, run_service
from encore.runtime.tags import tags_of

SECONDS_PER_MINUTE = 60


async def make_handler(runtime: Runtime[RecommenderSettings]) -> Handler:
    """Wire the use cases to AWS."""
    settings = runtime.settings
    personalize = AWSPersonalize(await runtime.new_client("personalize"))
    polls = SQSRecommenderPolls(runtime.queue, interval_s=settings.recommender_poll_interval_s)
    rest_campaign = _rest_campaign(runtime, personalize, polls)
    # One limiter for all events, whoever puts them: the quota is the dataset group's.
    events = await runtime.new_client("personalize-events", retries=NO_SDK_RETRIES)
    limiter = runtime.limiter("personalize-events", requests_per_s=settings.recommender_put_events_per_s)
    users = runtime.limiter("personalize-users", requests_per_s=USER_CALLS_PER_S)
    items = runtime.limiter("personalize-items", requests_per_s=ITEM_CALLS_PER_S)
    records = AWSPersonalizeEvents(events, events=limiter, users=users, items=items)
    train = _train(runtime, personalize, records, rest_campaign)
    know = KnowCatalogue(objects=runtime.objects)
    rankings, rank_pins = _rankings(runtime), _rank_pins(runtime)
    kept_events = _kept_events(runtime)
    customers = KnowCustomers(
        items=runtime.items(settings.histories_table), objects=runtime.objects, events=kept_events
    )
    known_shop = DynamoDBKnownShop(
        runtime.dynamodb, table=settings.runs_table, name=settings.recommender_dataset_group
    )
    prepare_datasets = PrepareDatasets(
        objects=runtime.objects,
        know=know,
        customers=customers,
        rankings=rankings,
        known_shop=known_shop,
        rank_pins=rank_pins,
        suppressions=runtime.items(settings.suppressions_table, expires=False),
        assortment=settings.recommender_catalogue,
        engine=settings.engine,
        new_for_days=settings.recommender_rules.new_for_days,
    )
    gather_customers = GatherCustomers(objects=runtime.objects, know=know, customers=customers)
    study_shop = StudyShop(
        objects=runtime.objects,
        know=know,
        customers=customers,
        known_shop=known_shop,
        relate=_relate(runtime, know, train.choose_version),
    )
    load_rules = LoadRules(
        objects=runtime.objects, rules=settings.recommender_rules, picks=settings.recommender_picks
    )
    select_products = SelectProducts(
        stage=runtime.stage,
        objects=runtime.objects,
        load_rules=load_rules,
        study_shop=study_shop,
        report_picks=ReportPicks(ledger=runtime.ledger, objects=runtime.objects),
        memory=RememberPicks(runtime.items(settings.recommendations_table)),
        rankings=rankings,
        customers=customers,
        rank_pins=rank_pins,
        topics=KnowTopics(runtime.items(settings.contacts_table, expires=False)),
    )
    ask_campaign = await _ask_campaign(runtime, rest_campaign, train.take_turns)
    advance_run = AdvanceRun(
        ledger=runtime.ledger,
        stage=runtime.stage,
        load_rules=load_rules,
        prepare_datasets=prepare_datasets,
        tell_products=TellProducts(
            objects=runtime.objects,
            personalize=personalize,
            records=records,
            standings=train.choose_version.standings,
            only_full=settings.recommender_imports == "full",
        ),
        gather_customers=gather_customers,
        study_shop=study_shop,
        rank_pins=rank_pins,
        train=train,
        share_out=ShareOut(
            stage=runtime.stage,
            ledger=runtime.ledger,
            polls=polls,
            work={
                Round.PREPARE: prepare_datasets.do,
                Round.GATHER: gather_customers.do,
                Round.STUDY: study_shop.do,
                Round.ASK: ask_campaign.do,
                Round.SELECT: select_products.do,
            },
        ),
        polls=polls,
        announcer=runtime.announcer,
    )
    sink = AWSEventSink(events, limiter)
    return RecommenderHandler(
        advance_run, rest_campaign, _record_events(runtime, personalize, kept_events, sink)
    )


def _kept_events(runtime: Runtime[RecommenderSettings]) -> DynamoDBKeptEvents:
    table = runtime.settings.recommendations_table
    return DynamoDBKeptEvents(
        runtime.dynamodb, table, runtime.items(table), keep_days=runtime.settings.retention_days
    )


def _record_events(
    runtime: Runtime[RecommenderSettings],
    personalize: AWSPersonalize,
    kept: DynamoDBKeptEvents,
    sink: AWSEventSink,
) -> RecordEvents:
    settings = runtime.settings
    trackers = AWSEventTrackers(
        personalize,
        runtime.dynamodb,
        table=settings.runs_table,
        plan=_plan(settings),
        attribution=settings.recommender_attribution,
    )
    return RecordEvents(
        kept=kept,
        credits=runtime.items(settings.runs_table),
        suppressions=runtime.items(settings.suppressions_table, expires=False),
        sink=sink,
        tracker=KnowTracker(trackers=trackers),
        objects=runtime.objects,
    )


def _rankings(runtime: Runtime[RecommenderSettings]) -> KeepRankings:
    settings = runtime.settings
    return KeepRankings(
        items=runtime.items(settings.recommendations_table),
        objects=runtime.objects,
        solution=solution_digest(_plan(settings)),
        days=settings.recommender_ranking_days,
        fewest=fewest_left(settings.recommender_picks, settings.recommender_rules),
    )


def _rank_pins(runtime: Runtime[RecommenderSettings]) -> RankPins:
    settings = runtime.settings
    kept = replace(_rankings(runtime), fewest=0, kind=PINS, file=learned_keys.pin_rankings)
    return RankPins(
        objects=runtime.objects,
        kept=kept,
        max_pinned=settings.recommender_rules.max_pinned,
        is_on=settings.recommender_personal_pins,
    )


def _relate(
    runtime: Runtime[RecommenderSettings], know: KnowCatalogue, choose_version: ChooseVersion
) -> RelateProducts:
    settings = runtime.settings
    return RelateProducts(
        objects=runtime.objects,
        know=know,
        standings=choose_version.standings,
        policy=choose_version.policy,
        recipe=settings.recommender_similar_recipe.value if settings.recommender_related else "",
    )


def _rest_campaign(
    runtime: Runtime[RecommenderSettings], personalize: AWSPersonalize, polls: SQSRecommenderPolls
) -> RestCampaign:
    settings = runtime.settings
    group = settings.recommender_dataset_group
    return RestCampaign(
        watched=DynamoDBWatchedCampaign(runtime.dynamodb, table=settings.runs_table, name=group),
        personalize=personalize,
        polls=polls,
        name=group,
        idleness=Idleness.of(settings.recommender_campaign_idle_min * SECONDS_PER_MINUTE),
        tps=settings.recommender_campaign_tps,
        stage=runtime.stage,
    )


async def _ask_campaign(
    runtime: Runtime[RecommenderSettings], rest_campaign: RestCampaign, take_turns: TakeTurns
) -> AskCampaign:
    settings = runtime.settings
    client = await runtime.new_client("personalize-runtime", retries=NO_SDK_RETRIES)
    limiter = runtime.limiter("campaign", requests_per_s=settings.recommender_campaign_calls_per_s)
    return AskCampaign(
        objects=runtime.objects,
        campaign=AWSCampaignRuntime(client, limiter),
        rest_campaign=rest_campaign,
        take_turns=take_turns,
        num_results=settings.recommender_num_results,
        promote_new_percent=settings.recommender_promote_new_percent,
    )


def _train(
    runtime: Runtime[RecommenderSettings],
    personalize: AWSPersonalize,
    records: AWSPersonalizeEvents,
    rest_campaign: RestCampaign,
) -> Train:
    settings, plan, ledger = runtime.settings, _plan(runtime.settings), runtime.ledger
    group, table = settings.recommender_dataset_group, settings.runs_table
    standings = DynamoDBStanding(runtime.dynamodb, table=table, name=group)
    choose_version = ChooseVersion(
        ledger=ledger,
        personalize=personalize,
        standings=standings,
        policy=_policy(settings),
        trains_with=plan.trains_with,
    )
    return Train(
        ledger=ledger,
        stage=runtime.stage,
        personalize=personalize,
        take_turns=TakeTurns(
            ledger=ledger,
            turns=DynamoDBTurns(runtime.dynamodb, table=table, name=group),
            silent_polls=settings.silent_polls,
        ),
        import_data=ImportData(
            ledger=ledger,
            personalize=personalize,
            standings=standings,
            choose_version=choose_version,
            put_records=PutRecords(objects=runtime.objects, personalize=personalize, records=records),
            only_full=settings.recommender_imports == "full",
            settle_s=settings.recommender_events_settle_s,
        ),
        choose_version=choose_version,
        side_versions=ChooseSideVersions(
            ledger=ledger,
            personalize=personalize,
            standings=standings,
            policy=choose_version.policy,
            trains_with=plan.side_trains_with,
        ),
        restore_run=RestoreRun(ledger=ledger, personalize=personalize),
        remove_old_runs=RemoveOldRuns(
            ledger=ledger,
            personalize=personalize,
            standings=standings,
            files=S3RunFiles(runtime.s3, settings.data_bucket),
            plan=plan,
            keep=settings.recommender_keep_runs,
        ),
        rest_campaign=rest_campaign,
        plan=plan,
    )


def _policy(settings: RecommenderSettings) -> VersionPolicy:
    return VersionPolicy(
        days=settings.recommender_version_days,
        new_share=settings.recommender_version_new_share,
        accept_worse=settings.recommender_accept_worse,
        worse_by=settings.recommender_worse_by,
    )


def _plan(settings: RecommenderSettings) -> Plan:
    return Plan(
        dataset_group=settings.recommender_dataset_group,
        role_arn=settings.personalize_role_arn,
        bucket=settings.data_bucket,
        num_results=settings.recommender_num_results,
        engine=settings.engine,
        campaign_tps=settings.recommender_campaign_tps,
        promote_new_percent=settings.recommender_promote_new_percent,
        kms_key_arn=settings.personalize_kms_key_arn,
        tags=tags_of(settings.environment, more=settings.tags),
    )


if __name__ == "__main__":
    run_service(StageName.RECOMMENDER, RecommenderSettings, make_handler)
