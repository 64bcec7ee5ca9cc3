"""Which products' features a command is about."""

from collections.abc import AsyncIterator

from fondly.contracts import object_keys
from fondly.contracts.records import Recommendation
from fondly.mailer.adapters.feature_records import DynamoDBFeatureRecords
from fondly.mailer.domain.facts.features import ProductFeatures
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.lookup import find_run
from fondly.runtime.runs.run import Run, StageName


async def of_run(
    environment: Environment, records: DynamoDBFeatureRecords, wanted: str
) -> tuple[list[ProductFeatures], int]:
    """Return the features of the products that a run recommends, and of how many products none are stored.

    Raises `OperationError` for an unknown run.
    """
    run = await find_run(await environment.ledger(), wanted)
    product_ids = {product_id async for product_id in _recommended(environment, run)}
    found = await records.existing(sorted(product_ids))
    return _by_name(list(found.values())), len(product_ids - found.keys())


async def of_text(records: DynamoDBFeatureRecords, text: str) -> list[ProductFeatures]:
    """Return the features of products with the text in their id, name or features; of all for no text."""
    sought = text.casefold()
    return _by_name([each async for each in records.all() if sought in _searched(each)])


async def of_product(records: DynamoDBFeatureRecords, product_id: str) -> ProductFeatures:
    """Return the features of a product; raise `OperationError` if none are stored."""
    found = await records.existing([product_id])
    if product_id not in found:
        raise OperationError(f"no features of product {product_id} are stored: see `fondly features list`")
    return found[product_id]


async def _recommended(environment: Environment, run: Run) -> AsyncIterator[str]:
    objects = await environment.objects()
    for part in sorted(run.stage(StageName.RECOMMENDER).done):
        key = object_keys.recommendations(run.run_id, part)
        for recommendation in await objects.find_lines(key, Recommendation):
            for pick in recommendation.picks:
                yield pick.product.product_id


def _searched(record: ProductFeatures) -> str:
    return "\n".join((record.product_id, record.product_name, *record.features)).casefold()


def _by_name(records: list[ProductFeatures]) -> list[ProductFeatures]:
    return sorted(records, key=lambda each: (each.product_name.casefold(), each.product_id))
