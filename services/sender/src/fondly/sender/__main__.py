"""Starts the sender service: `python -m fondly.sender`."""

from dataclasses import dataclass
from functools import partial

from fondly.contracts.delivery import NotSent
from fondly.runtime.consent import DynamoDBConsent
from fondly.runtime.ports import Objects
from fondly.runtime.queue.consumer import Handler
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.kept_tallies import KeptTallies
from fondly.runtime.runs.run import StageName
from fondly.runtime.service import Runtime, run_service
from fondly.sender.adapters.dispatches import DynamoDBDispatches
from fondly.sender.adapters.polls import SQSSenderPolls
from fondly.sender.adapters.transports import OpenTransport, open_transport
from fondly.sender.domain.judging import Rules
from fondly.sender.domain.trial import trial_email
from fondly.sender.handler import SenderHandler, deliver_nothing
from fondly.sender.settings import Approval, SenderSettings, TransportKind
from fondly.sender.use_cases.deliver_part import DeliverPart
from fondly.sender.use_cases.hand_over import HandOver
from fondly.sender.use_cases.judge_emails import JudgeEmails
from fondly.sender.use_cases.keep_pace import KeepPace
from fondly.sender.use_cases.keep_tally import KeepTally
from fondly.sender.use_cases.open_delivery import OpenDelivery
from fondly.sender.use_cases.release_parts import ReleaseParts
from fondly.sender.use_cases.resolve_doubts import ResolveDoubts
from fondly.sender.use_cases.send_emails import SendEmails
from fondly.sender.use_cases.settle_emails import SettleEmails
from fondly.sender.use_cases.take_bounce import suppress_addresses
from fondly.sender.use_cases.watch_deliveries import WatchDeliveries


async def make_handler(runtime: Runtime[SenderSettings]) -> Handler:
    """Wire the use cases to AWS and to the provider."""
    if runtime.settings.sender_transport is TransportKind.NONE:
        return deliver_nothing
    return wired(runtime, await open_transport(runtime), runtime.objects)


@dataclass(frozen=True)
class _Stores:
    """Where the sender keeps what it knows, and its messages to itself."""

    deliveries: Deliveries
    dispatches: DynamoDBDispatches
    consent: DynamoDBConsent
    polls: SQSSenderPolls


def wired(runtime: Runtime[SenderSettings], opened: OpenTransport, objects: Objects) -> SenderHandler:
    """Put the service together around a transport, and around what reads finished emails."""
    settings, stores = runtime.settings, _stores(runtime)
    release = ReleaseParts(
        stores.deliveries,
        runtime.ledger,
        runtime.objects,
        stores.polls,
        interval_s=settings.sender_poll_interval_s,
    )
    return SenderHandler(
        OpenDelivery(
            stores.deliveries,
            stores.polls,
            is_held=settings.sender_approval is not Approval.AUTOMATIC,
            approvers=2 if settings.sender_approval is Approval.TWO else 1,
            per_hour=settings.sender_per_hour,
        ),
        release,
        _deliver_part(runtime, opened, objects, stores),
        ResolveDoubts(
            stage=runtime.stage,
            ledger=runtime.ledger,
            dispatches=stores.dispatches,
            tally=_keep_tally(runtime, objects, stores),
            announcer=runtime.announcer,
            release=release,
        ),
        WatchDeliveries(stores.deliveries.all),
    )


def _stores(runtime: Runtime[SenderSettings]) -> _Stores:
    settings, dynamodb, keep_days = runtime.settings, runtime.dynamodb, runtime.settings.retention_days
    contacts = settings.contacts_table
    return _Stores(
        Deliveries(dynamodb, settings.runs_table, keep_days=keep_days),
        DynamoDBDispatches(dynamodb, settings.dispatches_table, contacts=contacts, keep_days=keep_days),
        DynamoDBConsent(dynamodb, suppressions=settings.suppressions_table, contacts=contacts),
        SQSSenderPolls(runtime.queue, interval_s=settings.sender_poll_interval_s),
    )


def _deliver_part(
    runtime: Runtime[SenderSettings], opened: OpenTransport, objects: Objects, stores: _Stores
) -> DeliverPart:
    settings = runtime.settings
    judging = JudgeEmails(
        deliveries=stores.deliveries,
        dispatches=stores.dispatches,
        consent=stores.consent,
        rules=rules(settings),
    )
    settling = SettleEmails(
        dispatches=stores.dispatches,
        polls=stores.polls,
        stage=runtime.stage,
        ledger=runtime.ledger,
        deliveries=stores.deliveries,
        announcer=runtime.announcer,
        units=opened.units,
        retry_s=settings.sender_retry_s,
    )
    sending = SendEmails(
        objects=objects,
        hand_over=HandOver(
            transport=opened.transport,
            dispatches=stores.dispatches,
            tries=settings.sender_tries,
            suppress_dead=partial(suppress_addresses, stores.consent, reason=NotSent.HARD_BOUNCE),
            places=opened.places,
        ),
        judging=judging,
        settling=settling,
        paced=runtime.limiter(opened.quota, requests_per_s=opened.per_s).run,
        to_seed=trial_email,
        parallel=settings.sender_parallel,
    )
    return DeliverPart(
        stage=runtime.stage,
        ledger=runtime.ledger,
        objects=objects,
        judging=judging,
        pacing=KeepPace(stores.deliveries),
        sending=sending,
        settling=settling,
        tally=_keep_tally(runtime, objects, stores),
    )


def _keep_tally(runtime: Runtime[SenderSettings], objects: Objects, stores: _Stores) -> KeepTally:
    tallies = KeptTallies(
        runtime.dynamodb, runtime.settings.runs_table, keep_days=runtime.settings.retention_days
    )
    return KeepTally(
        dispatches=stores.dispatches,
        tallies=tallies,
        deliveries=stores.deliveries,
        polls=stores.polls,
        objects=objects,
        retry_s=runtime.settings.sender_retry_s,
    )


def rules(settings: SenderSettings) -> Rules:
    """What the shop has set for everybody."""
    return Rules(
        quiet=settings.quiet,
        zone=settings.zone,
        cap=settings.cap,
        without_address=settings.sender_without_address,
        tries=settings.sender_tries,
        retry_s=settings.sender_retry_s,
    )


if __name__ == "__main__":
    run_service(StageName.SENDER, SenderSettings, make_handler)
