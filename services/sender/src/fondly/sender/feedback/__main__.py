"""Starts the process that reads feedback: `python -m fondly.sender.feedback`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fondly.runtime.consent import DynamoDBConsent
from fondly.runtime.queue.consumer import Handler
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import Runtime, run_service
from fondly.sender.adapters.delivered import DynamoDBAddresses, DynamoDBDelivered
from fondly.sender.adapters.imap_mailbox import ImapMailbox
from fondly.sender.feedback.handler import FeedbackHandler, Signatures, mail_unread
from fondly.sender.settings import FeedbackSettings
from fondly.sender.use_cases.believe_report import BelieveReport
from fondly.sender.use_cases.empty_mailbox import EmptyMailbox, watch
from fondly.sender.use_cases.find_dispatch import FindDispatch
from fondly.sender.use_cases.keep_preferences import KeepPreferences
from fondly.sender.use_cases.take_bounce import TakeBounce
from fondly.sender.use_cases.take_click import TakeClick
from fondly.sender.use_cases.take_complaint import ComplaintLimit, TakeComplaint
from fondly.sender.use_cases.unsubscribe import Unsubscribe

PROCESS = "feedback"


async def make_handler(runtime: Runtime[FeedbackSettings]) -> Handler:
    """Wire the use cases to AWS."""
    settings, dynamodb = runtime.settings, runtime.dynamodb
    consent = DynamoDBConsent(
        dynamodb, suppressions=settings.suppressions_table, contacts=settings.contacts_table
    )
    delivered = DynamoDBDelivered(
        dynamodb,
        dispatches=settings.dispatches_table,
        runs=settings.runs_table,
        keep_days=settings.retention_days,
    )
    addresses = DynamoDBAddresses(runtime.items(settings.customers_table))
    unsubscribe = Unsubscribe(consent, addresses)
    find_dispatch = FindDispatch(delivered, runtime.announcer)
    signatures = Signatures(settings.unsubscribe_keys)
    if settings.mailbox and settings.sender_mailbox_password:
        mailbox = ImapMailbox(settings.mailbox, settings.sender_mailbox_password.get_secret_value())
        empty = EmptyMailbox(mailbox, signatures.is_signed, runtime.queue.send, mail_unread)
        await runtime.enter(_watching(empty, runtime))
    return FeedbackHandler(
        signatures=signatures,
        unsubscribe=unsubscribe,
        keep_preferences=KeepPreferences(consent),
        believe_report=BelieveReport(addresses),
        find_dispatch=find_dispatch,
        take_bounce=TakeBounce(
            suppressions=consent,
            find_dispatch=find_dispatch,
            delivered=delivered,
            announcer=runtime.announcer,
            most_soft=settings.sender_soft_bounces,
        ),
        take_complaint=TakeComplaint(
            suppressions=consent,
            unsubscribe=unsubscribe,
            find_dispatch=find_dispatch,
            delivered=delivered,
            deliveries=Deliveries(dynamodb, settings.runs_table, keep_days=settings.retention_days),
            announcer=runtime.announcer,
            limit=ComplaintLimit(settings.sender_complaint_rate, settings.sender_complaints_from),
        ),
        take_click=TakeClick(suppressions=consent, clicked=delivered, objects=runtime.objects),
    )


@asynccontextmanager
async def _watching(empty: EmptyMailbox, runtime: Runtime[FeedbackSettings]) -> AsyncIterator[None]:
    """Look at the mailbox in the background; what is broken off is done again by whoever starts next."""

    async def wait() -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(runtime.stop.wait(), runtime.settings.sender_mailbox_interval_s)
        return not runtime.stop.is_set()

    task = asyncio.create_task(watch(empty, wait))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


if __name__ == "__main__":
    run_service(StageName.SENDER, FeedbackSettings, make_handler, process=PROCESS)
