"""Starts the sentiment service."""

import asyncio
from contextlib import AsyncExitStack

from aiobotocore.session import get_session

from encore.contracts.events import SentimentScored
from encore.runtime.announcer import SNSAnnouncer
from encore.runtime.aws import CONFIG
from encore.runtime.queue.publisher import Publisher
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.locks import Locks
from encore.runtime.runs.paid_results import Journal
from encore.runtime.service import consume, open_queue, run_service
from encore.runtime.storage import DynamoDBItems, S3Objects
from encore.sentiment.adapters.comprehend import ComprehendScorer as Comprehend
from encore.sentiment.handler import SentimentHandler
from encore.sentiment.settings import SentimentSettings


async def serve(settings: SentimentSettings, stop: asyncio.Event) -> None:
    """Wire the service to AWS and consume its queue until `stop`."""
    session = get_session()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        s3 = await enter(session.create_client("s3", config=CONFIG))
        sns = await enter(session.create_client("sns", config=CONFIG))
        sqs = await enter(session.create_client("sqs", config=CONFIG))
        dynamodb = await enter(session.create_client("dynamodb", config=CONFIG))
        comprehend = await enter(session.create_client("comprehend", config=CONFIG))
        queue = await open_queue(sqs, settings.sentiment_queue_url, stop=stop)
        runs, keep_days = settings.runs_table, settings.retention_days
        handler = SentimentHandler(
            ledger=Ledger(dynamodb, runs, keep_days=keep_days),
            locks=Locks(dynamodb, runs, quiet_s=queue.visibility_s, keep_days=keep_days),
            journal=Journal(dynamodb, runs, keep_days=keep_days),
            objects=S3Objects(s3, settings.data_bucket),
            reviews=DynamoDBItems(dynamodb, settings.reviews_table, keep_days=keep_days),
            product_sentiments=DynamoDBItems(dynamodb, settings.product_sentiments_table),
            announcer=SNSAnnouncer(
                Publisher(sns),
                source="sentiment",
                topic_arns={SentimentScored.topic: settings.sentiment_scored_topic_arn},
            ),
            scorer=Comprehend(
                comprehend,
                language=settings.sentiment_language,
                calls_per_s=settings.sentiment_calls_per_s,
                parallel_calls=settings.sentiment_parallel_calls,
            ),
        )
        await consume(queue, handler, settings=settings, stop=stop)


def main() -> None:
    """Run until asked to stop."""
    run_service("sentiment", SentimentSettings, serve)


if __name__ == "__main__":
    main()
