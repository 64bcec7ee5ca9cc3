"""Starts the mailer service: `python -m fondly.mailer`."""

import math
import sys
from dataclasses import replace
from pathlib import Path

from fondly.contracts import object_keys
from fondly.contracts.click_links import ClickLinks
from fondly.mailer.adapters.bedrock import BedrockModel
from fondly.mailer.adapters.bedrock_capabilities import capabilities_of
from fondly.mailer.adapters.bedrock_requests import Guardrail, ModelChoice
from fondly.mailer.adapters.shop_files import LocalShopFiles, StoredShopFiles
from fondly.mailer.domain.copy.prompt import Style
from fondly.mailer.domain.copy.subjects import SubjectTest, unsuitable
from fondly.mailer.domain.language import language
from fondly.mailer.domain.message.compose import Composer
from fondly.mailer.domain.message.content import ContentMaker
from fondly.mailer.domain.message.hosts import AllowedHosts, below
from fondly.mailer.domain.message.links import (
    ClickEndpoint,
    UnsubscribeEndpoint,
    UnsubscribeMail,
    ViewOnlineEndpoint,
)
from fondly.mailer.domain.message.mime import Sender
from fondly.mailer.domain.message.theme import Brand
from fondly.mailer.domain.message.toml_file import InvalidFileError
from fondly.mailer.handler import MailerHandler
from fondly.mailer.ports import ShopFiles
from fondly.mailer.settings import Judge, MailerSettings, Unhappy
from fondly.mailer.use_cases.ask_consent import AskConsent, DrawHoldout
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.mailer.use_cases.load_look import Look, load_look
from fondly.mailer.use_cases.mail_part import MailPart
from fondly.mailer.use_cases.read_facts import ReadFacts
from fondly.mailer.use_cases.render_anew import RenderAnew
from fondly.mailer.use_cases.try_model import TryModel
from fondly.mailer.use_cases.write_copy import Copywriter
from fondly.runtime.consent import DynamoDBConsent
from fondly.runtime.kept_answers import DynamoDBKeptAnswers
from fondly.runtime.ports import Objects
from fondly.runtime.queue.consumer import Handler
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.quota.outlook import Outlook
from fondly.runtime.retry import NO_SDK_RETRIES
from fondly.runtime.runs.clearance import Clearance
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import Runtime, run_service

SECONDS_PER_MINUTE = 60
LOCK_S = 300.0
"""Outlasts a call, which begins when it is locked; each retry locks anew."""


async def make_handler(runtime: Runtime[MailerSettings]) -> Handler:
    """Wire the use cases to AWS."""
    runtime, look = await _with_shop(runtime)
    settings = runtime.settings
    limiter = converse_limiter(runtime)
    ask_once = await _ask_once(runtime, model_choice(settings), limiter)
    judge = await _judge(runtime, limiter)
    mail_part = MailPart(
        objects=runtime.objects,
        ask_consent=_ask_consent(runtime),
        records=EmailRecords(runtime.items(settings.emails_table)),
        read_facts=ReadFacts(
            brand=settings.mailer_brand_name,
            locale=settings.mailer_locale,
            leave_out_unhappy=settings.mailer_unhappy is Unhappy.LEAVE_OUT,
            max_discount=settings.mailer_max_discount,
            personal_words=settings.mailer_personal_words,
        ),
        copywriter=Copywriter(
            ask_once=ask_once, judge=judge, style=style(settings), subjects=subject_test(settings)
        ),
        composer=composer(settings, look),
        parallel=settings.mailer_converse_concurrency,
    )
    outlook = Outlook(lambda: limiter.calls_per_s, runtime.queue.retention_s)
    try_model = TryModel(ask_once, style(settings), f"{model_choice(settings)}", outlook)
    handler = MailerHandler(
        stage=runtime.stage,
        mail_part=mail_part,
        render_anew=render_anew(runtime, mail_part),
        ledger=runtime.ledger,
        announcer=runtime.announcer,
        outlook=outlook,
    )
    return Clearance(
        ledger=runtime.ledger, stage=StageName.MAILER, require=try_model.require, handler=handler
    )


def render_anew(runtime: Runtime[MailerSettings], mail_part: MailPart) -> RenderAnew:
    """What strikes lead to: emails made as the others, by a copywriter that can ask nobody."""
    settings = runtime.settings
    return RenderAnew(
        mail_part=replace(mail_part, copywriter=mail_part.copywriter.alone()),
        revisions=Revisions(runtime.dynamodb, settings.runs_table, keep_days=settings.retention_days),
        ledger=runtime.ledger,
        locks=runtime.locks,
        dispatches=runtime.items(settings.dispatches_table),
    )


async def _judge(runtime: Runtime[MailerSettings], writers: Limiter) -> AskOnce | None:
    """Return who judges what was written, without any play; None if nobody does."""
    settings = runtime.settings
    if settings.mailer_judge is Judge.OFF:
        return None
    choice = model_choice(settings, settings.judge_model_id)
    own = choice.model_id != settings.mailer_model_id
    calm = replace(choice, temperature=None if choice.temperature is None else 0.0)
    return await _ask_once(runtime, calm, converse_limiter(runtime, choice.model_id) if own else writers)


async def _ask_once(runtime: Runtime[MailerSettings], choice: ModelChoice, limiter: Limiter) -> AskOnce:
    settings, table = runtime.settings, runtime.settings.copy_answers_table
    bedrock = await runtime.new_client(
        "bedrock-runtime", max_pool_connections=settings.mailer_converse_concurrency, retries=NO_SDK_RETRIES
    )
    return AskOnce(
        model=BedrockModel(bedrock, choice, limiter),
        model_id=choice.model_id,
        kept=DynamoDBKeptAnswers(
            runtime.dynamodb, table, runtime.items(table), keep_days=settings.retention_days, lock_s=LOCK_S
        ),
        parallel=settings.mailer_converse_concurrency,
    )


def _ask_consent(runtime: Runtime[MailerSettings]) -> AskConsent:
    settings = runtime.settings
    consent = DynamoDBConsent(
        runtime.dynamodb, suppressions=settings.suppressions_table, contacts=settings.contacts_table
    )
    draw_holdout = DrawHoldout(runtime.ledger, settings.holdout)
    return AskConsent(consent=consent, cap=settings.cap, draw=draw_holdout.of)


def style(settings: MailerSettings) -> Style:
    """How the emails are written."""
    return Style(
        brand=settings.mailer_brand_name,
        locale=settings.mailer_locale,
        voice=settings.mailer_brand_voice,
        wordings=settings.mailer_wordings,
        do=tuple(settings.mailer_brand_do),
        dont=tuple(settings.mailer_brand_dont),
        sentences=tuple(settings.mailer_brand_sentences),
        remedy=settings.mailer_remedy,
        strict=settings.mailer_strict,
    )


def subject_test(settings: MailerSettings) -> SubjectTest | None:
    """The comparison of subject lines, if there is one; raise `InvalidFileError` for words of no subject."""
    if settings.mailer_subjects is None:
        return None
    brand, code = settings.mailer_brand_name, language(settings.mailer_locale).code
    for problem in unsuitable(settings.mailer_subjects.test, brand=brand, language=code):
        raise InvalidFileError(problem)
    return settings.mailer_subjects.test


def converse_limiter(runtime: Runtime[MailerSettings], model_id: str | None = None) -> Limiter:
    """The account's quota for a model, by default the writer's, which all mailers share."""
    settings, per_min = runtime.settings, runtime.settings.mailer_converse_tpm
    return runtime.limiter(
        f"converse#{model_id or settings.mailer_model_id}",
        requests_per_s=settings.mailer_converse_rpm / SECONDS_PER_MINUTE,
        tokens_per_s=math.inf if per_min is None else per_min / SECONDS_PER_MINUTE,
    )


def model_choice(settings: MailerSettings, model_id: str | None = None) -> ModelChoice:
    """A model, by default the writer's, with what is known of it."""
    model_id = model_id or settings.mailer_model_id
    guardrail, version = settings.mailer_guardrail_id, settings.mailer_guardrail_version
    return ModelChoice(
        model_id=model_id,
        capabilities=capabilities_of(model_id),
        temperature=settings.mailer_temperature,
        guardrail=Guardrail(guardrail, version) if guardrail and version else None,
    )


def composer(settings: MailerSettings, look: Look | None = None) -> Composer:
    """A composer of the brand that the settings describe, with the look that the shop chose."""
    sender = Sender(name=settings.mailer_brand_name, address=settings.mailer_from_address)
    brand = Brand(name=settings.mailer_brand_name, postal_address=settings.mailer_postal_address)
    words = language(settings.mailer_locale)
    hosts = (settings.mailer_link_hosts, settings.mailer_image_hosts)
    links, pictures = (
        AllowedHosts(listed.split(",") if listed else below(sender.domain)) for listed in hosts
    )
    secret, unsubscribe = settings.mailer_unsubscribe_key, settings.mailer_unsubscribe_url
    key, online = secret.get_secret_value().encode() if secret else None, settings.mailer_view_online_url
    clicks = settings.mailer_clicks_url
    return Composer(
        theme=(look or Look()).theme(brand, words.messages),
        sender=sender,
        unsubscribe=UnsubscribeEndpoint(unsubscribe, key) if unsubscribe and key else None,
        unsubscribe_mail=UnsubscribeMail(
            settings.mailer_unsubscribe_address or settings.mailer_from_address, key
        ),
        maker=ContentMaker(
            words,
            links=links,
            pictures=pictures,
            picture_proxy=settings.mailer_image_proxy_url or "",
            clicks=ClickEndpoint(clicks, ClickLinks((key,))) if clicks and key else None,
        ),
        view_online=ViewOnlineEndpoint(online, key) if online and key else None,
    )


def shop_files(settings: MailerSettings, objects: Objects) -> ShopFiles:
    """The shop's files in the working directory, or where the settings say, or in the data bucket."""
    config = settings.config or Path(object_keys.SHOP_CONFIG)
    return LocalShopFiles(config) if settings.config or config.is_file() else StoredShopFiles(objects)


async def _with_shop(runtime: Runtime[MailerSettings]) -> tuple[Runtime[MailerSettings], Look]:
    """Read the shop's files; if they cannot be used, exit with 2 and one readable line, as for settings."""
    try:
        look = await load_look(shop_files(runtime.settings, runtime.objects))
        settings = runtime.settings.with_brand(look.shop.brand, file=look.file)
        settings = settings.with_subjects(look.shop.subjects)
        subject_test(settings)
        return replace(runtime, settings=settings), look
    except InvalidFileError as error:
        sys.stderr.write(f"invalid look of emails: {error}\n")
        raise SystemExit(2) from error


if __name__ == "__main__":
    run_service(StageName.MAILER, MailerSettings, make_handler)
