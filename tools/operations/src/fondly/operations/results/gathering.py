"""Reads what became of a run's emails, and what their customers bought, some customers at a time."""

import asyncio
from collections import Counter
from decimal import Decimal

from fondly.contracts import object_keys
from fondly.contracts.clock import SECONDS_PER_DAY, utc_now
from fondly.contracts.records import Product
from fondly.operations.delivery.views import DeliveryLookup
from fondly.operations.environment import Environment
from fondly.operations.results.groups import Groups, bought
from fondly.operations.results.views import Results, results
from fondly.operations.runs.lookup import find_run
from fondly.recommender.domain.history import customer_events
from fondly.recommender.domain.history.history import History
from fondly.runtime.batches import async_batches
from fondly.runtime.storage import S3Objects

AT_ONCE = 1_000
"""How many customers' histories are in memory at a time."""


async def results_of(
    environment: Environment, run_id: str, *, days: int = 7, against: str | None = None
) -> Results:
    """Return what the emails of a run have led to within so many days of each.

    Variants of the subject are compared with one of them, `against`. Raises `OperationError` for an unknown
    run or variant, and if no email has gone out.
    """
    run = await find_run(await environment.ledger(), run_id)
    currency, prices = await _prices(await environment.objects(), run.run_id)
    groups = Groups(window_s=days * SECONDS_PER_DAY, prices=prices)
    histories, events = [await environment.items(name) for name in ("histories", "recommendations")]
    dispatches = (await DeliveryLookup.of(environment)).dispatches(run.run_id)
    async for some in async_batches(dispatches, AT_ONCE):
        customer_ids = [one.customer_id for one in some]
        items, kept = await asyncio.gather(
            histories.get_all([{"customer_id": one} for one in customer_ids]),
            events.get_all(customer_events.keys(customer_ids)),
        )
        known = {one.customer_id: one for one in map(History.from_item, items)}
        told = {item["customer_id"]: customer_events.from_item(item) for item in kept}
        for one in some:
            groups.add(one, bought(known.get(one.customer_id), told.get(one.customer_id, ())))
    return results(run.run_id, groups, days=days, currency=currency, against=against, now=utc_now())


async def _prices(objects: S3Objects, run_id: str) -> tuple[str, dict[str, Decimal]]:
    """Return the currency of most of a run's products, and their prices; none if the catalogue is gone."""
    lines = objects.lines(object_keys.products(run_id))
    products = [Product.model_validate_json(line) async for line in lines if line]
    [(currency, _)] = Counter(one.currency for one in products).most_common(1) or [("", 0)]
    return currency, {one.product_id: one.price for one in products if one.currency == currency}
