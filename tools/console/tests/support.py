"""A customer who has had an email, as a run has stored them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fondly.contracts import object_keys
from fondly.contracts.customer_keys import customer_keys
from fondly.contracts.email_index import EmailIndexRow, IndexedProduct, customer_digest
from fondly.contracts.records import (
    CopySource,
    Customer,
    EmailRecord,
    Pick,
    Product,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
    Review,
)
from fondly.operations.environment import Environment
from fondly.runtime.storage import to_item
from tests.support.runs import RUN

WHO, NAME, ADDRESS = "CUST-7731", "Zebulon Quimby", "zebulon@quimby.example"
KEY = customer_digest(WHO)
TEXT = "It hums, and I love it"
AT = datetime(2026, 11, 27, 8, tzinfo=UTC)
LAMP = Product(
    product_id="P1", name="Desk Lamp", category=("Home", "Lamps"), price=Decimal(20), currency="EUR"
)


async def put_customer(environment: Environment) -> None:
    """Store a customer, their review, and an email that was sent to them."""
    ledger, objects = await environment.ledger(), await environment.objects()
    await ledger.open_run(RUN, source="s3://b/uploads/a.csv")
    reason = Reason(kind=ReasonKind.LIKED, product_id="P9", product_name="Kettle", review_id="R1")
    told = Recommendation(
        customer_id=WHO,
        name=NAME,
        email=ADDRESS,
        source=RecommendationSource.PERSONALIZE,
        picks=(Pick(product=LAMP, reason=reason),),
    )
    record = EmailRecord(
        run_id=RUN,
        customer_id=WHO,
        part=1,
        key=object_keys.email(RUN, WHO),
        subject="A lamp beside your kettle",
        preheader="",
        copy_source=CopySource.AI,
        product_ids=("P1",),
        created_at=AT,
    )
    row = EmailIndexRow(
        customer_id=WHO,
        key=KEY,
        part=1,
        subject=record.subject,
        products=(IndexedProduct(product_id="P1", name="Desk Lamp"),),
        reasons=(ReasonKind.LIKED,),
        copy_source=CopySource.AI,
        source=RecommendationSource.PERSONALIZE,
    )
    review = Review(review_id="R1", product_ids=("P9",), text=TEXT)
    customer = Customer(customer_id=WHO, name=NAME, email=ADDRESS, reviews=(review,))
    await objects.put_lines(object_keys.customers(RUN, 1), [customer])
    await objects.put_lines(object_keys.recommendations(RUN, 1), [told])
    await objects.put_lines(object_keys.email_index(RUN, 1), [row])
    message = f"To: {ADDRESS}\nSubject: A lamp\nContent-Type: text/plain\n\nHello {NAME}\n".encode()
    await objects.put(record.key, message, content_type="message/rfc822")
    await _items(environment, record)


async def _items(environment: Environment, record: EmailRecord) -> None:
    history = {"customer_id": WHO, "reviews": [{"review_id": "R1", "product_ids": ["P9"]}]}
    items: list[tuple[str, dict[str, Any]]] = [
        ("customers", {"customer_id": WHO, "name": NAME, "email": ADDRESS}),
        *(("customer-keys", {**each}) for each in customer_keys(WHO, ADDRESS)),
        ("histories", {"customer_id": WHO, "run_id": RUN, "history": json.dumps(history)}),
        (
            "recommendations",
            {"customer_id": WHO, "run_id": RUN, "product_ids": ["P1"], "reasons": ["liked"]},
        ),
        ("recommendations", {"customer_id": WHO, "run_id": "ranking", "product_ids": "P1 P9"}),
        ("emails", record.model_dump(mode="json")),
        (
            "dispatches",
            {"run_id": RUN, "customer_id": WHO, "outcome": "sent", "at": AT.isoformat()},
        ),
        ("products", {**LAMP.model_dump(), "run_id": RUN}),
    ]
    for table, item in items:
        await environment.dynamodb.put_item(TableName=environment.table_name(table), Item=to_item(item))
