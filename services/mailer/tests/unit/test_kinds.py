"""What emails call products: the nouns of `kinds.toml`, and nothing where none is sure."""

import pytest

from fondly.contracts.records import Product
from fondly.mailer.domain.facts.own_names import kind_of, own_name, spoken_kind, telling_title
from fondly.mailer.domain.language.kinds import read_kinds
from fondly.mailer.domain.language.naming import Naming
from fondly.mailer.domain.locales import languages

RECORD, SHIRT = "Massive Attack \u2013 Borrowed Harbour", "Massive Attack \u2013 Tour T-Shirt"


@pytest.mark.parametrize("code", languages())
def test_every_language_knows_what_a_general_shop_sells(code: str) -> None:
    """Hundreds of kinds, each with what stands before it when it is the reader's."""
    kinds = set(read_kinds(code).values())
    assert len(kinds) >= 300
    assert all(kind.possessive and kind.plural and kind.heads for kind in kinds)
    assert not [kind for kind in kinds if kind.articles and kind.is_mass]
    assert any(kind.is_work for kind in kinds)


@pytest.mark.parametrize(
    ("category", "name", "said"),
    [
        ("USBCables", "Orrelux 2 m", "a USB cable"),
        ("HDMI Cables", "Orrelux 2 m", "an HDMI cable"),
        ("Umbrellas", "Storm King", "an umbrella"),
        ("Women's Shoes", "Tarn Trail", "shoes"),
        ("Headphones|In-Ear", "Vanta Air 300", "headphones"),
        ("Food|Coffee Beans", "House Blend, 500 g", "coffee beans"),
        ("Food|Coffee", "Sidamo Ground Coffee 1 kg", "coffee"),
        ("Books|Fiction|Gifts", "The Salt Road", "a book"),
        ("Vinyl|Rock", RECORD, "a record"),
        ("Music|CDs", "Anna Vale - Live", "a CD"),
        ("Desk & Study Lamps", "Lumio", "a desk lamp"),
        ("Kettles & Toasters", "Bram Toaster", "a toaster"),
        ("Fasteners|Wood Screws", "Spax 4x40", "wood screws"),
        ("Fiddle Strings", "Larsen Medium Fiddle Strings", "fiddle strings"),
        ("Zithers", "Alva Alpine Zither", "a zither"),
        ("Sale", "Halden Steel Kettle 1.7 l", "a kettle"),
        ("Tablets|Accessories", "Zarn Tablet Case", "a case"),
    ],
)
def test_a_product_is_called_as_people_say_it(category: str, name: str, said: str) -> None:
    """One of what is counted, several of what comes so, and no article before what is not counted."""
    naming = Naming.load("en")
    kind = kind_of(name, tuple(category.split("|")), naming)
    assert (kind and naming.together_with(kind)) == said


@pytest.mark.parametrize(
    ("category", "name", "noun", "with_"),
    [
        ("Damen|Kleider", "Norra Nachtblau", "Kleid", "Kleidern"),
        ("Garten|Gartenschläuche", "Flex 20 m", "Gartenschlauch", "Gartenschläuchen"),
        ("Schuhe|Wanderschuhe", "Tarn Alpin", "Wanderschuhe", "Wanderschuhen"),
        ("Jacken & Mäntel", "Berg Wintermantel", "Mantel", "Mänteln"),
        ("Kaffee", "Serra Röstkaffee", "Kaffee", "Kaffee"),
        ("Räucherstäbchen", "Sandelholz Räucherstäbchen", "Räucherstäbchen", "Räucherstäbchen"),
    ],
)
def test_german_nouns_are_found_within_compounds(category: str, name: str, noun: str, with_: str) -> None:
    """In the singular, and in the dative after "gekauft zu"."""
    naming = Naming.load("de")
    kind = kind_of(name, tuple(category.split("|")), naming)
    assert kind is not None
    assert (kind.noun, naming.together_with(kind)) == (noun, with_)


@pytest.mark.parametrize(
    ("locale", "category", "name"),
    [
        ("en_GB", "Gifts", "The Little Book of Calm"),
        ("en_GB", "Default Category", "Wanderlust"),
        ("en_GB", "Kettles & Toasters", "Bram Retro"),
        ("en_GB", "Coffee", "Hario V60 Dripper"),
        ("en_GB", "Bike Parts", "Deore XT"),
        ("en_GB", "Bebidas|Vinhos", "Vinho Tinto do Vale"),
        ("en_GB", "Padaria|Pan", "Pan integral de centeno"),
        ("en_GB", "Camisetas", "Camiseta Azul"),
        ("en_GB", "Tapetes", "Tapete Azul"),
        ("en_GB", "Biscoitos", "Biscoito Recheado Chocolate"),
        ("en_GB", "Livres", "Le Petit Livre Rouge"),
        ("en_GB", "Herren|Hemden", "Norra Leinenhemd"),
        ("en_GB", "Wireless", "Arc Plus"),
        ("de_DE", "Sonstiges", "Wundertüte"),
        ("de_DE", "Shoes", "Trail Running Shoes"),
        ("de_DE", "Vinyl|Rock", RECORD),
        ("de_DE", "Handyzubehör", "Ringhalter"),
        ("de_DE", "", "Wanderlust"),
    ],
)
def test_no_noun_is_said_where_none_is_sure(locale: str, category: str, name: str) -> None:
    """Shelves, lists in doubt, what only belongs to the category, and other languages give none."""
    path = tuple(filter(None, category.split("|")))
    product = Product.model_validate(
        {"product_id": "p", "name": name, "category": path, "price": 1, "currency": "EUR"}
    )
    assert spoken_kind(product, locale) is None


@pytest.mark.parametrize(
    ("name", "category", "brand", "own", "title"),
    [
        (
            f"{RECORD} (2LP)",
            "Vinyl",
            "Massive Attack",
            f"record {RECORD}",
            RECORD,
        ),
        (RECORD, "Brands", None, RECORD, RECORD),
        ("The Cure for Sleep", "Books", None, "book The Cure for Sleep", "The Cure for Sleep"),
        (
            SHIRT,
            "Merch",
            None,
            "Massive Attack T-shirt",
            SHIRT,
        ),
        (
            "Extra Virgin Olive Oil from Terra Rossa",
            "Olive Oil",
            "Terra Rossa",
            "Terra Rossa olive oil",
            "Extra Virgin Olive Oil from Terra Rossa",
        ),
        (
            "Morning Star Extra Large Soy Candle",
            "Candles",
            None,
            "candle",
            "Morning Star Extra Large Soy Candle",
        ),
        ("Mauzi Deluxe 160 cm", "Cat Trees", None, "Mauzi Deluxe 160 cm", "Mauzi Deluxe Cat Tree 160 cm"),
        ("The Cotswold Selection", "Hampers", None, "Cotswold Selection", "The Cotswold Selection Hamper"),
    ],
)
def test_brand_artist_and_author_stay_where_they_belong(
    name: str, category: str, brand: str | None, own: str, title: str
) -> None:
    """A name is not cut to what stands before its dash; a sentence has the brand with the noun."""
    naming = Naming.load("en")
    assert own_name(name, (category,), naming, brand) == own
    assert telling_title(name, (category,), naming) == title
