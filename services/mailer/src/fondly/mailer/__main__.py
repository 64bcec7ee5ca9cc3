"""Starts the mailer service: `python -m fondly.mailer`."""

import asyncio
import math
import sys
from dataclasses import replace
from pathlib import Path

from fondly.contracts import object_keys
from fondly.contracts.errors import InvalidFileError
from fondly.mailer.adapters.bedrock import BedrockModel
from fondly.mailer.adapters.bedrock_capabilities import capabilities_of
from fondly.mailer.adapters.bedrock_requests import Guardrail, ModelChoice
from fondly.mailer.adapters.shop_files import LocalShopFiles, StoredShopFiles
from fondly.mailer.handler import MailerHandler
from fondly.mailer.ports import ShopFiles
from fondly.mailer.settings import Judge, MailerSettings
from fondly.mailer.use_cases.ask_consent import AskConsent, DrawHoldout
from fondly.mailer.use_cases.ask_once import AskOnce
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.mailer.use_cases.load_look import Look, load_look
from fondly.mailer.use_cases.mail_part import MailPart
from fondly.mailer.use_cases.pin_settings import PinSettings, Set
from fondly.mailer.use_cases.render_anew import RenderAnew
from fondly.mailer.use_cases.shape_emails import Shape, shaped
from fondly.mailer.use_cases.try_model import TryModel
from fondly.mailer.use_cases.write_copy import Copywriter
from fondly.runtime.consent import DynamoDBConsent
from fondly.runtime.kept_answers import DynamoDBKeptAnswers
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Objects
from fondly.runtime.queue.consumer import Handler
from fondly.runtime.quota.limiter import Limiter
from fondly.runtime.quota.outlook import Outlook
from fondly.runtime.retry import NO_SDK_RETRIES
from fondly.runtime.runs.clearance import Clearance
from fondly.runtime.runs.revisions import Revisions
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import Runtime, run_service

log = get_logger()
SECONDS_PER_MINUTE = 60
LOCK_S = 300.0
"""Outlasts a call, which begins when it is locked; each retry locks anew."""


async def make_handler(runtime: Runtime[MailerSettings]) -> Handler:
    """Wire the use cases to AWS."""
    given = runtime
    runtime, look, shape = await _with_shop(given)
    settings = runtime.settings

    async def now() -> Set:
        return await set_now(given.settings, runtime.objects, otherwise=(settings, look))

    limiter = converse_limiter(runtime)
    ask_once = await _ask_once(runtime, model_choice(settings), limiter)
    judge = await _judge(runtime, limiter)
    mail_part = MailPart(
        objects=runtime.objects,
        ask_consent=_ask_consent(runtime),
        records=EmailRecords(runtime.items(settings.emails_table)),
        read_facts=shape.read_facts,
        copywriter=Copywriter(ask_once=ask_once, judge=judge, style=shape.style, subjects=shape.subjects),
        composer=shape.composer,
        pin=PinSettings(runtime.objects, settings, look, now),
        parallel=settings.mailer_converse_concurrency,
    )
    outlook = Outlook(lambda: limiter.calls_per_s, runtime.queue.retention_s)
    try_model = TryModel(ask_once, shape.style, f"{model_choice(settings)}", outlook)
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
        mail_part=replace(mail_part, copywriter=mail_part.copywriter.alone(settings.mailer_model_id, "")),
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


def shop_files(settings: MailerSettings, objects: Objects) -> ShopFiles:
    """The shop's files in the working directory, or where the settings say, or in the data bucket."""
    config = settings.config or Path(object_keys.SHOP_CONFIG)
    return LocalShopFiles(config) if settings.config or config.is_file() else StoredShopFiles(objects)


async def _with_shop(runtime: Runtime[MailerSettings]) -> tuple[Runtime[MailerSettings], Look, Shape]:
    """Read the shop's files; if they cannot be used, exit with 2 and one readable line, as for settings."""
    try:
        settings, look = await _with_files(runtime.settings, runtime.objects)
        return replace(runtime, settings=settings), look, shaped(settings, look)
    except InvalidFileError as error:
        sys.stderr.write(f"invalid look of emails: {error}\n")
        raise SystemExit(2) from error


async def _with_files(settings: MailerSettings, objects: Objects) -> Set:
    """Return the settings with what the shop's files say, and the look; raise `InvalidFileError`."""
    look = await load_look(shop_files(settings, objects))
    return settings.with_brand(look.shop.brand, file=look.file).with_subjects(look.shop.subjects), look


async def set_now(settings: MailerSettings, objects: Objects, *, otherwise: Set) -> Set:
    """Return what is set now; what was set before, if the shop's files cannot be used meanwhile."""
    try:
        now = await _with_files(settings, objects)
        await asyncio.to_thread(shaped, *now)
    except InvalidFileError as error:
        log.warning("shop_files_not_used", error=str(error))
        return otherwise
    return now


if __name__ == "__main__":
    run_service(StageName.MAILER, MailerSettings, make_handler)
