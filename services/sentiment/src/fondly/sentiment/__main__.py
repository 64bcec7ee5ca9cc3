"""Starts the sentiment service: `python -m fondly.sentiment`."""

from typing import TYPE_CHECKING

from fondly.aspects import AspectReader
from fondly.contracts.events import SentimentPoll
from fondly.runtime.kept_answers import DynamoDBKeptAnswers
from fondly.runtime.queue.consumer import Handler
from fondly.runtime.queue.polls import SQSPolls
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.quota.outlook import Outlook
from fondly.runtime.retry import NO_SDK_RETRIES
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import Runtime, run_service
from fondly.runtime.tags import tags_of
from fondly.sentiment.adapters.comprehend import Comprehend
from fondly.sentiment.adapters.comprehend_jobs import ComprehendJobs
from fondly.sentiment.adapters.job_outputs import S3JobOutputs
from fondly.sentiment.adapters.new_keys import new_keys
from fondly.sentiment.adapters.within_budget import AsksWithinBudget
from fondly.sentiment.domain.engine import Engine
from fondly.sentiment.handler import SentimentHandler
from fondly.sentiment.settings import AspectsBy, SentimentSettings
from fondly.sentiment.use_cases.advance_job import AdvanceJob
from fondly.sentiment.use_cases.ask_aspects import AskAspects
from fondly.sentiment.use_cases.collect_texts import CollectTexts
from fondly.sentiment.use_cases.find_aspects import FindAspects
from fondly.sentiment.use_cases.find_left_out import FindLeftOut
from fondly.sentiment.use_cases.keep_job_answers import KeepJobAnswers
from fondly.sentiment.use_cases.pay_once import PayOnce
from fondly.sentiment.use_cases.read_documents import ReadDocuments
from fondly.sentiment.use_cases.score_part import ScorePart
from fondly.sentiment.use_cases.total_products import TotalProducts

if TYPE_CHECKING:
    from types_aiobotocore_comprehend.client import ComprehendClient

    from fondly.sentiment.ports import FindsAspects


async def make_handler(runtime: Runtime[SentimentSettings]) -> Handler:
    """Wire the use cases to AWS."""
    limiter = runtime.limiter("comprehend", requests_per_s=runtime.settings.sentiment_calls_per_s)
    comprehend = await runtime.new_client("comprehend", retries=NO_SDK_RETRIES)
    read_documents = _read_documents(runtime, comprehend, limiter)
    opinions = runtime.items(runtime.settings.opinions_table, expires=False)
    find_left_out = FindLeftOut(
        runtime.items(runtime.settings.suppressions_table, expires=False),
        scores_all=runtime.settings.sentiment_score_excluded,
    )
    score_part = ScorePart(
        objects=runtime.objects,
        reviews=runtime.items(runtime.settings.reviews_table),
        opinions=opinions,
        read_documents=read_documents,
        find_left_out=find_left_out,
    )
    total_products = TotalProducts(
        objects=runtime.objects,
        opinions=opinions,
        product_sentiments=runtime.items(runtime.settings.product_sentiments_table, expires=False),
        stage=runtime.stage,
        ledger=runtime.ledger,
        announcer=runtime.announcer,
    )
    return SentimentHandler(
        stage=runtime.stage,
        score_part=score_part,
        total_products=total_products,
        advance_job=_advance_job(
            runtime, await runtime.new_client("comprehend"), read_documents, score_part, total_products
        ),
        job_from_texts=runtime.settings.sentiment_job_from_texts,
        outlook=Outlook(lambda: limiter.calls_per_s, retention_s=runtime.queue.retention_s),
    )


def _read_documents(
    runtime: Runtime[SentimentSettings], client: "ComprehendClient", limiter: Limiter
) -> ReadDocuments:
    settings = runtime.settings
    engine = Engine(name=settings.sentiment_engine, language=settings.sentiment_language)
    comprehend = Comprehend(client, limiter, parallel_calls=settings.sentiment_parallel_calls)
    asks = AsksWithinBudget(comprehend)
    kept = DynamoDBKeptAnswers(
        runtime.dynamodb,
        settings.answers_table,
        runtime.items(settings.answers_table),
        keep_days=settings.retention_days,
    )
    pay_once = PayOnce(kept=kept, parallel_calls=settings.sentiment_parallel_calls)
    find_aspects: dict[AspectsBy, FindsAspects] = {
        AspectsBy.OWN: FindAspects(objects=runtime.objects, reader=AspectReader.load()),
        AspectsBy.COMPREHEND: AskAspects(engine=engine, pay_once=pay_once, asks=asks),
    }
    return ReadDocuments(
        engine=engine,
        pay_once=pay_once,
        asks=asks,
        find_aspects=find_aspects.get(settings.sentiment_aspects),
    )


def _advance_job(
    runtime: Runtime[SentimentSettings],
    client: "ComprehendClient",
    read_documents: ReadDocuments,
    score_part: ScorePart,
    total_products: TotalProducts,
) -> AdvanceJob | None:
    """Jobs need a role that lets Comprehend use the bucket: without one every run is scored by calls."""
    settings = runtime.settings
    if settings.sentiment_job_role_arn is None:
        return None
    bucket = settings.data_bucket
    return AdvanceJob(
        ledger=runtime.ledger,
        stage=runtime.stage,
        collect_texts=CollectTexts(
            objects=runtime.objects,
            read_documents=read_documents,
            new_keys=new_keys,
            find_left_out=score_part.find_left_out,
        ),
        jobs=ComprehendJobs(
            client,
            bucket=bucket,
            role_arn=settings.sentiment_job_role_arn,
            tags=tags_of(settings.environment, more=settings.tags),
        ),
        keep_answers=KeepJobAnswers(
            objects=runtime.objects, read_documents=read_documents, outputs=S3JobOutputs(runtime.s3, bucket)
        ),
        score_part=score_part,
        total_products=total_products,
        polls=SQSPolls(
            runtime.queue,
            poll=SentimentPoll,
            source=StageName.SENTIMENT,
            interval_s=settings.sentiment_poll_interval_s,
        ),
        announcer=runtime.announcer,
    )


if __name__ == "__main__":
    run_service(StageName.SENTIMENT, SentimentSettings, make_handler)
