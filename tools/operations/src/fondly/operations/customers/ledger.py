"""Forgets customers in the ledger: seeds of samples, notes of decisions, reasons that quote a file."""

from collections.abc import Mapping
from typing import Any

from fondly.operations.cleanup.scope import Scope
from fondly.operations.customers.gone import Gone
from fondly.operations.customers.items import scan
from fondly.operations.customers.scrub import ERASED, mapped
from fondly.operations.customers.traces import Traces
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import DELIVERY, Decision, Delivery
from fondly.runtime.runs.items import conditionally
from fondly.runtime.storage import to_item

LEDGER = "runs"
NO_ADDRESS = "erased@customers.invalid"
"""Stands for the last seed, once that is forgotten (RFC 2606): without any, a sample goes to customers."""
QUOTED = "items of runs that quoted them"
KEYS = frozenset({"run_id", "item"})


async def scrub_ledger(scope: Scope, gone: Gone) -> None:
    """Take ids and addresses out of what runs say of themselves."""
    traces = Traces(gone.customer_ids, frozenset(gone.emails))
    async for item in scan(scope, LEDGER):
        quoting = {
            name: value for name, value in item.items() if name not in KEYS and traces.in_record([value])
        }
        if not quoting:
            continue
        scope.report.deleted(QUOTED)
        if scope.dry_run:
            continue
        if item["item"] == DELIVERY:
            deliveries = Deliveries(scope.environment.dynamodb, scope.environment.table_name(LEDGER))
            await deliveries.change(str(item["run_id"]), lambda found: without(found, gone))
        else:
            await _scrub(scope, item, quoting, gone)


async def _scrub(scope: Scope, item: Mapping[str, Any], quoting: Mapping[str, Any], gone: Gone) -> None:
    """Replace attributes, each only if it is still what it was: what is newer is found the next time."""
    for name, value in quoting.items():
        await conditionally(
            scope.environment.dynamodb.update_item(
                TableName=scope.environment.table_name(LEDGER),
                Key=to_item({each: item[each] for each in KEYS}),
                UpdateExpression="SET #name = :new",
                ConditionExpression="#name = :old",
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues=to_item(
                    {":new": mapped(value, lambda text: gone.without(text, ERASED)), ":old": value}
                ),
            )
        )


def without(delivery: Delivery, gone: Gone) -> Delivery:
    """Return a delivery that no longer says who they are; its decisions stay."""
    addresses = {each.casefold() for each in gone.emails}
    left = tuple(each for each in delivery.seeds if each.casefold() not in addresses)
    seeds = left or (NO_ADDRESS,) if delivery.seeds else ()
    decisions = tuple(_told(each, gone) for each in delivery.decisions)
    reason = gone.without(delivery.reason, ERASED)
    return delivery.model_copy(update={"seeds": seeds, "decisions": decisions, "reason": reason})


def _told(decision: Decision, gone: Gone) -> Decision:
    """Who decided stays, also if they are called as somebody who is forgotten."""
    by = ERASED if gone.is_named_in(decision.by) else decision.by
    return decision.model_copy(update={"by": by, "note": gone.without(decision.note, ERASED)})
