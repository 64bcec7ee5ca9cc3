"""Related items put products of a category in order, where co-purchases are too few; they prove nothing."""

from statistics import mean

import pytest

from encore.contracts.records import Customer, ReasonKind
from encore.recommender.domain.candidates import Candidates
from encore.recommender.domain.picks import pick
from encore.recommender.domain.related import (
    MAX_ALIKE,
    MAX_ELSEWHERE,
    NOTHING_RELATED,
    Related,
    RelatedTo,
    most_owned,
)
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shopper import Shopper
from services.recommender.tests.baskets import ALL, DURABLE_KETTLES, HOSES, KETTLES, TEA
from services.recommender.tests.shops import buyer, ids, likes, owns, shop_of

CUSTOMERS = [f"C{n}" for n in range(40)]


def shop_with(*customers: Customer, **related: tuple[str, ...]) -> Shop:
    """A shop where tea and nuts go with kettles, and what is related to which product."""
    return shop_of(ALL, customers, shop=DURABLE_KETTLES, related=related)


def place(shop: Shop, product_id: str) -> float:
    """The mean place of a tea for owners of a kettle, each of whom has an order of their own."""
    orders = [Candidates(Shopper(shop, owns("kettles0"), (), one)).products(TEA) for one in CUSTOMERS]
    return mean(list(one).index(product_id) for one in orders)


def test_what_is_related_comes_forward_in_a_category_that_goes_with_the_product() -> None:
    """The nearer the further; what is not related goes back."""
    without, related = shop_with(), shop_with(kettles0=("tea5", "tea4", "tea3"))
    assert place(related, "tea5") < place(without, "tea5") - 0.25
    assert place(related, "tea4") < place(without, "tea4")
    assert place(related, "tea0") > place(without, "tea0")


def test_related_items_bring_no_category_in() -> None:
    """Hoses do not go with kettles, whatever Personalize says."""
    without, related = shop_with(), shop_with(kettles0=("hoses5", "hoses4"))
    for one in CUSTOMERS:
        plain, other = (Candidates(Shopper(shop, owns("kettles0"), (), one)) for shop in (without, related))
        assert plain.weights == other.weights
        assert plain.products(HOSES) == other.products(HOSES)


def test_what_customers_bought_together_is_known_better() -> None:
    """In a category of which enough people bought with the product, related items change nothing."""
    together = [buyer(f"B{n}", "kettles0", "tea0") for n in range(6)]
    related, without = shop_with(*together, kettles0=("tea5", "tea4")), shop_with(*together)
    for one in ("tea0", "tea4", "tea5"):
        assert place(related, one) == place(without, one)


def test_few_co_purchases_are_put_in_order_by_what_is_related() -> None:
    """Two customers each say little; four link the third, which related items do not put behind."""
    few = [buyer(f"A{n}{tea}", "kettles0", tea) for tea in ("tea0", "tea1") for n in range(2)]
    forwards = shop_with(*few, kettles0=("tea0", "tea1"))
    backwards = shop_with(*few, kettles0=("tea1", "tea0"))
    assert place(forwards, "tea0") < place(backwards, "tea0")
    assert place(forwards, "tea1") > place(backwards, "tea1")
    many = [*few, *(buyer(f"M{n}", "kettles0", "tea2") for n in range(4))]
    first, last = (shop_with(*many, kettles0=one) for one in (("tea2", "tea0"), ("tea0", "tea2")))
    assert place(first, "tea2") == place(last, "tea2")


def test_related_items_are_no_reason() -> None:
    """Every reason is one that the run's data proves: the same kinds as without them."""
    shop = shop_with(kettles0=("tea5", "tea4"))
    picks = pick(Shopper(shop, likes("kettles0"), (), "C1")).picks
    tea = next(one for one in picks if one.product.product_id.startswith("tea"))
    assert tea.reason.kind is ReasonKind.GOES_WITH
    assert tea.reason.customers is None
    assert tea.reason.product_id == "kettles0"


def test_what_the_customer_has_is_left_out() -> None:
    """Its family too: an answer may hold what was bought already."""
    shop = shop_with(kettles0=("tea5", "tea4"))
    selection = pick(Shopper(shop, owns("kettles0", "tea5"), (), "C1"))
    assert "tea5" not in ids(selection)


def test_products_near_to_several_of_the_customers_come_first() -> None:
    """Places add up, each weighed by how much its product says of the customer."""
    related = Related({"a": ("x", "y"), "b": ("y", "z")})
    near = related.nearness([("a", 1.0), ("b", 1.0), ("unknown", 1.0)])
    assert max(near, key=near.__getitem__) == "y"
    assert near["x"] > near["z"]
    quiet = related.nearness([("a", 0.1), ("b", 1.0)])
    assert quiet["z"] > quiet["x"]


def test_of_an_answer_is_kept_what_orders_other_categories() -> None:
    """Few of the product's own category, nothing unknown, not the product itself."""
    leaves = {f"own{n}": KETTLES for n in range(200)} | {f"tea{n}": TEA for n in range(200)}
    found = ["own0", "gone", *(one for n in range(200) for one in (f"own{n}", f"tea{n}"))]
    kept = RelatedTo.of("own0", found, lambda one: leaves.get(one, ())).related
    assert [one for one in kept if one.startswith("own")] == [f"own{n}" for n in range(1, MAX_ALIKE + 1)]
    assert [one for one in kept if one.startswith("tea")] == [f"tea{n}" for n in range(MAX_ELSEWHERE)]
    assert "gone" not in kept


def test_a_family_has_one_list() -> None:
    """Whichever of its variants was asked about."""
    lists = [
        RelatedTo(product_id="red", related=("x", "y")),
        RelatedTo(product_id="blue", related=("z",)),
        RelatedTo(product_id="other", related=("x",)),
    ]
    related = Related.of(lists, lambda one: "coloured" if one in {"red", "blue"} else one)
    assert related.by_family == {"coloured": ("x", "y"), "other": ("x",)}
    assert related
    assert not NOTHING_RELATED


def test_the_families_of_most_customers_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue may have more than a task keeps in memory."""
    monkeypatch.setattr("encore.recommender.domain.related.MAX_ASKED", 2)
    assert most_owned({"a": 1, "b": 3, "c": 1, "d": 2}) == ["b", "d"]
