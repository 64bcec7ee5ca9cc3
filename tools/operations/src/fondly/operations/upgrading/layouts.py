"""What releases before 0.2.0 have stored without what views read now: pointers, keys, sums, tallies.

Each function returns how much of it there is, and brings it up to date if it may change something. Done
again, or killed anywhere and done again, it changes what is missing alone, each once: whatever it adds to is
written together with what says that it was added. The services may work meanwhile, those of this release.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fondly.contracts import object_keys
from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.delivery import Dispatch, FinishedEmail, Outcome
from fondly.contracts.records import Customer
from fondly.ingest.use_cases.put_customer_keys import CustomerKeys
from fondly.operations.customers.keys import CUSTOMERS, TABLE
from fondly.operations.delivery.approving import KEEP_DAYS
from fondly.operations.delivery.deployed import deployed
from fondly.operations.environment import Environment
from fondly.runtime.batches import batches
from fondly.runtime.runs.hourly_reports import earlier_reports, replace_report
from fondly.runtime.runs.kept_tallies import KeptTallies
from fondly.runtime.runs.run import Run, StageName
from fondly.runtime.runs.tally import by_feedback, by_sender
from fondly.runtime.storage import DynamoDBItems, items_of
from fondly.sender.adapters.delivered import DynamoDBDelivered

AT_ONCE = 100


@dataclass(frozen=True)
class _Unchanged:
    """A table that is read, and stays as it is."""

    items: DynamoDBItems

    async def get_all(self, keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return await self.items.get_all(keys)

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        del items


async def keep_days_of(environment: Environment) -> int:
    """Return for how long the environment keeps records."""
    settings = await deployed(environment)
    return settings.retention_days if settings else KEEP_DAYS


async def runs(environment: Environment, *, change: bool) -> int:
    """Runs that no list shows."""
    return await (await environment.ledger()).index.complete(change=change)


async def customers(environment: Environment, *, change: bool) -> int:
    """Addresses by which no customer is found, and what URLs call customers."""
    keep_days = await keep_days_of(environment)
    table = DynamoDBItems(environment.dynamodb, await environment.table(TABLE), keep_days=keep_days)
    halfway_s = keep_days * SECONDS_PER_DAY / 2  # what has not expired is good enough here
    keys = CustomerKeys(
        table if change else _Unchanged(table),  # type: ignore[arg-type] # of which it needs no more
        keep_days,
        now=lambda: time.time() - halfway_s,
    )
    found = items_of(environment.dynamodb, "scan", await environment.table(CUSTOMERS))
    missing, some = 0, list[Customer]()
    async for item in found:
        some.append(Customer.model_construct(customer_id=item["customer_id"], email=item.get("email")))
        if len(some) == AT_ONCE:
            missing += (await keys.put(some))["dynamodb.writes"]
            some = []
    return missing + (await keys.put(some))["dynamodb.writes"]


async def hours(environment: Environment, *, change: bool) -> int:
    """Reports of deliveries that are in no sum: what was sent, and what it cost."""
    table, keep_days = await environment.table("runs"), await keep_days_of(environment)
    found = 0
    for run in await (await environment.ledger()).runs():
        for report in await earlier_reports(environment.dynamodb, table, run.run_id):
            found += 1
            if change:
                await replace_report(environment.dynamodb, table, report, keep_days)
    return found


async def tallies(environment: Environment, *, change: bool) -> int:
    """Emails that went out, or came back, and are in no tally."""
    counting = await _Counting.of(environment, change=change)
    deliveries = await environment.deliveries()
    found = 0
    for run in await (await environment.ledger()).runs():
        if delivery := await deliveries.find(run.run_id):
            for part in sorted(run.stage(StageName.MAILER).done):
                for each in (run.run_id, delivery.copies):
                    found += await counting.part(run, part, dispatched_as=each)
    return found


@dataclass(frozen=True)
class _Counting:
    """Counts the dispatches that the release before has left uncounted."""

    environment: Environment
    dispatches: DynamoDBItems
    kept: KeptTallies
    delivered: DynamoDBDelivered
    change: bool

    @classmethod
    async def of(cls, environment: Environment, *, change: bool) -> "_Counting":
        table, runs = await environment.table("dispatches"), await environment.table("runs")
        dynamodb, keep_days = environment.dynamodb, await keep_days_of(environment)
        return cls(
            environment,
            DynamoDBItems(dynamodb, table),
            KeptTallies(dynamodb, runs, keep_days=keep_days),
            DynamoDBDelivered(dynamodb, dispatches=table, runs=runs, keep_days=keep_days),
            change,
        )

    async def part(self, run: Run, part: int, *, dispatched_as: str) -> int:
        """Count a part: who holds its lock counts all of it anyhow, and comes first, or after."""
        mailed = await (await self.environment.objects()).find_lines(
            object_keys.mailed(run.run_id, part), FinishedEmail
        )
        found = await self._dispatches(dispatched_as, [each.customer_id for each in mailed])
        unheard = [each for each in found if (by_feedback(each) or None) != each.counted]
        kept = await self.kept.of_part(dispatched_as, part)
        uncounted = found if not kept.version else []
        if self.change and uncounted:
            is_open = any(each.outcome is Outcome.SENDING for each in found)
            counts = by_sender(found)
            await self.kept.replace(dispatched_as, part, kept, counts=counts, is_open=is_open)
        for each in unheard if self.change else ():
            await self.delivered.count(each.run_id, each.customer_id)
        return len(uncounted) + len(unheard)

    async def _dispatches(self, run_id: str, customer_ids: Sequence[str]) -> list[Dispatch]:
        keys = [{"run_id": run_id, "customer_id": each} for each in dict.fromkeys(customer_ids)]
        found = [item for some in batches(keys, AT_ONCE) for item in await self.dispatches.get_all(some)]
        return [Dispatch.model_validate(item) for item in found]
