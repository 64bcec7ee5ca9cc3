"""Starts the mailer service: `python -m encore.mailer`."""

import sys
from pathlib import Path

from encore.contracts import object_keys
from encore.mailer.adapters.bedrock import BedrockModel, ModelChoice
from encore.mailer.adapters.email_records import DynamoDBEmailRecords
from encore.mailer.adapters.shop_files import LocalShopFiles, StoredShopFiles
from encore.mailer.domain.message.compose import Composer
from encore.mailer.domain.message.content import ContentMaker
from encore.mailer.domain.message.hosts import AllowedHosts, below
from encore.mailer.domain.message.links import UnsubscribeEndpoint, ViewOnlineEndpoint
from encore.mailer.domain.message.mime import Sender
from encore.mailer.domain.message.shop_file import InvalidFileError
from encore.mailer.domain.message.strings import EnglishStrings
from encore.mailer.domain.message.theme import Brand
from encore.mailer.handler import MailerHandler
from encore.mailer.ports import ShopFiles
from encore.mailer.settings import MailerSettings
from encore.mailer.use_cases.close_run import CloseRun
from encore.mailer.use_cases.load_look import Look, load_look
from encore.mailer.use_cases.mail_part import MailPart, Style
from encore.mailer.use_cases.write_copy import Copywriter
from encore.runtime.ports import Objects
from encore.runtime.queue.consumer import Handler
from encore.runtime.runs.run import StageName
from encore.runtime.service import Runtime, run_service


async def make_handler(runtime: Runtime[MailerSettings]) -> Handler:
    """Wire the use cases to AWS."""
    settings, keep_days = runtime.settings, runtime.settings.retention_days
    bedrock = await runtime.new_client(
        "bedrock-runtime", max_pool_connections=settings.mailer_converse_concurrency
    )
    mail_part = MailPart(
        objects=runtime.objects,
        records=DynamoDBEmailRecords(runtime.dynamodb, settings.emails_table, keep_days=keep_days),
        copywriter=Copywriter(BedrockModel(bedrock, model_choice(settings))),
        composer=composer(settings, await _look(settings, runtime.objects)),
        style=Style(brand=settings.mailer_brand_name, locale=settings.mailer_locale),
        parallel=settings.mailer_converse_concurrency,
        model_id=settings.mailer_model_id,
    )
    return MailerHandler(runtime.stage, mail_part, CloseRun(runtime.ledger, runtime.announcer))


def model_choice(settings: MailerSettings) -> ModelChoice:
    """The model that the settings name."""
    return ModelChoice(
        model_id=settings.mailer_model_id,
        max_tokens=settings.mailer_max_tokens,
        temperature=settings.mailer_temperature,
        takes_schema=settings.mailer_structured_output,
    )


def composer(settings: MailerSettings, look: Look | None = None) -> Composer:
    """A composer of the brand that the settings describe, with the look that the shop chose."""
    sender = Sender(name=settings.mailer_brand_name, address=settings.mailer_from_address)
    brand = Brand(name=settings.mailer_brand_name, postal_address=settings.mailer_postal_address)
    strings = EnglishStrings()
    hosts = (settings.mailer_link_hosts, settings.mailer_image_hosts)
    links, pictures = (
        AllowedHosts(listed.split(",") if listed else below(sender.domain)) for listed in hosts
    )
    unsubscribe, view_online = _endpoints(settings)
    return Composer(
        (look or Look()).theme(brand, strings),
        sender,
        unsubscribe,
        maker=ContentMaker(
            strings, links=links, pictures=pictures, picture_proxy=settings.mailer_image_proxy_url or ""
        ),
        view_online=view_online,
    )


def shop_files(settings: MailerSettings, objects: Objects) -> ShopFiles:
    """The shop's files in the working directory, or where the settings say, or in the data bucket."""
    config = settings.config or Path(object_keys.SHOP_CONFIG)
    return LocalShopFiles(config) if settings.config or config.is_file() else StoredShopFiles(objects)


def _endpoints(settings: MailerSettings) -> tuple[UnsubscribeEndpoint | None, ViewOnlineEndpoint | None]:
    if settings.mailer_unsubscribe_key is None:
        return None, None
    key = settings.mailer_unsubscribe_key.get_secret_value().encode()
    unsubscribe, online = settings.mailer_unsubscribe_url, settings.mailer_view_online_url
    return (
        UnsubscribeEndpoint(unsubscribe, key) if unsubscribe else None,
        ViewOnlineEndpoint(online, key) if online else None,
    )


async def _look(settings: MailerSettings, objects: Objects) -> Look:
    """Read the shop's files; if they cannot be used, exit with 2 and one readable line, as for settings."""
    try:
        return await load_look(shop_files(settings, objects))
    except InvalidFileError as error:
        sys.stderr.write(f"invalid look of emails: {error}\n")
        raise SystemExit(2) from error


if __name__ == "__main__":
    run_service(StageName.MAILER, MailerSettings, make_handler)
