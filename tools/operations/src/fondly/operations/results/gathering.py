"""Reads what became of a run's emails, and what their customers bought, some customers at a time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from fondly.contracts import object_keys
from fondly.contracts.clock import SECONDS_PER_DAY, utc_now
from fondly.contracts.delivery import Dispatch
from fondly.contracts.records import CustomerEvent, Product
from fondly.operations.environment import Environment
from fondly.operations.results.groups import Groups
from fondly.operations.results.purchases import bought
from fondly.operations.results.views import Results, results
from fondly.operations.runs.lookup import find_run
from fondly.recommender.domain.history import customer_events
from fondly.recommender.domain.history.history import History
from fondly.runtime.storage import DynamoDBItems, S3Objects, from_item, to_item

AT_ONCE = 1_000
"""Customers whose histories are in memory."""


@dataclass(frozen=True)
class Prices:
    """What the run's products cost, in the currency of most of them."""

    currency: str
    by_product: dict[str, Decimal]


async def results_of(
    environment: Environment, run_id: str, *, days: int, against: str | None = None
) -> Results:
    """Return what the emails of a run have led to within so many days of each.

    Variants of the subject are compared with one of them, `against`. Raises `OperationError` for an unknown
    run or variant, and if no email has gone out.
    """
    run = await find_run(await environment.ledger(), run_id)
    prices = await prices_of(await environment.objects(), run.run_id)
    groups = await groups_of(environment, run.run_id, prices, days=days)
    return results(run.run_id, groups, days=days, currency=prices.currency, against=against, now=utc_now())


async def groups_of(environment: Environment, run_id: str, prices: Prices, *, days: int) -> Groups:
    """Return the groups of a run with what they bought within so many days of their email."""
    groups = Groups(window_s=days * SECONDS_PER_DAY, prices=prices.by_product)
    purchases = await _Purchases.of(environment)
    async for some in _dispatches(environment, run_id):
        histories, events = await purchases.of_customers([one.customer_id for one in some])
        for one in some:
            groups.add(one, bought(histories.get(one.customer_id), events.get(one.customer_id, ())))
    return groups


async def prices_of(objects: S3Objects, run_id: str) -> Prices:
    """Return the prices of a run's catalogue; none if it is not there any more."""
    products = [
        Product.model_validate_json(line)
        async for line in objects.lines(object_keys.products(run_id))
        if line
    ]
    currencies = Counter(one.currency for one in products)
    [(currency, _)] = currencies.most_common(1) or [("", 0)]
    return Prices(currency, {one.product_id: one.price for one in products if one.currency == currency})


async def _dispatches(environment: Environment, run_id: str) -> AsyncIterator[list[Dispatch]]:
    pages = environment.dynamodb.get_paginator("query").paginate(
        TableName=await environment.table("dispatches"),
        KeyConditionExpression="run_id = :run",
        ExpressionAttributeValues=to_item({":run": run_id}),
        ConsistentRead=True,
    )
    some: list[Dispatch] = []
    async for page in pages:
        for item in page.get("Items", []):
            some.append(Dispatch.model_validate(from_item(item)))
            if len(some) == AT_ONCE:
                yield some
                some = []
    if some:
        yield some


@dataclass(frozen=True)
class _Purchases:
    """Where it is kept what customers have bought: told by files of orders, or by events."""

    histories: DynamoDBItems
    events: DynamoDBItems

    @classmethod
    async def of(cls, environment: Environment) -> "_Purchases":
        histories, events = [
            DynamoDBItems(environment.dynamodb, await environment.table(name))
            for name in ("histories", "recommendations")
        ]
        return cls(histories, events)

    async def of_customers(
        self, customer_ids: Sequence[str]
    ) -> tuple[dict[str, History], dict[str, tuple[CustomerEvent, ...]]]:
        items, kept = await asyncio.gather(
            self.histories.get_all([{"customer_id": one} for one in customer_ids]),
            self.events.get_all(customer_events.keys(customer_ids)),
        )
        histories = {one.customer_id: one for one in map(History.from_item, items)}
        return histories, {item["customer_id"]: customer_events.from_item(item) for item in kept}
