"""Starts the recommender service: `python -m encore.recommender`."""

from encore.recommender.adapters.personalize import AWSPersonalize
from encore.recommender.adapters.run_files import S3RunFiles
from encore.recommender.adapters.turns import DynamoDBTurns
from encore.recommender.domain.plan import Plan
from encore.recommender.handler import RecommenderHandler
from encore.recommender.settings import RecommenderSettings
from encore.recommender.use_cases.advance_run import AdvanceRun
from encore.recommender.use_cases.load_rules import LoadRules
from encore.recommender.use_cases.prepare_datasets import PrepareDatasets
from encore.recommender.use_cases.remember_picks import RememberPicks
from encore.recommender.use_cases.remove_old_runs import RemoveOldRuns
from encore.recommender.use_cases.restore_run import RestoreRun
from encore.recommender.use_cases.select_products import SelectProducts
from encore.recommender.use_cases.study_shop import StudyShop
from encore.recommender.use_cases.take_turns import TakeTurns
from encore.recommender.use_cases.train import Train
from encore.runtime.queue.consumer import Handler
from encore.runtime.queue.polls import SQSPolls
from encore.runtime.runs.run import StageName
from encore.runtime.service import Runtime, run_service
from encore.runtime.tags import tags_of


async def make_handler(runtime: Runtime[RecommenderSettings]) -> Handler:
    """Wire the use cases to AWS."""
    settings = runtime.settings
    train = _train(runtime, AWSPersonalize(await runtime.new_client("personalize")))
    advance_run = AdvanceRun(
        ledger=runtime.ledger,
        stage=runtime.stage,
        load_rules=LoadRules(
            objects=runtime.objects, rules=settings.recommender_rules, picks=settings.recommender_picks
        ),
        prepare_datasets=PrepareDatasets(runtime.objects),
        train=train,
        select_products=SelectProducts(
            stage=runtime.stage,
            objects=runtime.objects,
            study_shop=StudyShop(objects=runtime.objects),
            memory=RememberPicks(runtime.items(settings.recommendations_table)),
        ),
        polls=SQSPolls(
            runtime.queue, stage=StageName.RECOMMENDER, interval_s=settings.recommender_poll_interval_s
        ),
        announcer=runtime.announcer,
    )
    return RecommenderHandler(advance_run)


def _train(runtime: Runtime[RecommenderSettings], personalize: AWSPersonalize) -> Train:
    settings, plan = runtime.settings, _plan(runtime.settings)
    turns = DynamoDBTurns(
        runtime.dynamodb, table=settings.runs_table, name=settings.recommender_dataset_group
    )
    return Train(
        ledger=runtime.ledger,
        stage=runtime.stage,
        personalize=personalize,
        take_turns=TakeTurns(ledger=runtime.ledger, turns=turns, silent_polls=settings.silent_polls),
        restore_run=RestoreRun(ledger=runtime.ledger, personalize=personalize),
        remove_old_runs=RemoveOldRuns(
            ledger=runtime.ledger,
            personalize=personalize,
            files=S3RunFiles(runtime.s3, settings.data_bucket),
            plan=plan,
            keep=settings.recommender_keep_runs,
        ),
        plan=plan,
    )


def _plan(settings: RecommenderSettings) -> Plan:
    return Plan(
        dataset_group=settings.recommender_dataset_group,
        role_arn=settings.personalize_role_arn,
        bucket=settings.data_bucket,
        num_results=settings.recommender_num_results,
        kms_key_arn=settings.personalize_kms_key_arn,
        tags=tags_of(settings.environment, more=settings.tags),
    )


if __name__ == "__main__":
    run_service(StageName.RECOMMENDER, RecommenderSettings, make_handler)
