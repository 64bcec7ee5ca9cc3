"""Every kind of reason: true as the made-up run has it, and found when it is made false."""

from decimal import Decimal
from typing import Any

import pytest

from fondly.contracts.records import ReasonKind
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.reasons.checking import check_reasons
from fondly.evaluation.reasons.stored_run import StoredRun
from fondly.recommender.domain.study import learned_keys
from lab.evaluation.tests.made_up_run import BY_ID, CUSTOMERS, NOW, PRODUCTS, RUN, checked, picked
from lab.evaluation.tests.shops import a_buyer, a_customer, a_product
from tests.support.stores import InMemoryObjects

TV = {"product_id": "tv", "product_name": "thingtv", "review_id": "ann-0"}
LAMP = {"product_id": "lamp", "product_name": "thinglamp", "review_id": "ann-1"}
TRUE: list[tuple[str, dict[str, Any]]] = [
    ("tv-better", {"kind": "liked", **TV}),
    ("sofa", {"kind": "also_liked", **TV, "customers": 2}),
    ("sofa", {"kind": "bought_together", **TV, "customers": 3}),
    ("sofa", {"kind": "goes_with", **TV, "customers": 3}),
    ("sofa", {"kind": "goes_with", **TV}),
    ("sofa", {"kind": "also_bought", **TV, "customers": 3}),
    ("cable", {"kind": "goes_with", **TV}),
    ("tv-better", {"kind": "better_rated", **TV}),
    ("lantern", {"kind": "new", "category": ("Home", "Lamps")}),
    ("tv-better", {"kind": "popular_in_category", "category": ("Electronics",), "rank": 1, "out_of": 4}),
    ("tv-better", {"kind": "well_rated"}),
    ("tv-better", {"kind": "same_shelf", **TV}),
    ("lantern", {"kind": "same_shelf", **LAMP}),
    ("tv-better", {"kind": "popular", "rank": 1, "out_of": 9}),
    ("tv", {"kind": "popular", "rank": 2, "out_of": 9}),
    ("tent", {"kind": "featured"}),
    ("lamp", {"kind": "assortment"}),
]
FALSE: list[tuple[str, dict[str, Any], str]] = [
    ("sofa", {"kind": "liked", **TV}, "its similarity to tv is 0.00, below 0.3"),
    ("sofa", {"kind": "liked", **LAMP}, "the customer's opinion of lamp is -0.90, below 0.7"),
    ("tv-better", {"kind": "liked", **TV, "product_name": "another"}, "tv has another name in the run's"),
    ("tv-better", {"kind": "liked", **TV, "review_id": "ben-0"}, "the customer has no review ben-0"),
    ("tv-better", {"kind": "liked", **TV, "review_id": "ann-1"}, "review ann-1 is not about tv"),
    ("tv-better", {"kind": "liked", **TV, "review_id": None}, "no review or purchase of tv is named"),
    ("tv-better", {"kind": "liked", **TV, "product_id": "sofa"}, "the customer has no product sofa"),
    ("tv-better", {"kind": "liked"}, "no product of the customer is named"),
    (
        "sofa",
        {"kind": "also_liked", **TV, "customers": 3},
        "3 customers are claimed, 2 link both by different",
    ),
    ("lamp", {"kind": "also_liked", **LAMP, "customers": 2}, "2 customers are claimed, 0 link both"),
    ("sofa", {"kind": "bought_together", **TV, "customers": 4}, "4 customers are claimed, 3 link both"),
    ("sofa", {"kind": "bought_together", **TV, "customers": 2}, "2 customers are claimed, 3 link both"),
    ("sofa", {"kind": "bought_together", **TV}, "the number of customers is missing"),
    ("sofa", {"kind": "goes_with", **TV, "customers": 5}, "5 customers are claimed, 3 link both"),
    ("sofa", {"kind": "also_bought", **TV, "customers": 5}, "5 customers are claimed, 3 link both"),
    ("sofa", {"kind": "also_bought", **TV}, "the number of customers is missing"),
    (
        "tent",
        {"kind": "goes_with", **TV},
        "nobody wrote down that Outdoor > Tents goes with Electronics > TVs",
    ),
    ("tv", {"kind": "better_rated", **TV}, "its rating is 4.0, that of tv is 4.0"),
    ("tv-rare", {"kind": "better_rated", **TV}, "it has 3 ratings, fewer than 50"),
    ("sofa", {"kind": "better_rated", **TV}, "Home > Sofas is not the kind of Electronics > TVs"),
    ("old-tent", {"kind": "new"}, "the shop has sold it for 90.0 days, not for 0 to 30"),
    ("sofa", {"kind": "new"}, "it is not known since when the shop sells it"),
    ("tent", {"kind": "new"}, "no category is not its part of the shop"),
    ("tent", {"kind": "new", "category": ("Home",)}, "Home is not its part of the shop"),
    (
        "tent",
        {"kind": "new", "category": ("Outdoor", "Tents")},
        "the customer has nothing of Outdoor > Tents",
    ),
    ("sofa", {"kind": "same_shelf", **TV}, "Home > Sofas is not near Electronics > TVs"),
    ("cable", {"kind": "same_shelf", **TV}, "Electronics > HDMI Cables is not near Electronics > TVs"),
    (
        "tv",
        {"kind": "popular_in_category", "category": ("Electronics",), "rank": 1, "out_of": 4},
        "number 1 of 4 is claimed, it is 2 of 4",
    ),
    (
        "tv-better",
        {"kind": "popular_in_category", "category": ("Electronics",), "rank": 1, "out_of": 5},
        "number 1 of 5 is claimed, it is 1 of 4",
    ),
    (
        "cable",
        {"kind": "popular_in_category", "category": ("Electronics",), "rank": 3, "out_of": 4},
        "number 3 of 4 is not among the most popular",
    ),
    (
        "tv",
        {"kind": "popular_in_category", "category": ("Home",), "rank": 1, "out_of": 2},
        "it is not in Home",
    ),
    ("tv", {"kind": "well_rated"}, "its rating is 4.0, below 4.2"),
    ("tv-rare", {"kind": "well_rated"}, "it has 3 ratings, fewer than 10"),
    ("tv", {"kind": "popular", "rank": 1, "out_of": 9}, "number 1 of 9 is claimed, it is 2 of 9"),
    ("sofa", {"kind": "featured"}, "the shop did not pin it"),
    (
        "lamp",
        {"kind": "assortment", **TV},
        "assortment claims nothing by product_id, product_name, review_id",
    ),
    ("tv-better", {"kind": "liked", **TV, "customers": 3}, "liked claims nothing by customers"),
]


@pytest.mark.parametrize(("product_id", "reason"), TRUE)
async def test_a_true_reason_is_proved(product_id: str, reason: dict[str, Any]) -> None:
    """By the records of the run alone."""
    report = await checked([picked(product_id, **reason)])
    assert report.first_false == []
    assert report.checked == {ReasonKind(reason["kind"]): 1}


@pytest.mark.parametrize(("product_id", "reason", "why"), FALSE)
async def test_a_false_reason_is_found(product_id: str, reason: dict[str, Any], why: str) -> None:
    """With the customer, the product, and why it is false."""
    report = await checked([picked(product_id, **reason)])
    assert report.false == {ReasonKind(reason["kind"]): 1}
    (found,) = report.first_false
    assert (found.customer_id, found.product_id) == ("ann", product_id)
    assert why in found.why


def test_every_kind_is_tested() -> None:
    """A new kind of reason needs a true one and a false one here."""
    kinds = set(ReasonKind)
    assert {reason["kind"] for _, reason in TRUE} == kinds
    assert {reason["kind"] for _, reason, _ in FALSE} == kinds


async def test_a_product_must_be_as_in_the_catalogue() -> None:
    """Neither unknown nor with another price."""
    dearer = BY_ID["lamp"].model_copy(update={"price": BY_ID["lamp"].price + 1})
    report = await checked([picked(dearer, kind="assortment"), picked(a_product("ghost"), kind="assortment")])
    assert [each.why for each in report.first_false] == [
        "the product's facts differ from those in the run's catalogue",
        "the product is not in the run's catalogue",
    ]


async def test_a_customer_of_another_part_owns_nothing_here() -> None:
    """A list for somebody whose reviews are elsewhere proves nothing about them."""
    report = await checked([picked("tv-better", kind="liked", **TV)], customer_id="dan")
    assert report.false == {ReasonKind.LIKED: 1}


async def test_customers_whom_the_recommender_may_not_count_in_full_leave_a_range() -> None:
    """It counts at most fifty reviews of a customer, so three or four customers are both right."""
    heavy = a_customer("gil", "tv", "sofa", *["lamp"] * 60)
    found = {}
    for claimed in (2, 3, 4, 5):
        reason = {"kind": "bought_together", **TV, "customers": claimed}
        report = await checked([picked("sofa", **reason)], customers=[*CUSTOMERS, heavy])
        found[claimed] = not report.false
    assert found == {2: False, 3: True, 4: True, 5: False}


async def test_what_was_only_bought_is_proved_by_the_purchase() -> None:
    """No review is named, and buyers count among those who link two products, once each."""
    bought = a_buyer("ann", "tv", "tv", "lamp")
    others = [a_buyer(name, "tv", "sofa") for name in ("ben", "cem")]
    reason = {"kind": "bought_together", **TV, "review_id": None}
    pick = picked("sofa", **reason, customers=2)
    assert not (await checked([pick], customers=[bought, *others])).false
    report = await checked(
        [picked("tv-better", **{**TV, "kind": "liked", "review_id": None})], customers=[bought]
    )
    assert [one.why for one in report.first_false] == ["nothing is known of what the customer thinks of tv"]


async def test_better_rated_is_better_by_two_tenths() -> None:
    """A tenth of a star is none."""
    close = BY_ID["tv-better"].model_copy(update={"rating": Decimal("4.1")})
    products = [*(one for one in PRODUCTS if one.product_id != "tv-better"), close]
    report = await checked([picked(close, kind="better_rated", **TV)], products=products)
    assert [one.why for one in report.first_false] == ["its rating is 4.1, that of tv is 4.0"]


async def test_what_goes_with_a_product_fits_it() -> None:
    """Whoever wrote down that cases go with phones did not mean those of another phone."""
    phone = a_product("phone", "Phones", name="Apple iPhone 13 128GB smartphone")
    cases = [a_product(one, "Phone Cases", name=f"Case for Apple iPhone {one}") for one in ("13", "15")]
    reason = {"kind": "goes_with", "product_id": "phone", "product_name": phone.name, "review_id": "ann-0"}
    report = await checked(
        [picked(case, **reason) for case in cases],
        customers=[a_customer("ann", "phone")],
        products=[phone, *cases],
    )
    assert [(one.product_id, one.why) for one in report.first_false] == [("15", "it does not fit phone")]


async def test_few_customers_show_nothing_that_goes_together() -> None:
    """Two may be chance."""
    pick = picked("sofa", kind="goes_with", **TV, customers=2)
    customers = [
        a_customer("ann", "tv", "lamp"),
        *(a_customer(name, "tv", "sofa") for name in ("ben", "cem")),
    ]
    report = await checked([pick], customers=customers)
    assert [one.why for one in report.first_false] == ["2 customers are fewer than 3"]


async def test_variants_are_one_product_in_counts() -> None:
    """A customer with another variant of the sofa counts as well."""
    variant = BY_ID["sofa"].model_copy(update={"product_id": "sofa-red"})
    customers = [*CUSTOMERS, a_customer("hal", "tv", "sofa-red")]
    pick = picked("sofa", kind="bought_together", **TV, customers=4)
    assert not (await checked([pick], customers=customers, products=[*PRODUCTS, variant])).false


async def test_a_run_without_rules_is_named() -> None:
    """It says which object is missing."""
    objects = InMemoryObjects()
    await objects.put_lines(learned_keys.products(RUN), PRODUCTS)
    run = StoredRun(run_id=RUN, objects=objects, parts=(), recommended=(), now=NOW)
    with pytest.raises(EvaluationError, match=r"run-1: runs/run-1/merchandising\.json is missing"):
        await check_reasons(run)


async def test_only_the_first_false_reasons_are_described() -> None:
    """All are counted."""
    report = await checked([picked("sofa", kind="featured")] * 30)
    assert report.false == {ReasonKind.FEATURED: 30}
    assert len(report.first_false) == 20
