"""What every list keeps to, whatever the shop, the customer and the ranking are."""

from dataclasses import replace
from decimal import Decimal
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st

from fondly.recommender.domain.picking.basket import YIELDING
from fondly.recommender.domain.picking.reasons import IMPERSONAL
from fondly.recommender.domain.picking.rules import DEFAULT_PICKS
from fondly.recommender.domain.shop.merchandising import ShopRules
from services.recommender.tests.broken_rules import BrokenRules
from services.recommender.tests.cases import CASES, LEAVES, Case, products_of
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import ids, shop_of

SMART, STANDARD = LEAVES[:2]
TELEVISIONS = products_of(
    [{"category": leaf, "price": Decimal(10)} for leaf in (SMART, SMART, STANDARD, STANDARD)]
)
"""The last two are variants, by their names; the buyers of the last dislike it."""


@given(CASES)
def test_a_list_has_only_what_the_shop_may_sell_the_customer_and_each_once(case: Case) -> None:
    """Never one that they have, that is sold out, to come, or excluded; never more than asked for."""
    picked = ids(case.selection())
    assert len(picked) == len(set(picked)) <= case.picks
    assert case.allowed().issuperset(picked)


@given(CASES)
def test_a_rule_is_broken_only_where_that_is_counted(case: Case) -> None:
    """What is true of the finished list, worked out from the records alone; most rules never are."""
    selection = case.selection()
    assert BrokenRules(case.shopper, selection).found() <= set(selection.yielded) <= set(YIELDING)
    assert all(1 <= count <= len(selection.picks) for count in selection.yielded.values())


@given(CASES)
@example(Case(TELEVISIONS, [], ShopRules(), [], [], [], "Ann", DEFAULT_PICKS))
def test_a_list_is_short_only_where_nothing_else_may_be_sold(case: Case) -> None:
    """Below the least number of picks each other product is kept out by a rule that never yields.

    Of a family one variant is looked at, so variants are left out.
    """
    products = [one.model_copy(update={"parent_id": None, "variant": None}) for one in case.products]
    case = replace(case, products=products)
    selection = case.selection()
    if len(selection.picks) < case.shop.min_picks:
        rules = BrokenRules(case.shopper, selection)
        others = [one for one in case.products if one.product_id in case.allowed() - set(ids(selection))]
        assert [one.product_id for one in others if not rules.is_kept_out(one)] == []


@given(CASES)
def test_beyond_the_least_number_every_pick_is_the_customers_own(case: Case) -> None:
    """And none is there that breaks a rule, but for what the shop pinned."""
    case = replace(case, decisions=replace(case.decisions, pinned=()))
    selection = case.selection()
    if len(selection.picks) > case.shop.min_picks:
        assert not [one for one in selection.picks if one.reason.kind in IMPERSONAL]
        assert not selection.yielded


@given(CASES, st.randoms(use_true_random=False))
def test_the_order_of_products_and_customers_changes_nothing(case: Case, chance: Random) -> None:
    """Nor does picking a second time."""
    products = chance.sample(case.products, len(case.products))
    customers = chance.sample(case.customers, len(case.customers))
    shuffled = replace(case, products=products, customers=customers)
    selection = case.selection()
    assert selection == case.selection()
    assert selection == shuffled.selection()


def test_which_edition_of_the_next_volume_leads_does_not_depend_on_the_order_of_products() -> None:
    """Several publishers may sell it."""
    fantasy = ("Books", "Fiction", "Fantasy")
    editions = [
        product(one, f"{name} (The Vale, Book 2)", fantasy, brand=brand)
        for one, name, brand in (("A", "Amber dusk", "Acme"), ("B", "Lunar morning", "Bolt"))
    ]
    assert shop_of(editions).sequels == shop_of(editions[::-1]).sequels
