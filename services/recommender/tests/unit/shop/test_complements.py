from itertools import pairwise

import pytest

from fondly.recommender.domain.shop.complements import Complement, Complements
from fondly.recommender.domain.shop.durables import Durables
from fondly.recommender.domain.shop.tables import complement_table, read_table
from fondly.recommender.domain.shop.taxonomy import Category, Entries
from fondly.recommender.domain.study.links import Links


def complements(*leaves: Category, bought: Links[Category] | None = None) -> Complements:
    """The complements of a shop with one product a leaf."""
    return Complements(dict.fromkeys(leaves, 1), durables=Durables(), bought=bought)


def links(*pairs: tuple[Category, Category, int]) -> Links[Category]:
    """So many customers who own products of both leaves."""
    found = Links[Category]()
    for one, other, customers in pairs:
        for _ in range(customers):
            found.add({one: 1, other: 2})
    return found


ELECTRONICS = [
    ("Electronics", "Televisions", "SmartTelevisions"),
    ("Electronics", "Televisions", "StandardTelevisions"),
    ("Electronics", "Accessories", "Cables", "HDMICables"),
    ("Electronics", "Accessories", "TVWall&CeilingMounts"),
    ("Electronics", "Speakers", "Soundbars"),
    ("Electronics", "Mobiles&Accessories", "Smartphones"),
    ("Electronics", "Mobiles&Accessories", "MobileAccessories", "Cases&Covers"),
    ("Computers", "Tablets"),
    ("Computers", "TabletAccessories", "Cases"),
]
TELEVISION, OTHER_TELEVISION, CABLE, MOUNT, SOUNDBAR, PHONE, PHONE_CASE, TABLET, TABLET_CASE = ELECTRONICS
KETTLE, MUG = ("Kitchen", "Kettles"), ("Kitchen", "Mugs")


def leaves_of(shop: Complements, category: Category) -> list[Category]:
    """The leaves that go with a category, best first."""
    return [complement.category for complement in shop.of(category)]


def test_the_authored_table_is_found_in_the_words_of_the_shop() -> None:
    """Best first, and only in leaves that the shop has."""
    shop = complements(*ELECTRONICS)
    assert leaves_of(shop, TELEVISION) == [SOUNDBAR, MOUNT, CABLE]
    assert shop.of(TELEVISION)[0] == Complement(SOUNDBAR, is_written=True)
    assert leaves_of(shop, PHONE) == [PHONE_CASE]
    assert leaves_of(shop, TABLET) == [TABLET_CASE]


@pytest.mark.parametrize(
    ("category", "other"),
    [
        (("Fernseher",), ("HDMI-Kabel",)),
        (("Handys",), ("Handyhüllen",)),
        (("Damen", "Kleider"), ("Damen", "Schuhe")),
        (("Furniture", "Mattresses"), ("Bedding", "Sheets")),
        (("Garden > Plants",), ("Garden > Soil & Compost",)),
        (("Beauty", "Shampoos"), ("Beauty", "Conditioners")),
        (("Grocery", "Pasta"), ("Grocery", "Pasta Sauces")),
        (("Pet Supplies", "Dogs", "Food"), ("Pet Supplies", "Dogs", "Bowls")),
        (("Sports", "Mountain Bikes"), ("Sports", "Bike Helmets")),
        (("Musical Instruments", "Electric Guitars"), ("Musical Instruments", "Guitar Strings")),
        (("Toys", "Dolls"), ("Toys", "Doll Clothes")),
        (("Office", "Printers"), ("Office", "PrinterInk")),
    ],
)
def test_every_kind_of_shop_has_complements(category: Category, other: Category) -> None:
    """In the spelling and the language of its own."""
    assert leaves_of(complements(category, other), category) == [other]


def test_clothes_go_with_clothes_for_the_same_people() -> None:
    """A man's shirt goes with a man's trousers, and with socks for everyone."""
    shirt, women = ("Men", "Shirts"), ("Women", "Trousers")
    shop = complements(shirt, women, ("Men", "Trousers"), ("Kids", "Boys", "Trousers"), ("Belts",))
    assert leaves_of(shop, shirt) == [("Men", "Trousers"), ("Belts",)]


def test_the_nearest_leaf_of_a_kind_comes_first() -> None:
    """Then the larger one."""
    near, large, small = ("Home", "Beds", "Sheets"), ("Sale", "Sheets"), ("Other", "Sheets")
    shop = Complements(
        {("Home", "Mattresses"): 1, near: 1, small: 2, large: 3}, durables=Durables(), bought=None
    )
    assert leaves_of(shop, ("Home", "Mattresses")) == [near, large, small]


def test_what_customers_bought_together_comes_first() -> None:
    """With the number of customers; what the table adds follows, each leaf once."""
    shop = complements(KETTLE, MUG, ("Kitchen", "Tea"), ("Kitchen", "Trays"), bought=_kitchen())
    assert shop.of(KETTLE) == (
        Complement(("Kitchen", "Trays"), is_written=False, customers=3),
        Complement(MUG, is_written=True, customers=2),  # the table says it too
        Complement(("Kitchen", "Tea"), is_written=True),
    )


def test_a_single_customer_teaches_nothing() -> None:
    """Nor do two who bought in departments that nothing else connects."""
    shop = complements(KETTLE, PHONE, CABLE, bought=links((KETTLE, CABLE, 1), (KETTLE, PHONE, 2)))
    assert leaves_of(shop, KETTLE) == []
    many = links((KETTLE, PHONE, 4), *((("Other", str(n)), ("Rest", str(n)), 4) for n in range(9)))
    assert leaves_of(complements(KETTLE, PHONE, bought=many), KETTLE) == [PHONE]


def test_what_everyone_buys_goes_with_nothing_in_particular() -> None:
    """A link must be more frequent than chance makes it."""
    leaves = [("Shop", f"Leaf {n}") for n in range(8)]
    pairs = ((one, other, 20) for one, other in pairwise(leaves))
    vouchers = ((("Shop", "Vouchers"), leaf, 3) for leaf in leaves)
    shop = complements(*leaves, ("Shop", "Vouchers"), bought=links(*pairs, *vouchers))
    assert leaves_of(shop, leaves[0]) == [leaves[1]]


def test_a_durable_goes_with_no_other_of_its_kind() -> None:
    """Even if customers own both."""
    shop = complements(*ELECTRONICS, bought=links((TELEVISION, OTHER_TELEVISION, 9), (KETTLE, MUG, 50)))
    assert OTHER_TELEVISION not in leaves_of(shop, TELEVISION)


def test_a_shop_without_categories_has_no_complements() -> None:
    """Nor one whose categories nobody knows."""
    assert complements((), ("Unheard of",)).of(()) == ()
    assert complements().of(("Unheard of",)) == ()


def test_the_table_is_for_every_kind_of_shop() -> None:
    """It has several hundred kinds, and something to go with nearly every durable one."""
    table = complement_table()
    durable: list[str] = read_table("durables.yaml")["durable"]
    known = Entries(table)
    lacking = [phrase for phrase in durable if not known.best((phrase,))]
    assert len(table) > 400
    assert len(lacking) < len(durable) / 3, lacking


def test_a_kind_does_not_go_with_itself() -> None:
    """Every kind of the table, in a shop that has a leaf for each phrase."""
    table = complement_table()
    phrases = dict.fromkeys(phrase for kind, others in table.items() for phrase in (kind, *others))
    shop = complements(*((phrase,) for phrase in phrases))
    assert [kind for kind in table if (kind,) in leaves_of(shop, (kind,))] == []
    assert [kind for kind in table if not shop.of((kind,))] == []


def _kitchen() -> Links[Category]:
    others = ((("Kitchen", f"Leaf {n}"), ("Kitchen", f"Other {n}"), 5) for n in range(9))
    return links((KETTLE, ("Kitchen", "Trays"), 3), (KETTLE, MUG, 2), *others)
