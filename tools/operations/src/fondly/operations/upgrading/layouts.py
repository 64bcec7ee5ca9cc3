"""What releases before 0.2.0 have stored without what views read now: pointers, keys, sums, tallies.

Each function returns how much of it there is, and brings it up to date if it may `change` something. Done
again, or killed anywhere and done again, it changes what is missing alone, each once: whatever it adds to is
written together with what says that it was added. Tasks of this release may work meanwhile.
"""

from collections.abc import AsyncIterator
from typing import NamedTuple

from fondly.contracts import object_keys
from fondly.contracts.customer_keys import customer_keys
from fondly.contracts.delivery import Dispatch, FinishedEmail, Outcome
from fondly.operations.customers.keys import CUSTOMERS, TABLE
from fondly.operations.delivery.approving import KEEP_DAYS
from fondly.operations.delivery.deployed import deployed
from fondly.operations.environment import Environment
from fondly.runtime.runs.hourly_reports import earlier_reports, replace_report
from fondly.runtime.runs.kept_tallies import KeptTallies
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.tally import by_feedback, by_sender
from fondly.runtime.storage import DynamoDBItems, from_item
from fondly.sender.adapters.delivered import DynamoDBDelivered


async def runs(environment: Environment, *, change: bool) -> int:
    """Point to runs."""
    return await (await environment.ledger()).index.complete(change=change)


async def customers(environment: Environment, *, change: bool) -> int:
    """Write by what customers are found, unless it is there."""
    keep_days, found = await _keep_days(environment), 0
    table = DynamoDBItems(environment.dynamodb, await environment.table(TABLE), keep_days=keep_days)
    pages = environment.dynamodb.get_paginator("scan")
    async for page in pages.paginate(TableName=await environment.table(CUSTOMERS)):
        some = map(from_item, page["Items"])
        keys = [key for one in some for key in customer_keys(one["customer_id"], one.get("email"))]
        kept = {(one["customer_key"], one["customer_id"]) for one in await table.get_all(keys)}
        missing = [key for key in keys if tuple(key.values()) not in kept]
        found += len(missing)
        if change:
            await table.put_all(missing)
    return found


async def hours(environment: Environment, *, change: bool) -> int:
    """Sum up what deliveries have reported."""
    table, keep_days, found = await environment.table("runs"), await _keep_days(environment), 0
    for run in await (await environment.ledger()).runs():
        earlier = await earlier_reports(environment.dynamodb, table, run.run_id)
        found += len(earlier)
        for report in earlier if change else ():
            await replace_report(environment.dynamodb, table, report, keep_days)
    return found


async def tallies(environment: Environment, *, change: bool) -> int:
    """Count dispatches: what the sender says of a part's, unless it has; of each what came back."""
    dynamodb, keep_days, found = environment.dynamodb, await _keep_days(environment), 0
    table, runs = await environment.table("dispatches"), await environment.table("runs")
    kept = KeptTallies(dynamodb, runs, keep_days=keep_days)
    delivered = DynamoDBDelivered(dynamodb, dispatches=table, runs=runs, keep_days=keep_days)
    async for part in _parts(environment):
        before = await kept.of_part(part.run_id, part.number)
        uncounted = [] if before.version else part.dispatches
        unheard = [each for each in part.dispatches if (by_feedback(each) or None) != each.counted]
        found += len(uncounted) + len(unheard)
        if change and uncounted:
            is_open = any(each.outcome is Outcome.SENDING for each in uncounted)
            await kept.replace(part.run_id, part.number, before, counts=by_sender(uncounted), is_open=is_open)
        for each in unheard if change else ():
            await delivered.count(each.run_id, each.customer_id)
    return found


class _Part(NamedTuple):
    run_id: str
    """Or what a sample's copies for seeds have in its place."""
    number: int
    dispatches: list[Dispatch]


async def _parts(environment: Environment) -> AsyncIterator[_Part]:
    """Yield the parts of deliveries with what is known of their emails."""
    deliveries, objects = await environment.deliveries(), await environment.objects()
    table = await environment.items("dispatches")
    for run in await (await environment.ledger()).runs():
        delivery = await deliveries.find(run.run_id)
        for part in sorted(run.stage(StageName.MAILER).done) if delivery else ():
            mailed = await objects.find_lines(object_keys.mailed(run.run_id, part), FinishedEmail)
            ids = list(dict.fromkeys(each.customer_id for each in mailed))
            for name in (run.run_id, delivery.copies) if delivery else ():
                read = await table.get_all([{"run_id": name, "customer_id": each} for each in ids])
                yield _Part(name, part, [Dispatch.model_validate(each) for each in read])


async def _keep_days(environment: Environment) -> int:
    settings = await deployed(environment)
    return settings.retention_days if settings else KEEP_DAYS
