"""When each reason is given, what proves it, and when it is not given."""

from decimal import Decimal

import pytest

from fondly.contracts.records import LIKED_FROM, Customer, Reason, ReasonKind
from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.shop.merchandising import ShopRules
from services.recommender.tests.fakes import product, review, scores
from services.recommender.tests.shops import (
    buyer,
    delighted,
    dislikes,
    likes,
    own_review,
    owns,
    reason_for,
    shelf,
    shop_of,
)

OWN, OTHER = ("Kitchen", "Small", "Own"), ("Garden", "Water", "Other")
PRODUCTS = [product("own", "first thing", OWN), product("pick", "second article", OTHER)]


def about_own(kind: ReasonKind, customers: int | None = None) -> Reason:
    """A reason that names the customer's own product and their review of it."""
    return Reason(
        kind=kind, product_id="own", product_name="first thing", review_id="my-own", customers=customers
    )


BOTH = [buyer("C1", "own", "pick"), buyer("C2", "pick", "own")]


def test_two_customers_who_like_both_prove_a_shared_taste() -> None:
    """The reason names the customer's product, their review of it, and how many customers."""
    shop = shop_of(PRODUCTS, BOTH, scores=delighted(*BOTH))
    assert reason_for(shop, likes("own")) == about_own(ReasonKind.ALSO_LIKED, 2)


def test_two_customers_who_have_both_prove_that_they_are_bought_together() -> None:
    """Whatever they think of them; what disappointed the customer is no reason for anything else."""
    for preferences in (likes("own"), owns("own")):
        assert reason_for(shop_of(PRODUCTS, BOTH), preferences) == about_own(ReasonKind.BOUGHT_TOGETHER, 2)
    assert reason_for(shop_of(PRODUCTS, BOTH), dislikes("own")).product_id is None


@pytest.mark.parametrize("value", [None, 0.69, -0.19])
def test_nobody_shares_a_taste_that_the_customer_does_not_have(value: float | None) -> None:
    """Below 0.7, or unknown, the product is one that they have, not one that they like."""
    shop = shop_of(PRODUCTS, BOTH, scores=delighted(*BOTH))
    preference = Preference(product_id="own", value=value, review_id="my-own")
    assert reason_for(shop, [preference]).kind is ReasonKind.BOUGHT_TOGETHER


def test_customers_who_dislike_one_of_both_prove_no_taste() -> None:
    """They bought both all the same."""
    known = {**delighted(*BOTH), ("C2", "C2-pick"): scores(-0.9)}
    shop = shop_of(PRODUCTS, BOTH, scores=known)
    assert reason_for(shop, likes("own")) == about_own(ReasonKind.BOUGHT_TOGETHER, 2)


@pytest.mark.parametrize(
    "customers",
    [
        [],
        BOTH[:1],
        [Customer(customer_id=f"C{n}", reviews=(review(f"R{n}", "own", "pick"),)) for n in range(9)],
        [BOTH[0], Customer(customer_id="C2", reviews=(review("R", "own", "pick"), own_review("C2", "own")))],
    ],
)
def test_one_customer_or_one_review_under_both_links_nothing(customers: list[Customer]) -> None:
    """It takes two customers, each with a review of one product that is not about the other."""
    shop = shop_of(
        [*PRODUCTS, product("pair", "pair", OTHER)],
        customers,
        scores=delighted(*customers),
        rules=Rules(min_similarity=1),
        shop=ShopRules(durable={"Own": False, "Other": False}),
    )
    assert reason_for(shop, likes("own")).kind not in {ReasonKind.ALSO_LIKED, ReasonKind.BOUGHT_TOGETHER}


def test_what_chance_would_link_as_often_is_not_told_to_be_bought_together() -> None:
    """Two of many buyers of one best seller have the other, as of anything else."""
    shelves = [*shelf(("Food", "Dry", "Alpha"), 20), *shelf(("Food", "Wet", "Beta"), 20)]
    apart = [
        buyer(f"{own}{n}", own, f"{leaf}{n}")
        for own, leaf in (("own", "alpha"), ("pick", "beta"))
        for n in range(20)
    ]
    shop = shop_of([*PRODUCTS, *shelves], [*BOTH, *apart], scores=delighted(*BOTH, *apart))
    linked = {ReasonKind.ALSO_LIKED, ReasonKind.BOUGHT_TOGETHER}
    assert reason_for(shop, likes("own")).kind not in linked
    alone = shop_of([*PRODUCTS, *shelves], [*BOTH, *apart[:5]], scores=delighted(*BOTH))
    assert reason_for(alone, likes("own")).kind in linked


def test_how_many_customers_it_takes_is_a_setting() -> None:
    """Three where the shop wants three."""
    assert (
        reason_for(shop_of(PRODUCTS, BOTH, rules=Rules(min_linking_customers=3)), owns("own")).customers
        is None
    )


def test_the_product_that_most_customers_link_is_named() -> None:
    """And of equal ones the first in the customer's history."""
    products = [*PRODUCTS, product("more", "third item", OWN), product("same", "fourth piece", OWN)]
    customers = [*BOTH, *(buyer(f"D{n}", one, "pick") for n in range(12) for one in ("more", "same"))]
    renamed = [one.model_copy(update={"customer_id": f"E{n}"}) for n, one in enumerate(customers)]
    reason = reason_for(shop_of(products, renamed), owns("own", "same", "more"))
    assert (reason.product_id, reason.customers) == ("same", 12)


@pytest.mark.parametrize(
    ("theirs", "ours", "count", "is_better"),
    [
        ("4.0", "4.2", 50, True),
        ("4.0", "4.1", 50, False),
        ("4.0", "3.9", 50, False),
        ("4.0", "4.9", 49, False),
        ("4.0", "4.9", None, False),
        ("4.0", None, 99, False),
        (None, "4.9", 99, False),
    ],
)
def test_better_rated_needs_two_ratings_and_enough_people(
    theirs: str | None, ours: str | None, count: int | None, *, is_better: bool
) -> None:
    """An unknown rating is never worse, a tenth of a star says nothing, and a few people are not enough."""
    stars = {"own": theirs, "pick": ours}
    products = [
        product(one, name, OWN, rating=stars[one] and Decimal(str(stars[one])), rating_count=count)
        for one, name in (("own", "first thing"), ("pick", "second article"))
    ]
    reason = reason_for(shop_of(products), owns("own"))
    assert (reason == about_own(ReasonKind.BETTER_RATED)) is is_better


def test_better_rated_compares_like_with_like() -> None:
    """A better rated hose is no better kettle; a better rated steam iron is a better iron."""
    facts = {"rating_count": 90}
    hose = product("pick", "second article", OTHER, rating=Decimal(5), **facts)
    own = product("own", "first thing", OWN, rating=Decimal(3), **facts)
    assert reason_for(shop_of([own, hose]), owns("own")).kind is not ReasonKind.BETTER_RATED
    loose = [one.model_copy(update={"category": ()}) for one in (own, hose)]
    assert reason_for(shop_of(loose), owns("own")).kind is not ReasonKind.BETTER_RATED
    irons = [
        own.model_copy(update={"category": ("Home", "Irons", "Dry Irons")}),
        hose.model_copy(update={"category": ("Home", "Irons", "Steam Irons")}),
    ]
    assert reason_for(shop_of(irons), owns("own")) == about_own(ReasonKind.BETTER_RATED)


def test_nothing_is_called_better_than_another_of_its_brand() -> None:
    """To its owner the two are alike: what lets them down is the brand."""
    facts = {"rating_count": 90, "brand": "Ember"}
    own = product("own", "first thing", OWN, rating=Decimal(3), **facts)
    other = product("pick", "second article", OWN, rating=Decimal(5), **facts)
    assert reason_for(shop_of([own, other]), owns("own")).kind is not ReasonKind.BETTER_RATED


def test_of_what_people_collect_nothing_is_called_better_than_something_of_theirs() -> None:
    """A novel with more stars is no better one of the same."""
    novels = [
        product(one, f"novel {one}", OWN, rating=Decimal(stars), rating_count=90, brand=one)
        for one, stars in (("own", 3), ("pick", 5), ("a", 4), ("b", 4), ("c", 4))
    ]
    readers = [buyer(f"C{n}", "a", "b", "c") for n in range(30)]
    assert reason_for(shop_of(novels), owns("own")).kind is ReasonKind.BETTER_RATED
    assert reason_for(shop_of(novels, readers), owns("own")).kind is not ReasonKind.BETTER_RATED


def test_nothing_is_called_better_than_what_the_customer_likes() -> None:
    """Nor is what they bought themselves called worse, if they like it."""
    products = [
        product("own", "first thing", OWN, rating=Decimal(3), rating_count=90),
        product("pick", "second article", OWN, rating=Decimal(5), rating_count=90),
    ]
    kinds = [reason_for(shop_of(products), known("own")).kind for known in (owns, dislikes, likes)]
    assert kinds[:2] == [ReasonKind.BETTER_RATED] * 2
    assert kinds[2] is not ReasonKind.BETTER_RATED


LAMPS = [
    product("own", "brass desk lamp", ("Home", "Lamps")),
    product("near", "brass desk lamp mini dimmer switch", ("Home", "Lamps")),
    product("far", "garden hose", ("Garden", "Hoses")),
    product("pick", "copper desk lamp with mini dimmer", ("Home", "Lamps")),
]


def test_because_you_liked_names_the_most_similar_liked_product() -> None:
    """Not a more similar one that the customer dislikes."""
    reason = reason_for(shop_of(LAMPS), [*likes("far"), *dislikes("near"), *likes("own")])
    assert (reason.kind, reason.product_id, reason.review_id) == (ReasonKind.LIKED, "own", "my-own")
    assert reason.product_name == "brass desk lamp"
    assert reason_for(shop_of(LAMPS), likes("own", "near")).product_id == "near"


@pytest.mark.parametrize(
    ("value", "is_liked"), [(LIKED_FROM, True), (LIKED_FROM - 0.01, False), (None, False), (-0.5, False)]
)
def test_liked_begins_where_an_opinion_is_a_liking(value: float | None, *, is_liked: bool) -> None:
    """An unknown or negative preference is never called liked."""
    reason = reason_for(shop_of(LAMPS), [Preference(product_id="own", value=value, review_id="my-own")])
    assert (reason.kind is ReasonKind.LIKED) is is_liked


def test_unlike_products_are_not_picked_because_of_a_liked_one() -> None:
    """The setting says how similar they must be."""
    assert reason_for(shop_of(LAMPS), likes("far")).kind is not ReasonKind.LIKED
    strict = shop_of(LAMPS, rules=Rules(min_similarity=1))
    assert reason_for(strict, likes("own")).kind is not ReasonKind.LIKED


def test_goes_with_names_what_it_completes() -> None:
    """Without a number of customers where a person wrote it down."""
    shop = shop_of(PRODUCTS, shop=ShopRules(complements={"Own": ("Other",)}))
    assert reason_for(shop, owns("own")) == about_own(ReasonKind.GOES_WITH)
    assert reason_for(shop, dislikes("own")).kind is not ReasonKind.GOES_WITH


def test_what_only_customers_link_is_also_bought() -> None:
    """They bought of both categories, though not these two products; nobody says that those go together."""
    products = [*PRODUCTS, product("own2", "third item", OWN), product("pick2", "fourth piece", OTHER)]
    customers = [buyer(f"C{n}", "own2", "pick2") for n in range(8)]
    lone = [buyer(f"D{n}", f"alpha{n % 3}", f"beta{n % 3}") for n in range(30)]
    shelves = [*shelf(("Food", "Dry", "Alpha"), 3), *shelf(("Food", "Wet", "Beta"), 3)]
    reason = reason_for(shop_of([*products, *shelves], [*customers, *lone]), owns("own"))
    assert reason == about_own(ReasonKind.ALSO_BOUGHT, 8)
    written = shop_of(
        [*products, *shelves], [*customers, *lone], shop=ShopRules(complements={"Own": ("Other",)})
    )
    assert reason_for(written, owns("own")) == about_own(ReasonKind.GOES_WITH)


def test_three_customers_of_both_categories_are_enough() -> None:
    """Where they have both more often than by chance."""
    products = [*PRODUCTS, product("own2", "third item", OWN), product("pick2", "fourth piece", OTHER)]
    shelves = [*shelf(("Food", "Dry", "Alpha"), 3), *shelf(("Food", "Wet", "Beta"), 3)]
    lone = [buyer(f"D{n}", f"alpha{n % 3}", f"beta{n % 3}") for n in range(30)]
    for count, expected in ((2, None), (3, about_own(ReasonKind.ALSO_BOUGHT, 3))):
        customers = [buyer(f"C{n}", "own2", "pick2") for n in range(count)]
        reason = reason_for(shop_of([*products, *shelves], [*customers, *lone]), owns("own"))
        assert reason == expected or (expected is None and reason.kind is not ReasonKind.ALSO_BOUGHT)


@pytest.mark.parametrize(("both", "others", "is_usual"), [(10, 60, True), (9, 60, False), (10, 100, False)])
def test_ten_customers_and_a_tenth_of_all_make_it_usual(both: int, others: int, *, is_usual: bool) -> None:
    """Though chance alone would do as much."""
    products = [*PRODUCTS, product("own2", "third item", OWN), product("pick2", "fourth piece", OTHER)]
    shelves = [*shelf(("Food", "Dry", "Alpha"), 3), *shelf(("Food", "Wet", "Beta"), 3)]
    customers = [
        *(buyer(f"C{n}", "own2", "pick2") for n in range(both)),
        *(buyer(f"D{n}", "own2", f"alpha{n % 3}") for n in range(others)),
        *(buyer(f"E{n}", "pick2", f"beta{n % 3}") for n in range(others)),
    ]
    reason = reason_for(shop_of([*products, *shelves], customers), owns("own"))
    assert (reason == about_own(ReasonKind.ALSO_BOUGHT, both)) is is_usual


def test_what_the_texts_contradict_is_not_said_to_go_with_it() -> None:
    """Earphones with a plug that a telephone has no socket for."""
    phones, earphones = ("Electronics", "Phones", "Smartphones"), ("Electronics", "Audio", "Headphones")
    products = [
        product("own", "Apple iPhone 13 (128 GB)", phones, brand="Apple"),
        product("pick", "Wired Earphones with 3.5 mm jack", earphones),
        product("wireless", "Wireless Earphones", earphones),
    ]
    shop = shop_of(products, shop=ShopRules(complements={"Smartphones": ("Headphones",)}))
    assert reason_for(shop, owns("own")).kind is not ReasonKind.GOES_WITH
    assert reason_for(shop, owns("own"), "wireless").kind is ReasonKind.GOES_WITH


def test_ten_customers_say_more_than_a_category_and_two_say_less() -> None:
    """What goes with it comes between, and what they like within its own category."""
    for count, kind in (
        (2, ReasonKind.GOES_WITH),
        (9, ReasonKind.GOES_WITH),
        (10, ReasonKind.BOUGHT_TOGETHER),
    ):
        customers = [buyer(f"C{n}", "own", "pick") for n in range(count)]
        shop = shop_of(PRODUCTS, customers, shop=ShopRules(complements={"Own": ("Other",)}))
        assert reason_for(shop, owns("own")).kind is kind
    for count, kind in ((2, ReasonKind.LIKED), (10, ReasonKind.BOUGHT_TOGETHER)):
        customers = [buyer(f"C{n}", "own", "pick") for n in range(count)]
        assert reason_for(shop_of(LAMPS, customers), likes("own")).kind is kind


@pytest.mark.parametrize(
    ("own", "other", "is_near"),
    [
        (("Home", "Light", "Lamps"), ("Home", "Light", "Lamps"), True),
        (("Food", "Dry", "Alpha"), ("Food", "Dry", "Beta"), True),
        (("Home", "Lamps"), ("Home", "Lamps"), True),
        (("Food", "Alpha"), ("Food", "Beta"), False),
        (("Home", "Light", "Lamps"), ("Home", "Bath", "Towels"), False),
        ((), (), False),
    ],
)
def test_same_shelf_is_one_category_or_one_beside_it(
    own: tuple[str, ...], other: tuple[str, ...], *, is_near: bool
) -> None:
    """Below a department; not beside what disappointed."""
    products = [product("own", "first thing", own), product("pick", "second article", other)]
    shop = shop_of(products, shop=ShopRules(durable={"Lamps": False}))
    assert (reason_for(shop, owns("own")) == about_own(ReasonKind.SAME_SHELF)) is is_near
    assert reason_for(shop, dislikes("own")).kind is not ReasonKind.SAME_SHELF


def test_nothing_goes_with_another_of_its_own_durable_kind() -> None:
    """Not even if the shop says so: it would be a second television."""
    smart, plain = ("Electronics", "TVs", "SmartTelevisions"), ("Electronics", "TVs", "StandardTelevisions")
    products = [product("own", "first thing", smart), product("pick", "second article", plain)]
    shop = shop_of(products, shop=ShopRules(complements={"SmartTelevisions": ("StandardTelevisions",)}))
    assert reason_for(shop, owns("own")).kind is not ReasonKind.GOES_WITH
