"""What is known of a product: its catalogue entry, what is said of it, how often emails show it."""

import json

from pydantic import BaseModel

from fondly.contracts import object_keys
from fondly.contracts.records import Product, ProductQuotes, ProductSentiment, Quote
from fondly.operations.emails.catalogue import lines_with
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.runs.run import StageName

MOST_PARTS = 10
"""Of a run: emails are counted in so many."""


class ProductView(BaseModel):
    """A product; its run is the last that had it in its files, `emails` how many of that were looked at."""

    product: Product
    run_id: str
    sentiment: ProductSentiment | None
    quotes: tuple[Quote, ...] = ()
    shown: int = 0
    emails: int = 0


async def product_view(environment: Environment, product_id: str) -> ProductView:
    """Return what is known of a product; raise `OperationError` if the shop has none with this id."""
    item, sentiment = [
        await (await environment.items(table)).get_all([{"product_id": product_id}])
        for table in ("products", "product-sentiments")
    ]
    if not item:
        raise OperationError("the shop has no product with this id")
    view = ProductView(product=Product.model_validate(item[0]), run_id=item[0]["run_id"], sentiment=None)
    view.sentiment = next(map(ProductSentiment.model_validate, sentiment), None)
    objects, run = await environment.objects(), await (await environment.ledger()).find(view.run_id)
    async for told in lines_with(
        objects, object_keys.quotes(view.run_id), ProductQuotes, "product_id", product_id
    ):
        view.quotes = told.quotes
    mark = f'{{"product_id":{json.dumps(product_id, ensure_ascii=False)}'.encode()
    for part in sorted(run.stage(StageName.MAILER).done if run else ())[:MOST_PARTS]:
        async for line in objects.lines(object_keys.email_index(view.run_id, part)):
            view.shown, view.emails = view.shown + (mark in line), view.emails + 1
    return view
