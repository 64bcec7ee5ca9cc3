"""Starts the mailer service."""

import asyncio
from contextlib import AsyncExitStack

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from encore.contracts.events import EmailFinished, RunFinished
from encore.mailer.adapters.bedrock import BedrockModel, ModelChoice
from encore.mailer.adapters.email_records import DynamoDBEmailRecords as EmailTable
from encore.mailer.domain.message.compose import Composer
from encore.mailer.domain.message.links import UnsubscribeEndpoint as Unsubscribing
from encore.mailer.domain.message.mime import Sender
from encore.mailer.domain.message.theme import Brand, Theme
from encore.mailer.handler import MailerHandler
from encore.mailer.settings import MailerSettings
from encore.mailer.use_cases.mail_part import PartMailer, Style
from encore.mailer.use_cases.write_copy import Copywriter
from encore.runtime.announcer import SNSAnnouncer
from encore.runtime.aws import CONFIG
from encore.runtime.queue.publisher import Publisher
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.locks import Locks
from encore.runtime.service import consume, open_queue, run_service
from encore.runtime.storage import S3Objects


async def serve(settings: MailerSettings, stop: asyncio.Event) -> None:
    """Wire the service to AWS and consume its queue until `stop`."""
    session = get_session()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        s3 = await enter(session.create_client("s3", config=CONFIG))
        sns = await enter(session.create_client("sns", config=CONFIG))
        sqs = await enter(session.create_client("sqs", config=CONFIG))
        dynamodb = await enter(session.create_client("dynamodb", config=CONFIG))
        calls = AioConfig(max_pool_connections=settings.mailer_converse_concurrency)
        bedrock = await enter(session.create_client("bedrock-runtime", config=CONFIG.merge(calls)))
        objects = S3Objects(s3, settings.data_bucket)
        queue = await open_queue(sqs, settings.mailer_queue_url, stop=stop)
        runs, keep_days = settings.runs_table, settings.retention_days
        handler = MailerHandler(
            objects=objects,
            announcer=SNSAnnouncer(Publisher(sns), source="mailer", topic_arns=_topic_arns(settings)),
            ledger=Ledger(dynamodb, runs, keep_days=keep_days),
            locks=Locks(dynamodb, runs, quiet_s=queue.visibility_s, keep_days=keep_days),
            part_mailer=PartMailer(
                objects=objects,
                records=EmailTable(dynamodb, settings.emails_table, keep_days=keep_days),
                copywriter=Copywriter(BedrockModel(bedrock, model_choice(settings))),
                composer=composer(settings),
                style=Style(brand=settings.mailer_brand_name, locale=settings.mailer_locale),
                parallel=settings.mailer_converse_concurrency,
            ),
            model_id=settings.mailer_model_id,
        )
        await consume(queue, handler, settings=settings, stop=stop)


def model_choice(settings: MailerSettings) -> ModelChoice:
    """The model that the settings name."""
    return ModelChoice(
        model_id=settings.mailer_model_id,
        max_tokens=settings.mailer_max_tokens,
        temperature=settings.mailer_temperature,
        takes_schema=settings.mailer_structured_output,
    )


def composer(settings: MailerSettings) -> Composer:
    """A composer of the brand that the settings describe."""
    url, key = settings.mailer_unsubscribe_url, settings.mailer_unsubscribe_key
    return Composer(
        Theme(Brand(name=settings.mailer_brand_name, postal_address=settings.mailer_postal_address)),
        Sender(name=settings.mailer_brand_name, address=settings.mailer_from_address),
        Unsubscribing(url, key.get_secret_value().encode()) if url and key else None,
    )


def _topic_arns(settings: MailerSettings) -> dict[str, str]:
    return {
        EmailFinished.topic: settings.email_finished_topic_arn,
        RunFinished.topic: settings.run_finished_topic_arn,
    }


def main() -> None:
    """Run until asked to stop."""
    run_service("mailer", MailerSettings, serve)


if __name__ == "__main__":
    main()
