"""Every kind of reason: true as the made-up run has it, and found when it is made false."""

from collections.abc import Sequence
from typing import Any

import pytest

from encore.contracts import object_keys
from encore.contracts.records import (
    Customer,
    Pick,
    Product,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendationSource,
    ScoredReview,
    Sentiment,
    SentimentScores,
)
from encore.evaluation.errors import EvaluationError
from encore.evaluation.reasons.checking import ReasonReport, check_reasons
from encore.evaluation.reasons.stored_run import StoredRun
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.domain.shop_rules import ShopRules
from tests.support.stores import InMemoryObjects
from tools.evaluation.tests.shops import a_customer, a_product

RUN = "run-1"
DAY_S = 86_400
NOW = 1_800_000_000
PRODUCTS = [
    a_product("tv", "Electronics", "TVs", rating=4.0, rating_count=100),
    a_product("tv-better", "Electronics", "TVs", rating=4.5, rating_count=200),
    a_product("tv-rare", "Electronics", "TVs", rating=5.0, rating_count=3),
    a_product("cable", "Electronics", "HDMI Cables", rating=4.1, rating_count=90),
    a_product("sofa", "Home", "Sofas", rating=3.0, rating_count=10),
    a_product("tent", "Outdoor", "Tents", available_from=NOW - 10 * DAY_S),
    a_product("old-tent", "Outdoor", "Tents", available_from=NOW - 90 * DAY_S),
    a_product("lamp", "Home", "Lamps"),
]
BY_ID = {product.product_id: product for product in PRODUCTS}
CUSTOMERS = [
    a_customer("ann", "tv", "lamp"),
    a_customer("ben", "tv", "sofa"),
    a_customer("cem", "tv", "sofa"),
    a_customer("dan", "sofa", "tv"),
    a_customer("eva", ("tv", "sofa")),  # one review under both links nothing
]
DISLIKED = {"ann-1", "dan-0"}  # Ann's lamp, and Dan's sofa
SHOP_RULES = ShopRules(pinned=("tent",), complements={"TVs": ("Sofas",)})

TV = {"product_id": "tv", "product_name": "thingtv", "review_id": "ann-0"}
LAMP = {"product_id": "lamp", "product_name": "thinglamp", "review_id": "ann-1"}
TRUE: list[tuple[str, dict[str, Any]]] = [
    ("tv-better", {"kind": "liked", **TV}),
    ("sofa", {"kind": "also_liked", **TV, "customers": 2}),
    ("sofa", {"kind": "bought_together", **TV, "customers": 3}),
    ("sofa", {"kind": "goes_with", **TV, "customers": 3}),
    ("sofa", {"kind": "goes_with", **TV}),
    ("cable", {"kind": "goes_with", **TV}),
    ("tv-better", {"kind": "better_rated", **TV}),
    ("tent", {"kind": "new"}),
    ("tv-better", {"kind": "popular_in_category", "category": ("Electronics",), "rank": 1, "out_of": 4}),
    ("tv-better", {"kind": "well_rated"}),
    ("tent", {"kind": "discovery", "category": ("Outdoor",)}),
    ("tv-better", {"kind": "popular", "rank": 1, "out_of": 8}),
    ("tv", {"kind": "popular", "rank": 2, "out_of": 8}),
    ("tent", {"kind": "featured"}),
    ("lamp", {"kind": "assortment"}),
]
FALSE: list[tuple[str, dict[str, Any], str]] = [
    ("sofa", {"kind": "liked", **TV}, "its similarity to tv is 0.00, below 0.3"),
    ("sofa", {"kind": "liked", **LAMP}, "the customer's opinion of lamp is -0.90, below 0.2"),
    ("tv-better", {"kind": "liked", **TV, "product_name": "another"}, "tv has another name in the run's"),
    ("tv-better", {"kind": "liked", **TV, "review_id": "ben-0"}, "the customer has no review ben-0"),
    ("tv-better", {"kind": "liked", **TV, "review_id": "ann-1"}, "review ann-1 is not about tv"),
    ("tv-better", {"kind": "liked", **TV, "review_id": None}, "no review of the customer is named"),
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
    (
        "tent",
        {"kind": "goes_with", **TV},
        "nobody wrote down that Outdoor > Tents goes with Electronics > TVs",
    ),
    ("tv", {"kind": "better_rated", **TV}, "its rating is 4.0, that of tv is 4.0"),
    ("tv-rare", {"kind": "better_rated", **TV}, "it has 3 ratings, fewer than 10"),
    ("sofa", {"kind": "better_rated", **TV}, "Home > Sofas is not the kind of Electronics > TVs"),
    ("old-tent", {"kind": "new"}, "the shop has sold it for 90.0 days, not for 0 to 30"),
    ("sofa", {"kind": "new"}, "it is not known since when the shop sells it"),
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
    ("sofa", {"kind": "discovery", "category": ("Home",)}, "the customer has lamp in Home"),
    ("tent", {"kind": "discovery", "category": ("Garden",)}, "it is not in Garden"),
    ("tent", {"kind": "discovery"}, "it is not in no category"),
    ("tv", {"kind": "popular", "rank": 1, "out_of": 8}, "number 1 of 8 is claimed, it is 2 of 8"),
    ("sofa", {"kind": "featured"}, "the shop did not pin it"),
    (
        "lamp",
        {"kind": "assortment", **TV},
        "assortment claims nothing by product_id, product_name, review_id",
    ),
    ("tv-better", {"kind": "liked", **TV, "customers": 3}, "liked claims nothing by customers"),
]


def scored(customer: Customer) -> list[ScoredReview]:
    """Return clear opinions: everything is liked, but what is in `DISLIKED`."""
    found = []
    for review in customer.reviews:
        good = 0.05 if review.review_id in DISLIKED else 0.95
        scores = SentimentScores(positive=good, negative=round(1 - good, 2), neutral=0, mixed=0)
        found.append(
            ScoredReview(
                review_id=review.review_id,
                customer_id=customer.customer_id,
                product_ids=review.product_ids,
                sentiment=Sentiment.POSITIVE,
                scores=scores,
            )
        )
    return found


def picked(product: Product | str, **reason: object) -> Pick:
    """Return a pick with a reason."""
    known = BY_ID[product] if isinstance(product, str) else product
    return Pick(product=known, reason=Reason.model_validate(reason))


async def checked(
    picks: Sequence[Pick], customer_id: str = "ann", customers: Sequence[Customer] = CUSTOMERS
) -> ReasonReport:
    """Store a run of two parts in which a customer of the first has these picks, and check it."""
    objects = InMemoryObjects()
    await objects.put_lines(object_keys.products(RUN), PRODUCTS)
    rules = RunRules(rules=Rules(), shop=SHOP_RULES).model_dump_json().encode()
    await objects.put(object_keys.run_rules(RUN), rules, content_type="application/json")
    for part, own in ((1, customers[:2]), (2, customers[2:])):
        await objects.put_lines(object_keys.customers(RUN, part), own)
        scores = [each for customer in own for each in scored(customer)]
        await objects.put_lines(object_keys.sentiment(RUN, part), scores)
    recommendation = Recommendation(
        customer_id=customer_id, source=RecommendationSource.PERSONALIZE, picks=tuple(picks)
    )
    await objects.put_lines(object_keys.recommendations(RUN, 1), [recommendation])
    run = StoredRun(run_id=RUN, objects=objects, parts=(1, 2), recommended=(1,), now=NOW)
    return await check_reasons(run)


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


async def test_variants_are_one_product_in_counts() -> None:
    """A customer with another variant of the sofa counts as well."""
    variant = BY_ID["sofa"].model_copy(update={"product_id": "sofa-red"})
    PRODUCTS.append(variant)
    try:
        customers = [*CUSTOMERS, a_customer("hal", "tv", "sofa-red")]
        reason = {"kind": "bought_together", **TV, "customers": 4}
        report = await checked([picked("sofa", **reason)], customers=customers)
    finally:
        PRODUCTS.remove(variant)
    assert report.false == {}


async def test_a_run_without_rules_is_named() -> None:
    """It says which object is missing."""
    objects = InMemoryObjects()
    await objects.put_lines(object_keys.products(RUN), PRODUCTS)
    run = StoredRun(run_id=RUN, objects=objects, parts=(), recommended=(), now=NOW)
    with pytest.raises(EvaluationError, match=r"run-1: runs/run-1/merchandising\.json is missing"):
        await check_reasons(run)


async def test_only_the_first_false_reasons_are_described() -> None:
    """All are counted."""
    report = await checked([picked("sofa", kind="featured")] * 30)
    assert report.false == {ReasonKind.FEATURED: 30}
    assert len(report.first_false) == 20
