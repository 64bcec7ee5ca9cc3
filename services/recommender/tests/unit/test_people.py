"""Whom a product is for, and in which size."""

from decimal import Decimal

import pytest

from encore.contracts.records import Product
from encore.recommender.domain.people import Audience, audience, size_of


def _product(category: str, name: str, variant: str | None = None) -> Product:
    return Product(
        product_id="1",
        name=name,
        category=tuple(category.split(" > ")),
        price=Decimal(1),
        currency="EUR",
        variant=variant,
    )


@pytest.mark.parametrize(
    ("category", "name", "expected"),
    [
        ("Damen > Kleider", "Wickelkleid Havel", Audience("women", "adult")),
        ("Herren > Hemden", "Oxfordhemd", Audience("men", "adult")),
        ("Fashion > Shirts", "Women's Linen Shirt", Audience("women", "adult")),
        ("Kinder > Mädchen > Kleider", "Sommerkleid", Audience("women", "child")),
        ("Kids > T-Shirts", "Boys T-Shirt", Audience("men", "child")),
        ("Baby > Bekleidung", "Strampler", Audience(None, "baby")),
        ("Sports > Bottles", "Steel Bottle for Men and Women", Audience(None, "adult")),
        ("Electronics > Watches", "Quartz Watch", Audience(None, None)),
        ("Books > Comics", "The Boys", Audience(None, None)),
    ],
)
def test_a_category_or_a_name_says_whom_a_product_is_for(
    category: str, name: str, expected: Audience
) -> None:
    """The category counts first; a name says nothing of a book's readers."""
    assert audience(_product(category, name)) == expected


@pytest.mark.parametrize(
    ("category", "name", "variant", "expected"),
    [
        ("Damen > Blusen", "Seidenbluse", "Schwarz, XS", "letter XS"),
        ("Herren > Hemden", "Oxfordhemd", "Marine, XXL", "letter 2XL"),
        ("Damen > Mäntel", "Wollmantel", "Waldgrün, 44", "eu 44"),
        ("Herren > Jeans", "Slim Jeans", "Schwarz, 36/34", "jeans 36x34"),
        ("Men > Jeans", "Slim Jeans W34 L32", None, "jeans 34x32"),
        ("Women > Jeans", "High Waist Jeans", "Navy, 28", "waist 28"),
        ("Damen > Jeans", "Mom Jeans", "Blau, 38", "eu 38"),
        ("Women > Knitwear", "Merino Jumper", "Cream, XS", "letter XS"),
        ("Kids > Tops", "Sweatshirt Rocket", "Cream, 92", "child 92"),
        ("Schuhe > Sneaker", "Ledersneaker", "Creme, 42,5", "shoe 42.5"),
        ("Shoes > Sneakers", "Running Sneakers - UK 6.5", None, "uk shoe 6.5"),
        ("Kids > T-Shirts", "Boys T-Shirt", "Blue, 116", "child 116"),
        ("Kinder > Kleider", "Sommerkleid Gr. 128", None, "child 128"),
        ("Accessoires > Gürtel", "Ledergürtel", "Braun, 95", "belt 95"),
        ("Mode > Polos", "Herren Poloshirt (XL)", None, "letter XL"),
        ("Accessoires > Schals", "Wollschal", "Einheitsgröße", None),
        ("Men > T-Shirts", "T-Shirt 180 g, pack of 3", None, None),
        ("Phones > Cases", "Phone Case", "M", None),
    ],
)
def test_a_size_is_read_with_its_system(
    category: str, name: str, variant: str | None, expected: str | None
) -> None:
    """Sizes of different systems are never taken for the same: a shoe in 38 is not a coat in 38."""
    assert size_of(_product(category, name, variant)) == expected
