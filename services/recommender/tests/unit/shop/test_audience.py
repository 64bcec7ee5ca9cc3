"""Whom a product is for, and in which size."""

from decimal import Decimal

import pytest

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.audience import Audience, audience, distance, size_of


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
        ("Damen > Blusen", "Seidenbluse", "Schwarz, XS", "women letter XS"),
        ("Herren > Hemden", "Oxfordhemd", "Marine, XXL", "men letter 2XL"),
        ("Damen > Mäntel", "Wollmantel", "Waldgrün, 44", "women eu 44"),
        ("Herren > Jeans", "Slim Jeans", "Schwarz, 36/34", "men jeans 36x34"),
        ("Men > Jeans", "Slim Jeans W34 L32", None, "men jeans 34x32"),
        ("Women > Jeans", "High Waist Jeans", "Navy, 28", "women waist 28"),
        ("Damen > Jeans", "Mom Jeans", "Blau, 38", "women eu 38"),
        ("Women > Knitwear", "Merino Jumper", "Cream, XS", "women letter XS"),
        ("Kids > Tops", "Sweatshirt Rocket", "Cream, 92", "child cm 92"),
        ("Schuhe > Sneaker", "Ledersneaker", "Creme, 42,5", "shoe 42.5"),
        ("Shoes > Sneakers", "Running Sneakers - UK 6.5", None, "uk shoe 6.5"),
        ("Kids > T-Shirts", "Boys T-Shirt", "Blue, 116", "child cm 116"),
        ("Kinder > Kleider", "Sommerkleid Gr. 128", None, "child cm 128"),
        ("Accessoires > Gürtel", "Ledergürtel", "Braun, 95", "belt 95"),
        ("Mode > Polos", "Herren Poloshirt (XL)", None, "men letter XL"),
        ("Herren > Hemden", "Businesshemd Kent", "Weiß, 41", "men collar 41"),
        ("Herren > Hemden", "Freizeithemd Karo", "Rot, L", "men letter L"),
        ("Herren > T-Shirts & Polos", "Poloshirt Pima", "Weiß, 52", "men eu 52"),
        ("Kids > Knitwear", "Striped Cardigan", "4-5 years", "child y 4-5"),
        ("Baby > Strampler", "Strampler Sterne", "Weiß, 6-9 Monate", "child m 6-9"),
        ("Kids > Hoodies", "Fleece Hoodie", "Grey, M", "child letter M"),
        ("Kids > Shoes", "Rain Boots", "Yellow, 27", "child shoe 27"),
        ("Damen > Schuhe", "Loafer Roma", "Cognac, 39", "women shoe 39"),
        ("Arbeitskleidung > Handschuhe", "Montagehandschuhe Gr. 9", None, "glove 9"),
        ("Accessories > Hats", "Wool Fedora", "Brown, 58", "hat 58"),
        ("Accessories > Hats", "Straw Hat", "Natural, M", "hat letter M"),
        ("Damen > Socken", "Sneakersocken 3er-Pack", "39-42", "women sock 39"),
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


@pytest.mark.parametrize(
    ("size", "nearest", "others"),
    [
        ("women eu 40", "women letter L", {"women letter M", "women letter 2XL"}),
        ("men collar 41", "men letter L", {"men letter M", "men letter XL"}),
        ("men uk shoe 9", "men shoe 43", {"men shoe 40", "men shoe 45"}),
        ("women us shoe 8", "women shoe 39", {"women shoe 37", "women shoe 42"}),
        ("women uk 12", "women eu 38", {"women eu 34", "women eu 44"}),
    ],
)
def test_sizes_of_other_systems_are_compared(size: str, nearest: str, others: set[str]) -> None:
    """By the usual tables for women and men."""
    near, far = distance(size, [nearest], None), [distance(size, [other], None) for other in others]
    assert near is not None
    assert all(each is not None and near < each for each in far)


@pytest.mark.parametrize(
    ("size", "worn"),
    [
        ("women letter M", "men letter XL"),
        ("women letter M", "women shoe 39"),
        ("women letter M", "hat letter S"),
        ("women letter M", "child letter S"),
        ("men letter M", "belt 95"),
    ],
)
def test_sizes_of_something_else_do_not_compare(size: str, worn: str) -> None:
    """A collar, a shoe or somebody else's size says nothing."""
    assert distance(size, [worn], None) is None
