import pytest

from fondly.recommender.domain.shop.names import bare_name
from services.recommender.tests.fakes import product

SAME = [
    ("Women's Cotton Kurta (Blue, XL)", "Women's Cotton Kurta (Red, S)"),
    ("Women's Cotton Kurta - Navy Blue - M", "Women's Cotton Kurta | Dark Green | 3XL"),
    ("Women's Cotton Kurta Blue XL", "Women's Cotton Kurta Rose Pink S"),
    ("Kurta Color: Gunmetal, Size: 2XL", "Kurta Colour: Red, Size: Free"),
    ("Kurta_Blue_XL", "Kurta_Olive Green_M"),
    ("Slim Fit Jeans - 32W x 34L, Black", "Slim Fit Jeans - 30W x 32L, Indigo"),
    ("Slim Fit Jeans W32/L34", "Slim Fit Jeans 34"),
    ("Trainers UK 9", "Trainers 10 UK"),
    ("Sneaker weiß EU 42,5", "Sneaker schwarz EU 39"),
    ("Boys' Shorts 4-5 Years", "Boys' Shorts (6-7 Years)"),
    ("T-Shirt Pack of 2 Size M", "T-Shirt 3-Pack Size XL"),
    ("Damen Bluse Größe 38 schwarz", "Damen Bluse Größe 44 dunkelblau"),
    ("Senfgelber Kinder Pullover 98/104", "Türkiser Kinder Pullover 110/116"),
    ("Kleid, weinrot, Gr. M", "Kleid, hellgrün, Gr. XXL"),
    ("USB-C Cable 1.5m", "USB-C Cable 3 m"),
    ("HDMI Cable (Black, 3-Foot)", "HDMI Cable (White, 9.8 Feet/3 Meters)"),
    ("Pen Drive 64 GB", "Pen Drive 128GB"),
    ("Redmi 9 Activ (Carbon Black, 4GB RAM, 64GB Storage)", "Redmi 9 Activ (Coral Green, 6GB RAM, 128GB)"),
    ("Bettwäsche 135 x 200 cm blau", "Bettwäsche 155x220 cm grau"),
    ("King Size Bedsheet", "Queen Size Bedsheet"),
]  # fmt: skip
DIFFERENT = [
    ("iPhone 12 (64 GB, Blue)", "iPhone 13 (64 GB, Blue)"),
    ("Galaxy M32 (Light Blue, 6GB RAM)", "Galaxy M52 (Light Blue, 6GB RAM)"),
    ("Galaxy M13 4G", "Galaxy M13 5G"),
    ("Mixer Grinder 500W", "Mixer Grinder 750W"),
    ("Power Bank 10000mAh", "Power Bank 20000mAh"),
    ("Ink Cartridge 682", "Ink Cartridge 805"),
    ("Battery AA", "Battery AAA"),
    ("Green Tea 100 g", "Black Tea 100 g"),
    ("Black Women's Shirt", "Black Men's Shirt"),
    ("Shirt - Men Black", "Shirt - Women Black"),
    ("Jeans 501 32", "Jeans 511 32"),
    ("Women's Cotton Kurta (Blue, XL)", "Women's Cotton Saree (Blue, XL)"),
    ("Steam Iron 1000 Watts", "Steam Iron 1200 Watts"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_sizes_colours_and_quantities_do_not_matter(one: str, other: str) -> None:
    """What is left of the names is the same."""
    mine, theirs = bare_name(product("P1", one)), bare_name(product("P2", other))
    assert mine == theirs
    assert mine


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_models_and_kinds_matter(one: str, other: str) -> None:
    """Numbers of models, power and charge are no sizes, and a colour before some nouns is a kind."""
    assert bare_name(product("P1", one)) != bare_name(product("P2", other))


def test_a_bare_letter_or_number_is_a_size_only_in_clothing() -> None:
    """The category says what is clothing where the name does not."""
    for name in ("Nora M", "Nora 38"):
        assert bare_name(product("P", name, ("Fashion", "Women"))) == ("nora",)
        assert len(bare_name(product("P", name, ("Electronics", "Phones")))) == 2


def test_what_the_shop_calls_the_variant_does_not_matter() -> None:
    """Words of the product's `variant` are left out even if the service does not know them."""
    one = product("P1", "Robe fleurie taupe-rosé T38", variant="Taupe-rosé, T38")
    assert bare_name(one) == ("fleurie", "robe")


def test_a_name_of_colours_and_sizes_alone_has_no_key() -> None:
    """Nothing is known of what such a product is."""
    assert bare_name(product("P", "Blue XXL")) == ()
