"""`fondly run results` against an emulator."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import boto3

from fondly.contracts import object_keys
from fondly.contracts.delivery import Dispatch, NotSent, Outcome
from fondly.contracts.records import CustomerEvent, EventKind, Product
from fondly.recommender.domain.history.customer_events import EVENTS, attribute_of, value_of
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.known import KnownPurchase
from fondly.runtime.storage import to_item
from fondly.stack.provision import Resources
from tests.support.runs import RUN

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly

AT = datetime.now(UTC) - timedelta(days=20)
SENT = int(AT.timestamp())
DAY = 86_400


def put(resources: Resources, table: str, item: Mapping[str, object]) -> None:
    """Store an item."""
    boto3.client("dynamodb").put_item(TableName=resources.tables[table], Item=to_item(item))


def dispatch(resources: Resources, customer_id: str, variant: str, **more: object) -> None:
    """Store what became of an email."""
    values = {
        "run_id": RUN,
        "customer_id": customer_id,
        "variant": variant,
        "outcome": Outcome.SENT,
        "at": AT,
    }
    sent = Dispatch.model_validate(values | more)
    put(resources, "dispatches", sent.model_dump(mode="json", exclude_none=True))


def test_orders_of_files_and_events_count_for_the_variant_that_was_sent(
    fondly: "Fondly",
    advance: Callable[..., None],
    resources: Resources,
    put_lines: Callable[..., None],
) -> None:
    """By the value that is told, or the catalogue's price; more customers than one call reads."""
    advance()
    product = Product(product_id="P1", name="Lamp", price=Decimal("12.50"), currency="EUR")
    put_lines(object_keys.products(RUN), product)
    for number in range(105):
        dispatch(
            resources,
            f"C{number}",
            "named" if number % 2 else "plain",
            clicked_at=AT if number == 1 else None,
        )
    dispatch(resources, "H", "plain", outcome=Outcome.SUPPRESSED, reason=NotSent.HOLDOUT)
    ordered = KnownPurchase(order_id="o1", product_id="P1", timestamp=SENT + DAY, quantity=2)
    put(resources, "histories", History(customer_id="C1", run_id=RUN, purchases=(ordered,)).item())
    event = CustomerEvent(
        event_id="e1",
        customer_id="C104",
        product_id="P9",
        kind=EventKind.PURCHASED,
        timestamp=SENT + 2 * DAY,
        value=Decimal(80),
    )
    item = {"customer_id": "C104", "run_id": EVENTS, attribute_of(event): value_of(event)}
    put(resources, "recommendations", item)

    made = fondly("run", "results", "latest", "--json").json
    groups = {each["name"]: each for each in made["groups"]}
    assert {name: each["customers"] for name, each in groups.items()} == {
        "named": 52,
        "plain": 53,
        "all emails": 105,
        "holdout": 1,
    }
    assert {name: Decimal(each["revenue"]) for name, each in groups.items()} == {
        "named": 25,
        "plain": 80,
        "all emails": 105,
        "holdout": 0,
    }
    assert (groups["named"]["clicked"], groups["plain"]["clicked"]) == (1, 0)
    assert {each["verdict"] for each in made["comparisons"]} == {"too_few"}
    assert (made["currency"], made["complete"]) == ("EUR", True)
    assert any("1 of 2 purchases have the price of the run's catalogue" in note for note in made["notes"])

    narrow = fondly("run", "results", RUN, "--days", "1", "--json").json
    assert all(each["bought"] == 0 for each in narrow["groups"])
    told = fondly("run", "results", RUN)
    assert "named against plain" in told.out
    assert "too few" in told.out


def test_a_run_that_was_not_delivered_has_no_results(fondly: "Fondly", advance: Callable[..., None]) -> None:
    """One line says so; so it does for a variant that there is not."""
    advance()
    answer = fondly("run", "results", RUN)
    assert answer.code != 0
    assert "nothing to compare" in answer.err
