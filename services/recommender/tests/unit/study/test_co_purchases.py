import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import Customer, Review
from fondly.recommender.domain.shop.durables import Repeats
from fondly.recommender.domain.shop.taxonomy import Category
from fondly.recommender.domain.study.co_purchases import CoPurchases
from fondly.recommender.domain.study.links import Link, Links, Thing, strength
from services.recommender.tests.fakes import purchase, review

FAMILIES = {"kettle-red": "kettle", "kettle-blue": "kettle"}
LEAVES: dict[str, Category] = {"kettle": ("Kitchen", "Kettles"), "mug": ("Kitchen", "Mugs")}


def counted(*customers: Customer, liked: frozenset[str] = frozenset()) -> CoPurchases:
    """The counts of some customers; a product is its own family unless `FAMILIES` says otherwise."""
    counts = CoPurchases(family=family, category=category)
    counts.add(customers, lambda _: liked)
    return counts


def together(links: Links[Thing], one: Thing, other: Thing) -> int:
    """How many customers link two things."""
    return sum(link.customers for link in links.of(one) if link.to == other)


def family(product_id: str) -> str:
    """The kettles are one family."""
    return FAMILIES.get(product_id, product_id)


def category(product_id: str) -> Category:
    """Every family but kettles and mugs has a leaf of its own."""
    return LEAVES.get(family(product_id), ("Other", family(product_id)))


def owner(customer_id: str, *reviews: Review) -> Customer:
    """A customer with these reviews."""
    return Customer(customer_id=customer_id, reviews=reviews)


def test_two_reviews_link_their_families_and_leaves() -> None:
    """Whichever variant was bought, and in either order."""
    counts = counted(
        owner("C1", review("R1", "kettle-red"), review("R2", "mug")),
        owner("C2", review("R3", "mug"), review("R4", "kettle-blue")),
    )
    assert together(counts.families, "kettle", "mug") == together(counts.families, "mug", "kettle") == 2
    assert together(counts.leaves, ("Kitchen", "Kettles"), ("Kitchen", "Mugs")) == 2


def test_one_review_under_several_products_links_nothing() -> None:
    """It is one purchase, however many products show it, and however often the file repeats it."""
    counts = counted(owner("C1", review("R1", "kettle-red", "mug"), review("R1", "mug")))
    assert together(counts.families, "kettle", "mug") == 0
    assert counts.leaves.total == 0


def test_a_review_about_both_needs_another_about_each() -> None:
    """Each family must have a review that is not about the other one."""
    both, kettle, mug = review("R1", "kettle-red", "mug"), review("R2", "kettle-red"), review("R3", "mug")
    assert together(counted(owner("C", both, kettle)).families, "kettle", "mug") == 0
    assert together(counted(owner("C", both, kettle, mug)).families, "kettle", "mug") == 1


@pytest.mark.parametrize("orders", [("O1", "O1"), ("O1", "O2")])
def test_purchases_link_what_they_are_of(orders: tuple[str, str]) -> None:
    """By one order or by two, reviewed or not; buying does not make a liking."""
    bought = (purchase(orders[0], "kettle-red"), purchase(orders[1], "mug"))
    customer = Customer(
        customer_id="C", reviews=(review("R1", "kettle-red", "kettle-blue"),), purchases=bought
    )
    counts = counted(customer, liked=frozenset({"kettle-red", "mug"}))
    assert together(counts.families, "kettle", "mug") == 1
    assert together(counts.liked, "kettle", "mug") == 0


def test_a_purchase_links_nothing_that_the_review_is_listed_under_besides() -> None:
    """What was bought and is reviewed under another product as well says nothing of that one."""
    customer = Customer(
        customer_id="C", reviews=(review("R1", "mug", "tray"),), purchases=(purchase("O", "mug"),)
    )
    assert together(counted(customer).families, "mug", "tray") == 0


def test_what_is_bought_again_is_a_repeat() -> None:
    """By another order, that is: a second line of an order is not, nor an exchange for another variant."""
    again = Customer(customer_id="C1", purchases=(purchase("O1", "mug"), purchase("O2", "mug")))
    once = Customer(customer_id="C2", purchases=(purchase("O3", "mug"), purchase("O3", "mug")))
    swap = Customer(customer_id="C3", purchases=(purchase("O4", "kettle-red"), purchase("O5", "kettle-blue")))
    repeats = counted(again, once, swap).repeats()
    assert repeats["Kitchen", "Mugs"] == Repeats(owners=2, returning=1, repeated=1, further=1, within=1)
    assert repeats["Kitchen", "Kettles"] == Repeats(owners=1, returning=0, repeated=0, further=0)


def test_variants_are_not_bought_together() -> None:
    """A family has no link to itself."""
    counts = counted(owner("C1", review("R1", "kettle-red"), review("R2", "kettle-blue")))
    assert together(counts.families, "kettle", "kettle") == 0
    assert counts.families.of("kettle") == []


def test_only_liked_products_are_liked_together() -> None:
    """One that the customer dislikes counts as bought all the same."""
    reviews = (review("R1", "kettle-red"), review("R2", "mug"), review("R3", "tray"))
    counts = counted(owner("C1", *reviews), liked=frozenset({"kettle-red", "mug"}))
    assert together(counts.liked, "kettle", "mug") == 1
    assert together(counts.liked, "kettle", "tray") == 0
    assert together(counts.families, "kettle", "tray") == 1


def test_products_without_a_category_link_no_leaves() -> None:
    """They have nothing in common that their categories could say."""
    counts = CoPurchases(family=family, category=lambda _: ())
    counts.add([owner("C1", review("R1", "kettle-red"), review("R2", "mug"))])
    assert together(counts.families, "kettle", "mug") == 1
    assert counts.repeats() == {}


def test_links_come_strongest_first() -> None:
    """Few customers prove little, and a thing that everyone owns goes with nothing in particular."""
    counts = counted(
        *(owner(f"A{n}", review(f"RA{n}", "kettle-red"), review(f"RB{n}", "mug")) for n in range(3)),
        *(owner(f"B{n}", review(f"RC{n}", "kettle-red"), review(f"RD{n}", "cable")) for n in range(3)),
        *(owner(f"C{n}", review(f"RE{n}", "cable")) for n in range(30)),
        owner("D", review("RF", "kettle-red"), review("RG", "tray")),
    )
    assert [link.to for link in counts.families.of("kettle")] == ["mug", "tray", "cable"]
    assert counts.families.of("kettle", at_least=2)[0] == Link("mug", 3, strength(3, 7, 3))


def test_strength_is_a_shrunk_cosine() -> None:
    """Four of four and four customers: a cosine of one, times 4 / (4 + 2)."""
    assert strength(4, 4, 4) == pytest.approx(2 / 3)
    assert strength(2, 4, 4) == pytest.approx(1 / 4)
    assert strength(0, 4, 4) == 0


def test_repeats_count_what_else_the_customers_of_a_leaf_bought() -> None:
    """Another variant is not another purchase; another family of the leaf is."""
    counts = counted(
        owner("C1", review("R1", "kettle-red"), review("R2", "kettle-blue")),
        owner("C2", review("R3", "mug"), review("R4", "kettle-red"), review("R5", "tray")),
    )
    assert counts.repeats()["Kitchen", "Kettles"] == Repeats(owners=2, returning=1, repeated=0, further=2)
    two = CoPurchases(family=lambda product: product, category=category)
    two.add([owner("C1", review("R1", "kettle-red"), review("R2", "kettle-blue"))])
    only = Repeats(owners=1, returning=1, repeated=1, further=1, within=1)
    assert two.repeats() == {("Kitchen", "Kettles"): only}


@given(
    st.lists(
        st.lists(st.frozensets(st.sampled_from("abcdef"), min_size=1, max_size=3), max_size=5), max_size=8
    ),
    st.integers(0, 2**32),
)
def test_counts_do_not_depend_on_order_or_parts(shapes: list[list[frozenset[str]]], seed: int) -> None:
    """They are those of trying every pair of reviews."""
    customers = [
        owner(f"C{n}", *(review(f"R{n}-{m}", *sorted(about)) for m, about in enumerate(reviews)))
        for n, reviews in enumerate(shapes)
    ]
    shuffled = random.Random(seed).sample(customers, len(customers))  # noqa: S311 - test data
    counts = counted()
    counts.add(shuffled[:3])
    assert together(counts.families, "a", "b") == _linking(shuffled[:3])
    counts.add(shuffled[3:])
    assert together(counts.families, "a", "b") == _linking(customers)
    whole = counted(*customers)
    assert all(whole.families.of(one) == counts.families.of(one) for one in "abcdef")
    assert whole.repeats() == counts.repeats()


def test_a_customer_with_very_many_reviews_costs_no_more_than_fifty() -> None:
    """The latest ones count."""
    reviews = (review(f"R{n}", f"P{n}", timestamp=n) for n in range(1_000))
    counts = counted(owner("C", *reviews))
    assert counts.families.total == 50 * 49 // 2
    assert together(counts.families, "P999", "P950") == 1
    assert together(counts.families, "P999", "P949") == 0


def test_beyond_the_bound_the_rarest_pairs_are_dropped() -> None:
    """What is left is never too high."""
    links = Links[str](max_pairs=10)
    for _ in range(3):
        links.add({"a": 1, "b": 2})
    links.add({f"P{n}": 1 << n for n in range(20)})
    assert together(links, "a", "b") == 3
    assert links.of("P1") == []


def _linking(customers: list[Customer]) -> int:
    return sum(
        any(
            "a" in one.product_ids
            and "b" in other.product_ids
            and "b" not in one.product_ids
            and "a" not in other.product_ids
            for one in customer.reviews
            for other in customer.reviews
        )
        for customer in customers
    )
