"""What is known of a product: its catalogue entry, what is said of it, how often emails show it."""

import json

from pydantic import BaseModel

from fondly.contracts import object_keys
from fondly.contracts.records import Product, ProductQuotes, ProductSentiment, Quote
from fondly.operations.emails.catalogue import lines_with
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.runs.run import StageName
from fondly.runtime.storage import DynamoDBItems, S3Objects

MOST_PARTS = 10
"""Of a run: emails are counted in so many."""


class ProductView(BaseModel):
    """A product; its run is the last that had it in its files."""

    product: Product
    run_id: str
    sentiment: ProductSentiment | None
    quotes: tuple[Quote, ...]
    shown: int
    """How many of these emails of the run show it."""
    emails: int
    """How many were looked at."""


async def product_view(environment: Environment, product_id: str) -> ProductView:
    """Return what is known of a product; raise `OperationError` if the shop has none with this id."""
    key = [{"product_id": product_id}]
    found = await DynamoDBItems(environment.dynamodb, await environment.table("products")).get_all(key)
    if not found:
        raise OperationError("the shop has no product with this id")
    sentiments = DynamoDBItems(environment.dynamodb, await environment.table("product-sentiments"))
    objects, run_id = await environment.objects(), str(found[0]["run_id"])
    lines = lines_with(objects, object_keys.quotes(run_id), ProductQuotes, "product_id", product_id)
    told = await anext(lines, None)
    shown, emails = await _shown(environment, objects, run_id, product_id)
    return ProductView(
        product=Product.model_validate(found[0]),
        run_id=run_id,
        sentiment=next(map(ProductSentiment.model_validate, await sentiments.get_all(key)), None),
        quotes=told.quotes if told else (),
        shown=shown,
        emails=emails,
    )


async def _shown(
    environment: Environment, objects: S3Objects, run_id: str, product_id: str
) -> tuple[int, int]:
    """Count emails by the lines of the index, which are not parsed."""
    run = await (await environment.ledger()).find(run_id)
    mark = f'{{"product_id":{json.dumps(product_id, ensure_ascii=False)}'.encode()
    shown = emails = 0
    for part in sorted(run.stage(StageName.MAILER).done if run else ())[:MOST_PARTS]:
        async for line in objects.lines(object_keys.email_index(run_id, part)):
            shown, emails = shown + (mark in line), emails + 1
    return shown, emails
