import pytest

from fondly.recommender.domain.shop.names import brands_of
from services.recommender.tests.fakes import product


def brands(*names: str) -> list[str | None]:
    """The brands of products with these names in one catalogue."""
    catalogue = [product(f"P{number}", name) for number, name in enumerate(names)]
    index = brands_of(catalogue)
    return [index[one.product_id] for one in catalogue]


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("Samsung Galaxy M13 (Aqua Green, 6GB)", "samsung"),
        ("Fire-Boltt Ninja Call Pro Plus", "fireboltt"),
        ("(Renewed) Lenovo Tab M8", "lenovo"),
        ("[Limited] [2022] boAt Airdopes", "boat"),
        ("Pack of 2 Duracell Cells", "duracell"),
        ("!! KENT Kettle", "kent"),
        ("7SEVEN\u00ae Remote Control", "7seven"),
        ("Noise_Colorfit Pro", "noise"),
        ("USB Cable 1 m", None),
        ("Wireless Mouse", None),
        ("Women's Floral Dress", None),
        ("Black Kurta", None),
        ("4 in 1 Vegetable Cutter", None),
        ("1000 Watt Heater", None),
        ("New Trainers", None),
        ("...", None),
    ],
)
def test_a_name_begins_with_its_brand(name: str, brand: str | None) -> None:
    """Notes in brackets and quantities are skipped; a describing word or a number is no brand."""
    assert brands(name) == [brand]


def test_spellings_of_one_brand_are_one() -> None:
    """Case, spaces, hyphens and marks do not matter."""
    assert len(set(brands("Amazon Basics Cable", "AmazonBasics Hub", "AMAZONBASICS Lamp"))) == 1
    assert len(set(brands("TP-Link Adapter", "TP-LINK Router", "TPLink Switch"))) == 1
    assert len(set(brands("MI Television", "Mi Phone"))) == 1


def test_a_brand_of_two_words_is_not_another_of_one() -> None:
    """Amazon's other brands are not Amazon Basics."""
    assert brands("AmazonBasics Cable", "Amazon Basics Hub", "Amazon Echo") == [
        "amazonbasics",
        "amazonbasics",
        "amazon",
    ]


def test_a_brand_named_as_compatible_stays_one() -> None:
    """A cable for Samsung neither is Samsung's nor makes Samsung a describing word."""
    cables = [f"Maker{letter} Cable Compatible for Samsung" for letter in "abcdef"]
    assert brands("Samsung Galaxy", *cables)[:2] == ["samsung", "makera"]


def test_what_the_shop_states_counts_and_teaches() -> None:
    """A stated brand is taken as it is, and is recognised in names of products that state none."""
    catalogue = [
        product("P1", "Galaxy Phone", brand="Blue Lantern"),
        product("P2", "Blue Lantern Dress"),
        product("P3", "Lantern"),
    ]
    index = brands_of(catalogue)
    assert index["P1"] == index["P2"] == "bluelantern"
    assert index["P3"] == "lantern"
