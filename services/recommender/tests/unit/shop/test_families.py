import random
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import Customer, Product
from fondly.recommender.domain.shop.families import MAX_FAMILY, Families, SharedReviews
from services.recommender.tests.fakes import product, review
from tests.support.clothing import ClothingShop

COLOURS = ("red", "blue", "black", "white", "green", "yellow")
SIZES = ("XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL")


def same(families: Families, one: str, other: str) -> bool:
    """Return whether two products belong to one family."""
    return families.family(one) == families.family(other)


def families_of(*products: Product) -> Families:
    """The families of a catalogue without shared reviews."""
    return Families.of({one.product_id: one for one in products}, SharedReviews())


def test_products_that_share_their_reviews_are_variants() -> None:
    """Whatever their names are; a small shared part is not enough."""
    shared = SharedReviews()
    reviews = [review("R1", "P1", "P2"), *(review(f"S{n}", "P3") for n in range(4)), review("R2", "P3", "P4")]
    shared.add([Customer(customer_id="C", reviews=tuple(reviews))])
    catalogue = {key: product(key, name) for key, name in zip(("P1", "P2", "P3", "P4"), "abcd", strict=True)}
    families = Families.of(catalogue, shared)
    assert same(families, "P1", "P2")
    assert not same(families, "P3", "P4")


def test_two_products_of_one_customer_are_not_variants() -> None:
    """Two reviews by one person do not make their products the same."""
    shared = SharedReviews()
    shared.add([Customer(customer_id="C", reviews=(review("R1", "P1"), review("R2", "P2")))])
    families = Families.of({"P1": product("P1", "kettle"), "P2": product("P2", "lantern")}, shared)
    assert not same(families, "P1", "P2")


def test_colours_of_one_name_are_variants() -> None:
    """Apart from case and punctuation, their words are nearly the same."""
    catalogue = {
        "P1": product("P1", "Tuff USB-C Cable 60W Fast Charging, 1 m (Red)"),
        "P2": product("P2", "tuff usb-c cable 60w fast charging 1 m - blue"),
        "P3": product("P3", "Glow Desk Lamp (Red)"),
    }
    families = Families.of(catalogue, SharedReviews())
    assert same(families, "P1", "P2")
    assert not same(families, "P1", "P3")


def test_any_number_of_products_with_one_name_is_one_family() -> None:
    """A shop with thousands of products of the same name is still processed quickly."""
    catalogue = {f"P{number}": product(f"P{number}", "Plain Cotton Shirt") for number in range(3_000)}
    catalogue |= {f"N{number}": product(f"N{number}", "...") for number in range(2)}
    families = Families.of(catalogue, SharedReviews())
    assert len({families.family(f"P{number}") for number in range(3_000)}) == 1
    assert not same(families, "N0", "N1")


def test_a_family_does_not_grow_into_a_chain() -> None:
    """Beyond the maximum size a similar pair joins nothing: likeness is not transitive."""
    chain = [f"P{number:02}" for number in range(MAX_FAMILY + 4)]
    families = Families([(one, other, 0.9) for one, other in pairwise(chain)])
    assert same(families, *chain[:2])
    assert not same(families, chain[0], chain[-1])
    assert len({families.family(product_id) for product_id in chain}) > 1


def test_products_of_one_parent_are_one_family() -> None:
    """Whatever their names and however many they are; a similar name under another parent is not."""
    garments = [product(f"P{n:02}", f"thing {n}", parent_id="G") for n in range(MAX_FAMILY * 3)]
    families = families_of(*garments, product("Q", "thing of 0", parent_id="H"))
    assert len({families.family(one.product_id) for one in garments}) == 1
    assert not same(families, "P00", "Q")


def test_one_name_brand_and_category_is_one_family_under_two_parents() -> None:
    """A shop may list one jacket as two models; its owner has it under either."""
    families = families_of(
        product("P1", "Steppjacke Isar", ("Jacken",), brand="Fjord", parent_id="M1", variant="Rot, M"),
        product("P2", "Steppjacke Isar", ("Jacken",), brand="Fjord", parent_id="M2", variant="Blau, M"),
        product("P3", "Steppjacke Isar", ("Jacken",), brand="Alpen", parent_id="M3"),
        product("P4", "Steppjacke Isar", ("Kinder",), brand="Fjord", parent_id="M4"),
    )
    assert same(families, "P1", "P2")
    assert not any(same(families, "P1", other) for other in ("P3", "P4"))


def test_a_garment_in_many_sizes_and_colours_is_one_family() -> None:
    """48 variants are more than similarity alone may join."""
    names = [f"Kurta ({colour}, {size})" for colour in COLOURS for size in SIZES]
    families = families_of(*(product(f"P{number}", name) for number, name in enumerate(names)))
    assert len(names) == 48
    assert len({families.family(f"P{number}") for number in range(48)}) == 1


def test_other_brands_and_categories_are_other_garments() -> None:
    """Names without size and colour mean one product only in one brand and category."""
    families = families_of(
        product("P1", "Shirt (Blue, M)", ("Men",), brand="Aldora"),
        product("P2", "Shirt (Red, L)", ("Men",), brand="Aldora"),
        product("P3", "Shirt (Red, L)", ("Men",), brand="Kesari"),
        product("P4", "Shirt (Red, XL)", ("Women",), brand="Aldora"),
    )
    assert same(families, "P1", "P2")
    assert not any(same(families, "P1", other) for other in ("P3", "P4"))


def test_garments_with_variants_of_their_own_are_not_one_for_similar_names() -> None:
    """A shop that lists its variants names different garments alike."""
    names = {
        "A": "Aldora Women's Floral Cotton Summer Dress",
        "B": "Aldora Women's Striped Cotton Summer Dress",
    }
    catalogue = [
        product(f"{key}{colour}", f"{name} ({colour})") for key, name in names.items() for colour in COLOURS
    ]
    families = families_of(*catalogue)
    assert same(families, "Ared", "Ablue")
    assert not same(families, "Ared", "Bred")
    assert same(families_of(*catalogue[:: len(COLOURS)]), "Ared", "Bred")


@pytest.mark.parametrize("stated", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_clothing_shops_families_are_its_garments(seed: int, *, stated: bool) -> None:
    """With and without columns for brand, parent and variant."""
    shop = ClothingShop(seed=seed, customers=1)
    families = Families.of(shop.catalogue(stated=stated), SharedReviews())
    found: dict[str, set[str]] = {}
    for product_id in shop.products:
        found.setdefault(families.family(product_id), set()).add(shop.garment_of(product_id))
    assert all(len(garments) == 1 for garments in found.values())
    assert len(found) == len(shop.garments)


NAMES = st.lists(
    st.lists(st.sampled_from(["kurta", "dress", "blue", "red", "xl", "aldora", "floral"]), max_size=6).map(
        " ".join
    ),
    max_size=14,
)


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_products_does_not_matter(names: list[str], chance: random.Random) -> None:
    """The same catalogue in another order has the same labels."""
    catalogue = [product(f"P{number}", name or "-") for number, name in enumerate(names)]
    shuffled = chance.sample(catalogue, len(catalogue))
    one, other = families_of(*catalogue), families_of(*shuffled)
    assert all(one.family(product.product_id) == other.family(product.product_id) for product in catalogue)


@given(NAMES)
def test_labels_say_the_same_of_both_products(names: list[str]) -> None:
    """No product is without a label, and products of one name share one."""
    catalogue = [product(f"P{number}", name or "-") for number, name in enumerate(names)]
    families = families_of(*catalogue)
    assert all(families.family(one.product_id) for one in catalogue)
    for one, other in combinations(catalogue, 2):
        if one.name == other.name != "-":
            assert same(families, one.product_id, other.product_id)
