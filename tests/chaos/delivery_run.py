"""One delivery of a finished run on its own stack: held, then a sample, then the rest, calm or in a storm."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fondly.contracts.consent import Suppression, address_entry, customer_entry
from fondly.contracts.delivery import NotSent, Outcome
from fondly.contracts.events import EmailSent, EmailSuppressed
from fondly.operations.delivery.terms import Terms
from fondly.operations.local_stack import ENVIRONMENT, exported
from fondly.operations.topology import Topology
from fondly.runtime.consent import DynamoDBConsent
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.sender.domain.fields import dated
from fondly.stack.embedded import FEEDBACK, REGION, EmbeddedStack, embedded_stack
from fondly.stack.observer import Observer, observe
from tests.chaos import delivery_outcome
from tests.chaos.approvals import STRUCK, Approvals
from tests.chaos.delivery_outcome import DeliveryOutcome
from tests.chaos.faults import CALM, STORM, Fault, FaultPlan, Odds
from tests.chaos.fleet import BASELINE, Fleet
from tests.chaos.like_aws import LikeAWS, table_keys
from tests.chaos.messages import MessageFaults
from tests.chaos.proxy import FAILED, TORN, FaultProxy
from tests.chaos.run import EMULATOR, UNDERSTUDY
from tests.chaos.tally import Tally
from tests.chaos.topology import topology_with
from tests.support.finished_runs import (
    Finished,
    announce_finished,
    finished_email,
    made_up_emails,
    now,
    store_finished_run,
)
from tests.support.mailbox import Fault as MailFault
from tests.support.mailbox import Faults, Mailbox, MailboxServer
from tests.support.outward import Outward, outward
from understudy.ses.kept_emails import INDEX

RUN_ID = "run-00000000de11be4d"
SENDER = "sender"
EVENTS_ARN = f"arn:aws:sqs:{REGION}:000000000000:{ENVIRONMENT}-feedback"
POLL_S = 0.2
DRAIN_TIMEOUT_S = 120.0
BY = "chaos"
MAX_SKEW_S = 5.0
STRUCK_SETTLES_S, STRUCK_HELD_S = 1.0, 2.0
"""How long what was in flight may take to end, and how long nobody approves what was rendered anew."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Of the senders' clocks: an email that is to be tried again waits for a time by the clock."""
MIN_CALLS_BEFORE_KILL = 40
"""A sender that has made so many calls is in the middle of a part."""
SMTP, SES = "smtp", "ses"
LOST_REPLIES = frozenset({MailFault.DROP_AFTER, MailFault.ACCEPT_THEN_DIE})
SNAPSHOT_S = 2.5
"""How long after a kill what its process was handing over is counted: its last requests may arrive late, and
nobody else has its part before its message is visible again."""
AT_KILLS = "emails being handed over at kills"
IN_DOUBT_BY_SES = frozenset({Fault.BROKEN, Fault.UNAVAILABLE, Fault.CUT_BEFORE, Fault.CUT_AFTER})


@dataclass(frozen=True, kw_only=True)
class MailOdds:
    """Shares of SMTP deliveries that suffer each fault of `tests.support.mailbox`."""

    later: float = 0.0
    refused: float = 0.0
    drop_before: float = 0.0
    drop_after: float = 0.0
    accept_then_die: float = 0.0


@dataclass(frozen=True, kw_only=True)
class DeliveryConditions:
    """The faults of a delivery, and its setup."""

    transport: str = SMTP
    seed: int = 0
    odds: Odds = CALM
    mail_odds: MailOdds = MailOdds()
    kill_every_s: tuple[float, float] | None = None
    max_kills: int = 25
    processes: int = 1
    visibility_s: int = 60
    max_receives: int = 40
    emails: int = 240
    part_size: int = 20
    sample: int = 30
    """More than a part, and not a whole number of parts."""
    held_s: float = 1.0
    """How long nobody approves anything."""
    per_s: float = 25.0
    """So that there is time to kill somebody."""
    parallel: int = 8
    """Emails that one process has in flight: what its crash leaves in doubt."""
    timeout_s: float = 240.0
    """For each of the three steps."""

    @property
    def topology(self) -> Topology:
        """The project's topology with this visibility timeout and receive count."""
        return topology_with(visibility_s=self.visibility_s, max_receives=self.max_receives)


CALM_DELIVERY = DeliveryConditions()
STORMY_DELIVERY = DeliveryConditions(
    odds=STORM,
    mail_odds=MailOdds(later=0.05, refused=0.02, drop_before=0.03, drop_after=0.03, accept_then_die=0.03),
    kill_every_s=(2.0, 5.0),
    processes=2,
    visibility_s=5,
    held_s=5.0,
)


@dataclass(frozen=True, kw_only=True)
class TalliedFaults(Faults):
    """Faults of a mail server that are counted."""

    tally: Tally = field(default_factory=Tally)

    def next(self, recipient: str) -> MailFault | None:
        """Draw and count the fault of the next delivery to a recipient."""
        fault = super().next(recipient)
        if fault:
            self.tally.interference[f"mail {fault.replace('_', ' ')}"] += 1
        return fault


def run_delivery(conditions: DeliveryConditions, log_dir: Path) -> DeliveryOutcome:
    """Start a fresh stack, deliver a made-up run through it and return what came of it."""
    with (
        exported(_account(conditions, log_dir / SES)),
        embedded_stack(log_dir, services=(), topology=conditions.topology) as stack,
    ):
        return asyncio.run(_run(stack, conditions, log_dir / SES))


def _account(conditions: DeliveryConditions, folder: Path) -> dict[str, str]:
    """How understudy's SES behaves, and where it keeps what it has accepted."""
    return {
        "UNDERSTUDY_SES_PRODUCTION": "true",
        "UNDERSTUDY_SES_EMAILS_PER_DAY": "-1",
        "UNDERSTUDY_SES_EMAILS_PER_S": f"{2 * conditions.per_s:g}",
        "UNDERSTUDY_SES_FAIL_RATE": f"{conditions.mail_odds.accept_then_die:g}",
        "UNDERSTUDY_SES_DROP_RATE": f"{conditions.mail_odds.accept_then_die:g}",
        "UNDERSTUDY_SES_SEED": str(conditions.seed),
        "UNDERSTUDY_SES_DIR": str(folder),
        "UNDERSTUDY_SES_EVENTS_ARN": EVENTS_ARN,
        "UNDERSTUDY_SES_EVENT_TYPES": '["Send"]',
    }


@dataclass(frozen=True)
class _World:
    """A stack with a run to be delivered, and whoever takes its emails."""

    conditions: DeliveryConditions
    stack: EmbeddedStack
    observer: Observer
    proxy: FaultProxy
    plan: FaultPlan
    tally: Tally
    emails: list[Finished]
    mailbox: Mailbox
    ses: Path
    """Where understudy keeps what SES has accepted."""

    def taken(self) -> Counter[str]:
        """How many emails the provider has taken, by customer."""
        by_address = Counter(each.recipient for each in self.mailbox.messages)
        by_address.update(address for each in self._by_ses() for address in each["recipients"])
        return delivery_outcome.by_customer(by_address, self.emails)

    def altered(self) -> list[str]:
        """Whose emails arrived with other bytes, but for the date, or as a strict reader refuses them."""
        stored = {one.customer_id: _undated(one.message) for one in self.emails}
        by_address = {one.email.address: one for one in self.emails}
        by_smtp = (
            each.customer_id or each.recipient
            for each in self.mailbox.messages
            if each.defect or _undated(self.mailbox.content(each.number)) != stored.get(each.customer_id)
        )
        by_ses = (
            address
            for each in self._by_ses()
            for address in each["recipients"]
            if _undated((self.ses / each["file"]).read_bytes()) != _undated(by_address[address].message)
        )
        return [*by_smtp, *by_ses]

    def log(self) -> Path:
        """The log of the mail server as it is an hour later, in Postfix's form."""
        lines = [f"{now() - timedelta(hours=1):%FT%T} mail postfix/master[1]: daemon started"]
        for each in self.mailbox.messages:
            said = f"{each.received_at[:19]} mail postfix/"
            lines.append(f"{said}cleanup[2]: {each.number}: message-id=<{each.message_id}>")
            queued = f"from=<{each.sender}>, size={each.size}, nrcpt=1 (queue active)"
            lines.append(f"{said}qmgr[3]: {each.number}: {queued}")
        lines.append(f"{now() + timedelta(hours=1):%FT%T} mail postfix/master[1]: reload")
        log = self.ses.with_name("mail.log")
        log.write_text("\n".join(lines), encoding="utf-8")
        return log

    def _by_ses(self) -> Iterator[dict[str, Any]]:
        index = self.ses / INDEX
        lines = index.read_text(encoding="utf-8").splitlines() if index.exists() else []
        return (json.loads(line) for line in lines)

    def says_struck(self) -> list[str]:
        """Whose emails arrived with what was struck."""
        messages = [self.mailbox.content(each.number) for each in self.mailbox.messages]
        messages += [(self.ses / each["file"]).read_bytes() for each in self._by_ses()]
        addresses = {(one.email.address or "").encode(): one.customer_id for one in self.emails}
        struck = [each for each in messages if STRUCK in each]
        return [who for each in struck for address, who in addresses.items() if address and address in each]

    def doubtful(self) -> int:
        """How many emails may be in doubt after what was done.

        That is what was being handed over at kills, and what has lost its reply.
        """
        lost = sum(self.tally.interference[f"mail {fault.replace('_', ' ')}"] for fault in LOST_REPLIES)
        lost += sum(self.tally.faults[fault, "ses.SendEmail"] for fault in IN_DOUBT_BY_SES)
        lost += self.tally.interference[TORN] + self.tally.interference[FAILED]
        return lost + self.tally.interference[AT_KILLS]

    async def count_at_kill(self) -> None:
        """Count what a process was handing over when it was killed: no more than it may have in flight."""
        await asyncio.sleep(SNAPSHOT_S)
        found = (await delivery_outcome.dispatches(self.observer, RUN_ID)).values()
        sending = sum(each.outcome is Outcome.SENDING for each in found)
        self.tally.interference[AT_KILLS] += min(self.conditions.parallel, sending)


@dataclass
class _Steps:
    """When the delivery began, and what was seen between the decisions."""

    started: float = field(default_factory=time.monotonic)
    while_held: int = 0
    by_sample: frozenset[str] = frozenset()
    approvals: Approvals | None = None


async def _run(stack: EmbeddedStack, conditions: DeliveryConditions, ses: Path) -> DeliveryOutcome:
    async with AsyncExitStack() as opened:
        sent = opened.enter_context(outward(stack.resources, EmailSent.topic))
        suppressed = opened.enter_context(outward(stack.resources, EmailSuppressed.topic))
        observer = await opened.enter_async_context(observe(stack.resources))
        tally, plan = Tally(), FaultPlan(conditions.seed, conditions.odds)
        proxy, address = await opened.enter_async_context(_proxied(stack, observer, conditions, plan, tally))
        emails, barred = _emails(conditions)
        await _bar(observer, barred, emails)
        await store_finished_run(observer, RUN_ID, emails, part_size=conditions.part_size)
        quiet_s = float(conditions.visibility_s)
        approvals = Approvals(observer, RUN_ID, emails, conditions.part_size, quiet_s, [], [])
        await approvals.prepare()
        with _mail(conditions, tally) as (mailbox, settings):
            world = _World(conditions, stack, observer, proxy, plan, tally, emails, mailbox, ses)
            environment = _environment(stack, address, conditions) | settings
            counting: list[asyncio.Task[None]] = []

            def count(service: str) -> None:
                if service == SENDER:
                    counting.append(asyncio.create_task(world.count_at_kill()))

            fleet = Fleet(
                stack.processes,
                environment,
                tally,
                services=(SENDER,) if conditions.transport == SMTP else (SENDER, FEEDBACK),
                on_kill=count,
                size=conditions.processes,
                seed=conditions.seed,
                max_skew_s=MAX_SKEW_S if conditions.kill_every_s else 0.0,
                min_calls=MIN_CALLS_BEFORE_KILL,
            )
            steps = await _deliver(world, fleet, approvals)
            depths = await _drained(world, fleet)
            if conditions.transport == SMTP:
                stack.processes.start(FEEDBACK, ["-m", f"fondly.{FEEDBACK}"], environment)
                await approvals.reconcile(world.log())
                depths = await _drained(world, fleet)
            await asyncio.gather(*counting)
            return await _outcome(world, steps, barred, depths, (sent, suppressed))


async def _outcome(
    world: _World,
    steps: _Steps,
    barred: dict[str, str],
    depths: dict[str, dict[str, int]],
    subscribers: tuple[Outward, Outward],
) -> DeliveryOutcome:
    observer, conditions = world.observer, world.conditions
    sent, suppressed = subscribers
    return DeliveryOutcome(
        emails={one.customer_id: one.email for one in world.emails},
        barred=barred,
        sample=frozenset(one.customer_id for one in world.emails[: conditions.sample]),
        delivery=await observer.delivery(RUN_ID),
        dispatches=await delivery_outcome.dispatches(observer, RUN_ID),
        contacts=await delivery_outcome.contacts(observer),
        taken=world.taken(),
        taken_while_held=steps.while_held,
        taken_by_sample=steps.by_sample,
        wins=steps.approvals.wins if steps.approvals else [],
        refused=steps.approvals.refused if steps.approvals else [],
        rewritten=steps.approvals.rewritten() if steps.approvals else frozenset(),
        struck=world.says_struck(),
        altered=world.altered(),
        sent_events=await asyncio.to_thread(sent.announced, EmailSent),
        suppressed_events=await asyncio.to_thread(suppressed.announced, EmailSuppressed),
        counts=await delivery_outcome.report_counts(observer, RUN_ID),
        kept=(await Deliveries(observer.dynamodb, observer.resources.tables["runs"]).tally(RUN_ID)).outcomes,
        depths=depths,
        dead_letters=await observer.dead_letters(),
        doubtful=world.doubtful(),
        tally=world.tally,
        calls=world.plan.calls,
        seconds=time.monotonic() - steps.started,
    )


@asynccontextmanager
async def _proxied(
    stack: EmbeddedStack, observer: Observer, conditions: DeliveryConditions, plan: FaultPlan, tally: Tally
) -> AsyncIterator[tuple[FaultProxy, str]]:
    proxy = FaultProxy(
        emulator=stack.variables[EMULATOR],
        understudy=stack.variables[UNDERSTUDY],
        plan=plan,
        messages=MessageFaults(observer.sqs, plan, tally, max_hidden_s=conditions.visibility_s),
        tally=tally,
        like_aws=LikeAWS(table_keys(stack.resources), tally, seed=conditions.seed),
    )
    async with proxy.serving() as address:
        yield proxy, address


@contextmanager
def _mail(conditions: DeliveryConditions, tally: Tally) -> Iterator[tuple[Mailbox, dict[str, str]]]:
    """Run the mail server of a delivery by SMTP; by SES, the emails end at understudy."""
    if conditions.transport != SMTP:
        yield Mailbox(), {}
        return
    shares = {fault.value: getattr(conditions.mail_odds, fault.value) for fault in MailFault}
    faults = TalliedFaults(seed=conditions.seed, tally=tally, **shares)
    with MailboxServer(faults=faults) as server:
        yield (
            server.mailbox,
            {
                "FONDLY_SENDER_SMTP_HOST": server.host,
                "FONDLY_SENDER_SMTP_PORT": str(server.port),
                "FONDLY_SENDER_SMTP_SECURITY": "none",
            },
        )


def _environment(stack: EmbeddedStack, proxy: str, conditions: DeliveryConditions) -> dict[str, str]:
    proxied = {name: proxy for name in stack.variables if name.startswith(EMULATOR)}
    tuned = {
        "FONDLY_SENDER_TRANSPORT": conditions.transport,
        "FONDLY_SENDER_PER_S": f"{conditions.per_s:g}",
        "FONDLY_SENDER_PARALLEL": str(conditions.parallel),
        "FONDLY_SENDER_RETRY_S": "1",
        "FONDLY_SENDER_CONFIGURATION_SET": "fondly",
        "FONDLY_SENDER_TRIES": "20",
        "FONDLY_SENDER_POLL_INTERVAL_S": "1",
    }
    return {**stack.variables, **proxied, **tuned}


def _emails(conditions: DeliveryConditions) -> tuple[list[Finished], dict[str, str]]:
    """The run's emails, and who must not be written to: by id, by address, or for want of an address."""
    emails = list(made_up_emails(RUN_ID, conditions.emails))
    emails[5] = finished_email(RUN_ID, emails[5].customer_id)
    emails[-7] = finished_email(RUN_ID, emails[-7].customer_id)
    barred = {emails[5].customer_id: NotSent.NO_ADDRESS, emails[-7].customer_id: NotSent.NO_ADDRESS}
    barred |= {emails[place].customer_id: NotSent.UNSUBSCRIBED for place in (3, 40, -1)}
    barred |= {emails[place].customer_id: NotSent.HARD_BOUNCE for place in (9, 41)}
    return emails, {customer: str(reason) for customer, reason in barred.items()}


async def _bar(observer: Observer, barred: dict[str, str], emails: Sequence[Finished]) -> None:
    addresses = {one.customer_id: one.email.address or "" for one in emails}
    entries: dict[str, Callable[[str], str]] = {
        NotSent.UNSUBSCRIBED: customer_entry,
        NotSent.HARD_BOUNCE: lambda customer: address_entry(addresses[customer].upper()),
    }
    suppressions = [
        Suppression(entry=entries[reason](one), reason=NotSent(reason), source=BY, at=now())
        for one, reason in barred.items()
        if reason in entries
    ]
    tables = observer.resources.tables
    consent = DynamoDBConsent(
        observer.dynamodb, suppressions=tables["suppressions"], contacts=tables["contacts"]
    )
    await consent.suppress(suppressions)


async def _deliver(world: _World, fleet: Fleet, approvals: Approvals) -> _Steps:
    """Finish the run; hold it, approve a sample, approve the rest; kill processes until it is done.

    Two people approve at once, each time. While the rest goes out, something is struck.
    """
    conditions, steps, done = world.conditions, _Steps(approvals=approvals), asyncio.Event()
    if conditions.kill_every_s:
        fleet.start(max_skew_s=MAX_SKEW_S, python=BASELINE)
    else:
        fleet.start()
    killing = asyncio.create_task(_kill(fleet, conditions, done))
    await announce_finished(world.observer, RUN_ID, emails=len(world.emails))
    with suppress(TimeoutError):
        await _until(world, fleet, lambda: _has_delivery(world))
        await asyncio.sleep(conditions.held_s)
        steps.while_held = world.taken().total()
        if conditions.sample:
            await approvals.approve(Terms(sample=conditions.sample))
            await _until(world, fleet, lambda: _sample_is_out(world))
            steps.by_sample = frozenset(world.taken())
        await approvals.approve(Terms())
        await _until(world, fleet, lambda: _is_under_way(world))
        await approvals.strike()
        await asyncio.sleep(STRUCK_SETTLES_S)
        before = world.taken().total()
        await asyncio.sleep(min(conditions.held_s, STRUCK_HELD_S))
        steps.while_held += world.taken().total() - before
        await approvals.approve(Terms())
        await _until(world, fleet, lambda: _is_done(world))
    done.set()
    await killing
    world.plan.odds = CALM
    return steps


async def _kill(fleet: Fleet, conditions: DeliveryConditions, done: asyncio.Event) -> None:
    if conditions.kill_every_s:
        await fleet.kill_at_random(every_s=conditions.kill_every_s, max_kills=conditions.max_kills, stop=done)


async def _until(world: _World, fleet: Fleet, holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds; raise `TimeoutError` if it does not in time."""
    async with asyncio.timeout(world.conditions.timeout_s):
        while not await holds():
            fleet.restart_ended()
            world.stack.check()
            await asyncio.sleep(POLL_S)


async def _has_delivery(world: _World) -> bool:
    return await world.observer.delivery(RUN_ID) is not None


async def _sample_is_out(world: _World) -> bool:
    """Whether something final is known of every email of the sample."""
    sample = [one.customer_id for one in world.emails[: world.conditions.sample]]
    found = await world.observer.dispatches_of(RUN_ID, sample)
    return len(found) == len(sample) and all(each.outcome.is_final for each in found.values())


async def _is_under_way(world: _World) -> bool:
    """Whether something besides the sample has gone out."""
    sample = {one.customer_id for one in world.emails[: world.conditions.sample]}
    return bool(world.taken().keys() - sample)


async def _is_done(world: _World) -> bool:
    delivery = await world.observer.delivery(RUN_ID)
    return delivery is not None and delivery.status is DeliveryStatus.DONE


async def _drained(world: _World, fleet: Fleet) -> dict[str, dict[str, int]]:
    """Wait for the sender's queue to drain, up to `DRAIN_TIMEOUT_S`; return its final depth."""
    depths: dict[str, dict[str, int]] = {}
    deadline = time.monotonic() + DRAIN_TIMEOUT_S
    while time.monotonic() < deadline:
        fleet.restart_ended()
        depths = {name: (await world.observer.queues())[name] for name in (SENDER, "feedback")}
        if not any(sum(depth.values()) for depth in depths.values()):
            break
        await asyncio.sleep(POLL_S)
    return depths


def _undated(message: bytes) -> bytes:
    """An email without the moment at which it was handed over."""
    return dated(message, NEVER)
