from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.contracts.records import Pick, Product, ProductSentiment, ReasonKind
from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.picks import pick
from encore.recommender.domain.preferences import Preference
from services.recommender.tests.fakes import made_up_shop, product

SHOP = made_up_shop(customers=1, part_size=1)


def catalogue_of(products: Sequence[Product], sentiments: Sequence[ProductSentiment] = ()) -> Catalogue:
    """A catalogue without shared reviews."""
    return Catalogue(products, sentiments, SharedReviews())


def whole_shop() -> Catalogue:
    """The made-up shop's catalogue, in which red and blue of one number are a family."""
    return catalogue_of(SHOP.products, [ProductSentiment(product_id="P5red", negative=4, polarity=-0.6)])


SHOP_CATALOGUE = whole_shop()
IDS = st.sampled_from([one.product_id for one in SHOP.products])


def ids(picks: Sequence[Pick]) -> list[str]:
    """The picked products, best first."""
    return [one.product.product_id for one in picks]


def family(product_id: str) -> str:
    """The number of a made-up product without its colour."""
    return product_id.removesuffix("red").removesuffix("blue")


@given(
    st.lists(st.tuples(IDS, st.none() | st.floats(-1, 1)), max_size=8, unique_by=lambda known: known[0]),
    st.lists(IDS | st.just("unknown"), max_size=30),
)
def test_picks_keep_every_rule(known: list[tuple[str, float | None]], ranked: list[str]) -> None:
    """Five picks, none reviewed, disliked, or a variant of a reviewed product or of another pick."""
    preferences = [Preference(product_id=product_id, value=value) for product_id, value in known]
    picked = ids(pick(SHOP_CATALOGUE, preferences, ranked))
    assert len(picked) == 5
    families = [family(product_id) for product_id in picked]
    assert len(set(families)) == 5
    assert {family(product_id) for product_id, _ in known}.isdisjoint(families)
    assert "P5red" not in picked


def test_ranked_products_come_first_and_popular_ones_fill_up() -> None:
    """Products keep Personalize's order and come before popular ones."""
    products = [product(f"P{n}", word, (word,), rating_count=n) for n, word in enumerate("abcdefgh")]
    picks = pick(catalogue_of(products), [], ["P1", "P0"])
    assert ids(picks) == ["P1", "P0", "P7", "P6", "P5"]


def test_a_category_already_picked_from_moves_back() -> None:
    """Products of another category overtake those of one already picked from; the first pick stays."""
    products = [product(f"L{n}", f"lamp{n}", ("Lamps",)) for n in range(9)]
    products += [product(f"K{n}", f"kettle{n}", ("Kettles",)) for n in range(3)]
    ranked = ["L0", "L1", "L2", "K0", "L3", "K1", "L4", "L5", "L6", "L7", "L8"]
    assert ids(pick(catalogue_of(products), [], ranked)) == ["L0", "K0", "L1", "K1", "L2"]
    assert ids(pick(catalogue_of(products), [], ["L3", "L1", "L2", "L0", "L4"]))[:1] == ["L3"]


def test_a_ranking_of_one_category_keeps_its_order() -> None:
    """Moving back never drops a product."""
    products = [product(f"L{n}", f"lamp{n}", ("Lamps",)) for n in range(9)]
    assert ids(pick(catalogue_of(products), [], ["L4", "L3", "L2", "L1", "L0"])) == [
        "L4",
        "L3",
        "L2",
        "L1",
        "L0",
    ]


def test_popular_products_come_from_the_liked_category_first() -> None:
    """Without a ranking: the narrowest liked category, wider ones, then all products."""
    products = [
        product("own", "own", ("Home", "Lamps")),
        product("lamp", "lamp", ("Home", "Lamps"), rating_count=1),
        product("sofa", "sofa", ("Home", "Sofas"), rating_count=5),
        *(product(f"T{n}", f"tool{n}", ("Tools", f"{n}"), rating_count=90 + n) for n in range(4)),
        product("bad", "bad", ("Tools",)),
    ]
    preferences = [Preference(product_id="own", value=0.5), Preference(product_id="bad", value=-0.9)]
    picks = pick(catalogue_of(products), preferences, [])
    assert ids(picks) == ["lamp", "sofa", "T3", "T2", "T1"]
    kinds = [(one.reason.kind, one.reason.category) for one in picks]
    assert kinds[1:3] == [(ReasonKind.POPULAR_IN_CATEGORY, ("Home",)), (ReasonKind.POPULAR, ())]


def test_a_small_catalogue_allows_variants_first_and_disliked_products_last() -> None:
    """Five picks matter more than variety, but a reviewed product is never picked."""
    products = [
        product("own", "Tuff USB Cable Fast Charge red"),
        product("variant", "Tuff USB Cable Fast Charge blue"),
        product("disliked", "hammer"),
        *(product(f"P{n}", word) for n, word in enumerate(("axe", "bow", "cup"))),
    ]
    sentiments = [ProductSentiment(product_id="disliked", negative=3, polarity=-0.1)]
    picked = ids(pick(catalogue_of(products, sentiments), [Preference(product_id="own")], []))
    assert picked[3:] == ["variant", "disliked"]
    assert "own" not in picked


def test_a_catalogue_with_fewer_than_five_new_products_yields_them_all() -> None:
    """Such a customer gets fewer than five picks."""
    products = [product("own", "own"), product("P", "pen")]
    assert ids(pick(catalogue_of(products), [Preference(product_id="own")], ["own", "gone"])) == ["P"]


@pytest.mark.parametrize(
    ("negative", "polarity", "disliked"), [(3, -0.01, True), (2, -0.9, False), (9, 0.0, False)]
)
def test_a_disliked_product_has_three_scored_reviews_and_a_negative_mean(
    negative: int, polarity: float, *, disliked: bool
) -> None:
    """One angry review does not keep a product out of every email."""
    sentiment = ProductSentiment(product_id="P", negative=negative, polarity=polarity)
    assert ("P" in catalogue_of([product("P", "pen")], [sentiment]).disliked) is disliked


def test_because_you_liked_names_the_most_similar_liked_product() -> None:
    """Never a disliked product, nor one of another kind."""
    products = [
        product("liked", "Brass Desk Lamp", ("Home", "Lamps")),
        product("closer", "Brass Desk Lamp Mini Dimmer Switch", ("Home", "Lamps")),
        product("other", "Garden Hose", ("Garden", "Hoses")),
        product("pick", "Copper Desk Lamp with Mini Dimmer", ("Home", "Lamps")),
    ]
    preferences = [
        Preference(product_id="other", value=0.9),
        Preference(product_id="closer", value=-0.4),
        Preference(product_id="liked", value=0.3),
    ]
    reason = pick(catalogue_of(products), preferences, ["pick"])[0].reason
    assert (reason.kind, reason.product_name) == (ReasonKind.LIKED, "Brass Desk Lamp")


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, ReasonKind.ASSORTMENT), (-0.5, ReasonKind.ASSORTMENT)],
)
def test_an_unknown_or_negative_preference_is_never_called_liked(
    value: float | None, kind: ReasonKind
) -> None:
    """The reason then refers to other customers."""
    products = [product("own", "Desk Lamp", ("Lamps",)), product("pick", "Desk Lamp with Dimmer", ("Lamps",))]
    picks = pick(catalogue_of(products), [Preference(product_id="own", value=value)], ["pick"])
    assert picks[0].reason.kind is kind


def test_a_customer_without_a_history_has_no_similar_customers() -> None:
    """Personalize ranks popular products for new customers, and the reason says so."""
    picks = pick(catalogue_of([product("P", "pen")]), [], ["P"])
    assert picks[0].reason.kind is ReasonKind.POPULAR


def test_popularity_weighs_number_rating_and_sentiment() -> None:
    """More ratings, better ratings and positive reviews count; one perfect rating does not win."""
    products = [
        product("one", "a", rating=Decimal(5), rating_count=1),
        product("many", "b", rating=Decimal("4.2"), rating_count=2_000),
        product("praised", "c", rating=Decimal("4.2"), rating_count=2_000),
        product("poor", "d", rating=Decimal("2.1"), rating_count=2_000),
    ]
    praised = ProductSentiment(product_id="praised", positive=20, polarity=0.8)
    assert catalogue_of(products, [praised]).popular == ["praised", "many", "poor", "one"]


def test_a_pick_carries_facts_but_no_reviewers_words() -> None:
    """Shared review texts are removed: they belong in no email."""
    picks = pick(catalogue_of([product("P", "pen", shared_texts=("words",), bullets=("b",))]), [], [])
    assert picks[0].product.shared_texts == ()
    assert picks[0].product.bullets == ("b",)
