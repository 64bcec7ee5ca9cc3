"""What picking knows about products."""

from dataclasses import replace
from decimal import Decimal

import pytest

from fondly.contracts.records import AspectCount, Customer, Product, ProductSentiment, Quote
from fondly.recommender.domain.history.history import Told
from fondly.recommender.domain.picking.recommending import recommend
from fondly.recommender.domain.shop.catalogue import Catalogue
from fondly.recommender.domain.shop.families import SharedReviews
from fondly.recommender.domain.shop.ratings import praised
from services.recommender.tests.fakes import product, purchase
from services.recommender.tests.shops import buyer, shop_of

LAMPS, HOSES = ("Home", "Light", "Lamps"), ("Garden", "Water", "Hoses")


def catalogue_of(*products: Product, sentiments: tuple[ProductSentiment, ...] = ()) -> Catalogue:
    """A catalogue without shared reviews."""
    return Catalogue(products, sentiments, SharedReviews())


@pytest.mark.parametrize(
    ("negative", "polarity", "disliked"), [(3, -0.2, True), (2, -0.9, False), (9, -0.19, False)]
)
def test_a_disliked_product_has_three_scored_reviews_that_are_a_dislike_in_the_mean(
    negative: int, polarity: float, *, disliked: bool
) -> None:
    """One angry review does not keep a product out of every email."""
    sentiment = ProductSentiment(product_id="P", negative=negative, polarity=polarity)
    assert ("P" in catalogue_of(product("P", "pen"), sentiments=(sentiment,)).disliked) is disliked


def test_a_product_that_is_gone_has_no_category() -> None:
    """Orders name products that the shop no longer sells."""
    assert catalogue_of(product("P", "pen", LAMPS)).category("gone") == ()


def test_the_standing_counts_people_who_rated_reviewed_or_bought() -> None:
    """As many as the shop says, or as there are; nobody twice. Equal products share the better rank."""
    shared = SharedReviews()
    shared.add([buyer(f"C{n}", "reviewed") for n in range(5)])
    twice = (purchase("O1", "bought"), purchase("O2", "bought"))
    shared.add([buyer(f"D{n}", "bought").model_copy(update={"purchases": twice}) for n in range(9)])
    products = [
        product("most", "most", LAMPS, rating_count=50),
        product("reviewed", "reviewed", LAMPS),
        product("equal", "equal", LAMPS, rating_count=5),
        product("bought", "bought", LAMPS, rating_count=2),
        product("least", "least", HOSES, rating_count=1),
    ]
    catalogue = Catalogue(products, (), shared)
    ranks = {one.product_id: catalogue.standing(one.product_id, ()) for one in products}
    assert ranks == {
        "most": (1, 5),
        "bought": (2, 5),
        "reviewed": (3, 5),
        "equal": (3, 5),
        "least": (5, 5),
    }
    assert catalogue.standing("least", HOSES) == (1, 1)


def test_similarity_is_that_of_names_and_categories() -> None:
    """From 0 for unlike products of unlike categories to 1, the same both ways."""
    catalogue = catalogue_of(
        product("one", "brass desk lamp", LAMPS),
        product("same", "brass desk lamp", LAMPS),
        product("near", "copper desk lamp", LAMPS),
        product("far", "rubber tube", HOSES),
        product("loose", "rubber tube"),
    )
    assert catalogue.similarity("one", "same") == pytest.approx(1)
    assert 0.5 < catalogue.similarity("one", "near") < 1
    assert catalogue.similarity("one", "near") == catalogue.similarity("near", "one")
    assert catalogue.similarity("one", "far") == 0
    assert catalogue.similarity("far", "loose") == pytest.approx(0.5)


def test_the_variants_of_a_family_share_a_label() -> None:
    """Nothing else has it."""
    catalogue = catalogue_of(
        product("red", "red", parent_id="one", rating_count=3),
        product("blue", "blue", parent_id="one", rating_count=80),
        product("other", "other"),
    )
    assert catalogue.labels("red") & catalogue.labels_of(["other", "blue"])
    assert not catalogue.labels("other") & catalogue.labels_of(["red", "blue"])
    assert catalogue.labels("gone") == {"gone"}


def test_a_category_is_found_by_the_words_of_any_level() -> None:
    """Not by a part of them."""
    catalogue = catalogue_of()
    assert catalogue.is_in(("Electronics", "SmartTelevisions"), ["smart TVs"])
    assert catalogue.is_in(("Electronics", "SmartTelevisions"), ["electronics"])
    assert not catalogue.is_in(("Electronics", "SmartTelevisions"), ["Televisions"])
    assert not catalogue.is_in((), ["Televisions"])


def test_says_what_buyers_praise_if_hardly_anybody_blames_it() -> None:
    """Few voices, divided ones and prices are no praise that an email may repeat."""
    counts = [
        AspectCount(aspect="sound", praised=4, blamed=1),
        AspectCount(aspect="battery", praised=9),
        AspectCount(aspect="cable", praised=6, blamed=2),
        AspectCount(aspect="fit", praised=2),
        AspectCount(aspect="price", praised=50),
    ]
    found = praised(ProductSentiment(product_id="P", positive=9, aspects=tuple(counts)))
    assert [each.aspect for each in found] == ["battery", "sound"]


def test_stars_tell_products_apart_about_which_no_words_are_known() -> None:
    """Of as many ratings, and more of them count more."""
    catalogue = catalogue_of(
        product("good", "good", LAMPS, rating=Decimal("4.8"), rating_count=300),
        product("poor", "poor", LAMPS, rating=Decimal("3.1"), rating_count=300),
        product("few", "few", LAMPS, rating=Decimal("4.8"), rating_count=3),
        product("unknown", "unknown", LAMPS),
    )
    merits = catalogue.merits
    assert merits["good"] > merits["poor"] > merits["unknown"]
    assert merits["good"] > merits["few"] > merits["unknown"]


def test_a_product_whose_name_does_not_name_its_category_is_behind() -> None:
    """Where the names of most others do: a mouse pad among the lamps."""
    lamps = [product(f"lamp{n}", f"lamp of brass {n}", LAMPS, rating_count=9) for n in range(3)]
    stray = product("pad", "mouse pad", LAMPS, rating_count=9)
    merits = catalogue_of(*lamps, stray).merits
    assert merits["pad"] < min(merits[one.product_id] for one in lamps)
    others = [product(f"P{n}", f"thing{n}", LAMPS, rating_count=9) for n in range(4)]
    assert len(set(catalogue_of(*others, stray).merits.values())) == 1


def test_variants_share_the_people_who_have_any_of_them() -> None:
    """A colour that nobody has bought is as good as the model."""
    merits = catalogue_of(
        product("red", "red", LAMPS, parent_id="one", rating_count=900),
        product("blue", "blue", LAMPS, parent_id="one"),
        product("other", "other", LAMPS, rating_count=9),
    ).merits
    assert merits["blue"] > merits["other"]


def test_two_listings_of_one_title_are_never_both_offered() -> None:
    """What comes before the first specification is the title; short ones, and volumes, tell too little."""
    facts = {"a": "Clamp, Base, QX-1", "b": "Plug, Holder, Stand", "c": "Socket, Wire, Timer"}
    lamps = [
        product(key, f"Ember Flexible Desk Lamp ({told})", ("Home", "Lamps")) for key, told in facts.items()
    ]
    lamps[2] = lamps[2].model_copy(update={"category": ("Garden", "Lamps")})
    short = [
        product(key, f"Ember Lamp ({told})", ("Home", "Lamps"))
        for key, told in zip("de", facts.values(), strict=False)
    ]
    catalogue = Catalogue([*lamps, *short], (), SharedReviews())
    labels = catalogue.labels
    assert labels("a") & labels("b")
    assert catalogue.family("a") != catalogue.family("b")
    assert not labels("a") & labels("c")
    assert not labels("d") & labels("e")


def test_tells_what_several_buyers_blame_and_what_may_be_quoted() -> None:
    """Two of them, and a quarter of who mention it; the most blamed first."""
    counts = {"lid": (2, 2), "cord": (9, 2), "size": (0, 1), "app": (0, 3)}
    aspects = tuple(
        AspectCount(aspect=name, praised=praised, blamed=blamed) for name, (praised, blamed) in counts.items()
    )
    quotes = (Quote(text="The lid closes firmly every time."),)
    sentiment = ProductSentiment(product_id="a", aspects=aspects)
    catalogue = catalogue_of(product("a", "Kettle"), sentiments=(sentiment,))
    assert [one.aspect for one in catalogue.blamed["a"]] == ["app", "lid"]
    shop = replace(shop_of(catalogue.products.values()), catalogue=catalogue, quotes={"a": quotes})
    [pick] = recommend(Told([Customer(customer_id="C")], (), {}), {}, shop).recommendations[0].picks
    assert (pick.blamed, pick.quotes) == (catalogue.blamed["a"], quotes)
