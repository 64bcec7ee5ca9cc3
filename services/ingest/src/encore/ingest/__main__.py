"""The ingest service: `python -m ingest`."""

import asyncio
from contextlib import AsyncExitStack

from aiobotocore.session import get_session

from ingest.adapters.bucket import Bucket
from ingest.handler import Handler
from ingest.intake import Intake, Limits
from ingest.publish import Publication
from ingest.settings import IngestSettings
from ingest.succession import Succession
from shared.announcer import SnsAnnouncer
from shared.aws import CONFIG
from shared.bus import Publisher
from shared.events import DataIngested, RunFinished
from shared.ledger import Claims, Ledger, NewestRuns
from shared.service import consume, open_queue, run_service
from shared.store import ObjectStore, Table


async def serve(settings: IngestSettings, stop: asyncio.Event) -> None:
    """Wire the service to AWS and consume notifications until asked to stop."""
    session = get_session()
    async with AsyncExitStack() as stack:
        s3 = await stack.enter_async_context(session.create_client("s3", config=CONFIG))
        sqs = await stack.enter_async_context(session.create_client("sqs", config=CONFIG))
        sns = await stack.enter_async_context(session.create_client("sns", config=CONFIG))
        dynamodb = await stack.enter_async_context(session.create_client("dynamodb", config=CONFIG))
        topic_arns = {
            DataIngested.topic: settings.data_ingested_topic_arn,
            RunFinished.topic: settings.run_finished_topic_arn,
        }
        bucket = Bucket(s3, settings.data_bucket)
        runs, keep_days = settings.runs_table, settings.retention_days
        ledger = Ledger(dynamodb, runs, keep_days=keep_days)
        publication = Publication(
            files=bucket,
            objects=ObjectStore(s3, settings.data_bucket),
            products=Table(dynamodb, settings.products_table),
            customers=Table(dynamodb, settings.customers_table, keep_days=keep_days),
            reviews=Table(dynamodb, settings.reviews_table, keep_days=keep_days),
            announcer=SnsAnnouncer(Publisher(sns), source="ingest", topic_arns=topic_arns),
            ledger=ledger,
        )
        queue = await open_queue(sqs, settings.ingest_uploads_queue_url, stop=stop)
        handler = Handler(
            bucket,
            ledger,
            Claims(dynamodb, runs, quiet_s=queue.visibility_s, keep_days=keep_days),
            Succession(NewestRuns(dynamodb, runs), ledger, publication.announcer),
            Intake(publication, _limits(settings)),
        )
        await consume(queue, handler, settings=settings, stop=stop)


def _limits(settings: IngestSettings) -> Limits:
    return Limits(
        part_reviews=settings.ingest_part_reviews,
        max_bytes=settings.ingest_max_bytes,
        default_currency=settings.ingest_currency,
        temp_dir=settings.ingest_temp_dir,
    )


def main() -> None:
    """Run the service."""
    run_service("ingest", IngestSettings, serve)


if __name__ == "__main__":
    main()
