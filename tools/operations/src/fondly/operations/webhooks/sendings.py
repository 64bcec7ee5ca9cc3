"""What endpoints are told: read from the ledger again and again, so that nothing that has happened is missed.

Each message is an item beside its run. A conditional write marks each try before it is made, so that two
processes do not send it at once; it is sent again by `AFTER` until it is taken: at least once, with one id.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel

from fondly.contracts.clock import utc_now
from fondly.operations.audit import noted
from fondly.operations.environment import Environment
from fondly.operations.errors import NotFoundError, OperationError
from fondly.operations.webhooks.endpoints import Endpoint, EventName, secret_of, webhooks
from fondly.operations.webhooks.posting import post
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.items import get_item, items_with, key, put_if
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run, RunStatus
from fondly.runtime.runs.totals import total
from fondly.runtime.storage import expires_at, to_item

ITEM = "webhook#"
GONE = 410
"""The endpoint wants nothing any more (Standard Webhooks 1.0.0, "Operational considerations")."""
AFTER = tuple(timedelta(seconds=each) for each in (30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000))
"""After each try that failed, when the next follows; after the last there is none."""
KEEP_DAYS = 30
WINDOW = timedelta(days=14)
"""Runs that began before are over."""
EVERY_S = 15.0
CLOSED = frozenset({DeliveryStatus.DONE, DeliveryStatus.REJECTED})
log = get_logger()


class Sending(BaseModel):
    """A message to an endpoint, and what has become of it."""

    id: str
    endpoint: str
    event: EventName
    run_id: str
    body: str
    attempts: int = 0
    answered: int | None = None
    """The status of the latest answer; None if there was none."""
    tried_at: datetime | None = None
    next_at: datetime | None = None
    """When it is tried again; None if it was taken, or is given up."""

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint has taken it."""
        return self.answered is not None and 200 <= self.answered < 300  # noqa: PLR2004 - as HTTP calls success


@dataclass
class Watch:
    """Looks at runs, and tells endpoints what has happened to them."""

    environment: Environment
    over: set[str] = field(default_factory=set)
    """Runs of which there is nothing more to tell."""

    async def run(self, stop: asyncio.Event) -> None:
        """Look at intervals until `stop` is set; whatever goes wrong is tried again."""
        while not stop.is_set():
            try:
                await self.look(utc_now())
            except Exception as error:  # noqa: BLE001 - the next look tells what this one could not
                log.warning("webhooks_failed", error=type(error).__name__)
            try:
                await asyncio.wait_for(stop.wait(), EVERY_S)
            except TimeoutError:
                continue

    async def look(self, now: datetime) -> None:
        """Send what is due."""
        if not (endpoints := await webhooks(self.environment)):
            return
        ledger = await self.environment.ledger()
        async for pointer in ledger.index.pointers():
            if pointer["item"] < (now - WINDOW).isoformat():
                return
            if (run_id := str(pointer["of_run"])) not in self.over:
                try:
                    await self._tell(ledger, run_id, endpoints, now)
                except Exception as error:  # noqa: BLE001 - the next look tells what this one could not
                    log.warning("webhooks_failed", run_id=run_id, error=type(error).__name__)

    async def _tell(self, ledger: Ledger, run_id: str, endpoints: Sequence[Endpoint], now: datetime) -> None:
        """Send what is due about a run; once that is all there will be, the run is over."""
        run = await ledger.find(run_id)
        if run is None or not run.has_ended:
            return
        table = self.environment.table_name("runs")
        delivery = await Deliveries(self.environment.dynamodb, table).find(run_id)
        known = {each.id: each async for each in _of_run(self.environment, run_id)}
        waits = False
        for event, at in _happened(run, delivery).items():
            for endpoint in endpoints:
                if event in endpoint.events and endpoint.made_at < at:
                    sending = known.get(_id(run_id, event, endpoint))
                    sending = sending or await _new(ledger, run, event, at, endpoint)
                    if sending.next_at and sending.next_at <= now:
                        sending = await attempt(self.environment, sending, endpoint.url)
                    waits = waits or sending.next_at is not None
        is_closed = run.status is RunStatus.FAILED or (delivery is not None and delivery.status in CLOSED)
        if is_closed and not waits:
            self.over.add(run_id)


def _happened(run: Run, delivery: Delivery | None) -> dict[EventName, datetime]:
    """What has happened to a run that has ended, and when: of a delivery that is done, its last decision."""
    found = {EventName.RUN_FINISHED: run.finished_at or run.created_at}
    if delivery and delivery.status is DeliveryStatus.HELD:
        found[EventName.APPROVAL_ASKED] = delivery.opened_at
    if delivery and delivery.status is DeliveryStatus.DONE:
        found[EventName.DELIVERY_DONE] = delivery.decisions[-1].at
    return found


async def _new(ledger: Ledger, run: Run, event: EventName, at: datetime, endpoint: Endpoint) -> Sending:
    counts = total(await ledger.summed(run.run_id)).counts
    data = {"run_id": run.run_id, "status": run.status, "counts": counts}
    body = {"type": event, "timestamp": at.isoformat(), "data": data}
    return Sending(
        id=_id(run.run_id, event, endpoint),
        endpoint=endpoint.endpoint,
        event=event,
        run_id=run.run_id,
        body=json.dumps(body, separators=(",", ":")),
        next_at=at,
    )


def _id(run_id: str, event: EventName, endpoint: Endpoint) -> str:
    """The id of a message; it has no full stop, which the signature puts after it."""
    return f"{run_id}_{event.replace('.', '-')}_{endpoint.endpoint}"


async def attempt(environment: Environment, sending: Sending, url: str) -> Sending:
    """Send a message unless somebody else is at it, and return what has become of it."""
    after = AFTER[sending.attempts] if sending.attempts < len(AFTER) else None
    now = utc_now()
    begun = sending.model_copy(
        update={"attempts": sending.attempts + 1, "tried_at": now, "next_at": after and now + after}
    )
    if not await _put(environment, begun, before=sending.attempts):
        return sending
    try:
        secret = await secret_of(environment, sending.endpoint)
        body, loopback = sending.body.encode(), not environment.on_aws
        answered = await post(url, message_id=sending.id, body=body, secret=secret, loopback=loopback)
    except OperationError:
        answered = None
    done = begun.model_copy(update={"answered": answered})
    if done.is_taken or answered == GONE:
        done = done.model_copy(update={"next_at": None})
    await _put(environment, done, before=begun.attempts)
    log.info("webhook_sent", endpoint=sending.endpoint, run_id=sending.run_id, answered=answered)
    return done


async def _put(environment: Environment, sending: Sending, *, before: int) -> bool:
    """Write a message over one with so many attempts; return False if there have been others."""
    values = sending.model_dump(mode="json", exclude_none=True)
    item = key(sending.run_id, f"{ITEM}{sending.id}") | to_item({**values, **expires_at(KEEP_DAYS)})
    condition = "attempts = :before" if before else "attribute_not_exists(run_id) OR attempts = :before"
    table = environment.table_name("runs")
    return await put_if(environment.dynamodb, table, item, condition, {":before": before})


async def webhook_deliveries(environment: Environment, *, limit: int = 50) -> list[Sending]:
    """List what endpoints were told of the latest runs, and what has become of it."""
    found: list[Sending] = []
    page = await (await environment.ledger()).recent(limit=limit)
    for run in page.runs:
        found += [each async for each in _of_run(environment, run.run_id)]
    return found


async def replay_webhook(environment: Environment, message: str, *, by: str) -> Sending:
    """Send a message once more, now, whatever has become of it; it keeps its id."""
    table, run_id = environment.table_name("runs"), message.partition("_")[0]
    found = await get_item(environment.dynamodb, table, key(run_id, f"{ITEM}{message}"))
    if not found:
        raise NotFoundError(f"there is no message {message}")
    sending = Sending.model_validate(found)
    urls = {each.endpoint: each.url for each in await webhooks(environment)}
    if sending.endpoint not in urls:
        raise OperationError(f"the webhook {sending.endpoint} was removed: nobody is told")
    async with noted(environment, by=by, act="replay", about=run_id, details={"message": message}):
        return await attempt(environment, sending, urls[sending.endpoint])


async def _of_run(environment: Environment, run_id: str) -> AsyncIterator[Sending]:
    async for item in items_with(environment.dynamodb, environment.table_name("runs"), run_id, ITEM):
        yield Sending.model_validate(item)
