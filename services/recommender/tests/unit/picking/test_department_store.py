"""In a shop that has enough of everything, no customer's list breaks a rule."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import Product, ProductSentiment
from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.picking.picks import pick
from fondly.recommender.domain.picking.reasons import IMPERSONAL
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.taxonomy import Category
from services.recommender.tests.broken_rules import BrokenRules
from services.recommender.tests.fakes import WORDS, product
from services.recommender.tests.shops import buyer, shop_of

DEPARTMENTS = {
    ("Electronics", "Screens"): ("Televisions", "Monitors", "Projectors"),
    ("Electronics", "Accessories"): ("Cables", "Mounts", "Plugs"),
    ("Kitchen", "Appliances"): ("Kettles", "Toasters", "Mixers"),
    ("Kitchen", "Pantry"): ("Tea", "Coffee", "Sugar"),
    ("Garden", "Water"): ("Hoses", "Pumps", "Sprinklers"),
    ("Books", "Fiction"): ("Crime", "Poetry", "Comics"),
}
LEAVES = [(*part, leaf) for part, leaves in DEPARTMENTS.items() for leaf in leaves]
BRANDS = ("Acme", "Bolt", "Clay", "Dash", "Echo", "Fern")
DURABLE = ("Televisions", "Kettles")
DECISIONS = ShopRules(
    durable={leaf[-1]: leaf[-1] in DURABLE for leaf in LEAVES},
    complements={"Televisions": ("Cables", "Mounts", "Plugs"), "Kettles": ("Tea", "Coffee", "Sugar")},
)


def things(leaf: Category) -> list[Product]:
    """Twelve products of a leaf: two of each brand, of which one is poorly rated, at rising prices."""
    return [
        product(
            f"{leaf[-1]} {n}",
            f"{WORDS[n]} {leaf[-1]}{n}",
            leaf,
            brand=BRANDS[n % len(BRANDS)],
            price=Decimal(100 + n),
            rating=Decimal("4.5") if n < len(BRANDS) else Decimal("2.5"),
            rating_count=90 * (n + 1),
        )
        for n in range(12)
    ]


PRODUCTS = [one for leaf in LEAVES for one in things(leaf)]
IDS = [one.product_id for one in PRODUCTS]
DISLIKED = {f"{leaf[-1]} 1" for leaf in LEAVES}
STORE = shop_of(
    PRODUCTS,
    [buyer(f"C{n}", *IDS[n % 7 :: 31]) for n in range(40)],
    sentiments=[ProductSentiment(product_id=one, negative=9, polarity=-0.9) for one in DISLIKED],
    shop=DECISIONS,
)
SHOPPERS = st.builds(
    Shopper,
    st.just(STORE),
    st.lists(
        st.builds(
            Preference,
            product_id=st.sampled_from(IDS),
            value=st.sampled_from((None, -0.9, 0.0, 0.9)),
            review_id=st.just("my-review"),
        ),
        max_size=4,
        unique_by=lambda one: one.product_id,
    ),
    st.lists(st.sampled_from(IDS), max_size=40, unique=True),
    st.sampled_from([f"C{n}" for n in range(100)]),
    st.lists(st.sampled_from(IDS), max_size=10),
)


@given(SHOPPERS)
def test_no_rule_yields_in_a_shop_with_enough_of_everything(shopper: Shopper) -> None:
    """Three to five products that keep every rule, for whatever customer, ranking and last emails."""
    selection = pick(shopper)
    assert 3 <= len(selection.picks) <= 5
    assert not selection.yielded
    assert BrokenRules(shopper, selection).found() == set()


@given(SHOPPERS)
def test_who_has_something_gets_reasons_of_their_own(shopper: Shopper) -> None:
    """One pick at most is there because of many other people alone."""
    if any(not one.is_disliked for one in shopper.owned):
        assert sum(one.reason.kind in IMPERSONAL for one in pick(shopper).picks) <= 1
