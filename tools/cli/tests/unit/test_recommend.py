"""How current picks look to a person."""

from decimal import Decimal

import pytest

from fondly.cli.tables.drawing import draw
from fondly.cli.tables.picks import pick_sections, remark
from fondly.contracts.records import Exclusion, Pick, Product, Reason, ReasonKind
from fondly.operations.recommending import Picked
from fondly.recommender.domain.realtime.current_picks import PickedFrom
from tools.cli.tests.screens import compare, in_pipe, on_terminal

LAMP = Product(
    product_id="B08HDJ86NZ",
    name="Norra Desk Lamp with Dimmer, Brass Base and a Cable of Two Metres, Warm White, Class A",
    category=("Home", "Lamps"),
    price=Decimal(1299),
    list_price=Decimal(1999),
    currency="INR",
    rating_count=12_345,
)
KETTLE = LAMP.model_copy(
    update={"product_id": "K1", "name": "Kettle \x1b[2J[bold]", "list_price": None, "price": Decimal("9.5")}
)
FOUND = Picked(
    customer_id="C7",
    known=True,
    picked_from=PickedFrom.BATCH,
    run_id="run-0123456789abcdef",
    picks=(
        Pick(
            product=LAMP,
            reason=Reason(
                kind=ReasonKind.BOUGHT_TOGETHER,
                product_id="P1",
                product_name="Halden Stainless Steel Kettle",
                customers=1_234,
            ),
        ),
        Pick(product=KETTLE, reason=Reason(kind=ReasonKind.FEATURED)),
    ),
)


def test_picks_fit_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Eighty columns hold everything; names cannot steer the terminal."""
    compare(__file__, "recommend-80", on_terminal(lambda console: draw(pick_sections(FOUND), console)))
    compare(__file__, "recommend-pipe", in_pipe(lambda console: draw(pick_sections(FOUND), console), capsys))


def test_the_remark_says_what_picks_come_from() -> None:
    """And why they are not what was asked for, or not personal."""
    assert remark(FOUND) == "the shop of run-0123456789abcdef; from the ranking of the last run"
    assert remark(FOUND.model_copy(update={"returned": ("K2", "K9")})).endswith(
        "; returned, so not offered again: K2, K9"
    )
    slow = FOUND.model_copy(update={"fallback": "no answer within 200 ms"})
    assert remark(slow).endswith("; no answer within 200 ms")
    excluded = FOUND.model_copy(
        update={"exclusion": Exclusion.NO_CONSENT, "picked_from": PickedFrom.POPULARITY}
    )
    assert remark(excluded) == (
        "the customer is excluded (no_consent): nothing personal is picked; "
        "the shop of run-0123456789abcdef; popular products: there is no ranking"
    )
