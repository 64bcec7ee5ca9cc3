import pytest

from fondly.recommender.domain.shop.durables import Durables, Repeats, learn, wilson
from fondly.recommender.domain.shop.taxonomy import Category, complement_phrases

SHIPPED = Durables()


@pytest.mark.parametrize(
    "category",
    [
        ("Electronics", "HomeTheater,TV&Video", "Televisions", "SmartTelevisions"),
        ("TVs",),
        ("Elektronik", "Fernseher"),
        ("Home & Garden > Refrigerators",),
        ("Haushalt", "Waschmaschinen"),
        ("Kitchen", "Kettles & Toasters"),
        ("Irons,Steamers&Accessories", "Irons", "SteamIrons"),
        ("WaterPurifiers&Accessories", "WaterFilters&Purifiers"),
        ("Computers", "Notebooks"),
        ("Mobile Phones",),
        ("Handys & Smartphones",),
        ("Wearables", "SmartWatches"),
        ("Headphones", "In-Ear"),
        ("Vacuum Cleaners",),
        ("Möbel", "Betten"),
        ("Baby", "Strollers"),
        ("Sports", "Mountain Bikes"),
        ("Camping", "Tents"),
        ("Luggage", "Suitcases"),
        ("Tools", "Cordless Drills"),
        ("Musical Instruments", "Electric Guitars"),
        ("Beauty", "Hair Dryers"),
    ],
)
def test_what_one_owns_for_years_is_durable(category: Category) -> None:
    """In any shop's words, in flat and in deep trees."""
    assert SHIPPED.is_durable(category)


@pytest.mark.parametrize(
    "category",
    [
        ("TV Mounts",),
        ("Televisions", "Accessories"),
        ("Vacuums", "VacuumAccessories", "VacuumBags", "HandheldBags"),
        ("Printers,Inks&Accessories", "Inks,Toners&Cartridges", "InkjetInkCartridges"),
        ("PrinterInk",),
        ("Smartwatch Straps",),
        ("WaterPurifiers&Accessories", "WaterPurifierAccessories"),
        ("Laptops", "Laptop Bags"),
        ("Handyhüllen",),
        ("Sofa Covers",),
        ("Fridge Magnets",),
        ("Electric Toothbrush Heads",),
        ("Pet Supplies", "Dogs", "Beds"),
        ("Toys", "Toy Cars"),
        ("Table Lamps",),
        ("Clothing", "Women", "Dresses"),
        ("Books", "Fiction"),
        ("Grocery", "Coffee"),
        ("Stationery", "Notebooks"),
        ("Kitchen",),
        (),
    ],
)
def test_parts_and_what_is_bought_again_are_not_durable(category: Category) -> None:
    """Nor is anything that no table knows."""
    assert not SHIPPED.is_durable(category)


def test_what_goes_with_something_is_known_to_the_table() -> None:
    """Otherwise a helmet below bicycles would be taken for a bicycle."""
    unknown = [phrase for phrase in complement_phrases() if SHIPPED.same_kind((phrase,), ("no such",))]
    assert unknown == []
    assert [
        phrase for phrase in complement_phrases() if not SHIPPED.same_kind((phrase, "-"), (phrase,))
    ] == []


def test_the_shop_has_the_last_word() -> None:
    """Over the table and over what was learned."""
    leaf = ("Audio", "Speakers")
    shop = Durables(overrides={"Speakers": False, "Candles": True}, repeats=_owned_once(leaf))
    assert shop.learned == {leaf: True}
    assert not shop.is_durable(leaf)
    assert shop.is_durable(("Home", "Candles"))


def test_purchases_outweigh_the_table() -> None:
    """A leaf that many customers buy again is not durable, one they never buy again is."""
    phones: Category = ("Phones",)
    candles: Category = ("Candles",)
    repeats: dict[Category, Repeats] = {
        phones: Repeats(owners=200, returning=100, repeated=60, further=100),
        candles: Repeats(owners=200, returning=100, repeated=2, further=100),
    }
    shop = Durables(repeats=repeats)
    assert not shop.is_durable(phones)
    assert shop.is_durable(candles)


@pytest.mark.parametrize(("returning", "repeated"), [(0, 0), (19, 0), (19, 19), (40, 12)])
def test_little_or_mixed_evidence_decides_nothing(returning: int, repeated: int) -> None:
    """Too few customers, or a share that could be either."""
    counts = Repeats(owners=max(1, returning), returning=returning, repeated=repeated, further=returning)
    rest = Repeats(owners=100, returning=0, repeated=0, further=0)
    assert learn({("A",): counts, ("B",): rest}) == {}


def test_a_rare_leaf_is_not_durable_for_being_rare() -> None:
    """Few buy it again because few buy it at all: that is chance, not durability."""
    rare = Repeats(owners=100, returning=100, repeated=3, further=100)
    rest = Repeats(owners=9_900, returning=0, repeated=0, further=0)
    assert ("A",) not in learn({("A",): rare, ("B",): rest})


def test_the_interval_holds_the_share_and_narrows() -> None:
    """Wilson's figures for 1 of 10 and 10 of 100."""
    assert wilson(0, 0) == (0, 1)
    assert wilson(1, 10) == pytest.approx((0.0179, 0.4042), abs=1e-4)
    assert wilson(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)


def test_sorts_of_one_thing_are_one_kind() -> None:
    """Somebody who owns a dry iron does not need a steam iron as well."""
    assert SHIPPED.same_kind(("Irons", "DryIrons"), ("Irons", "SteamIrons"))
    assert SHIPPED.same_kind(("SmartTelevisions",), ("Fernseher",))
    assert not SHIPPED.same_kind(("Irons",), ("Ironing Boards",))
    assert not SHIPPED.same_kind(("Unheard of",), ("Unknown",))


@pytest.mark.parametrize(
    ("category", "is_title"),
    [
        (("Books", "Non-Fiction", "History"), True),
        (("Bücher", "Krimis"), True),
        (("Vinyl", "Jazz", "Hard Bop"), True),
        (("Games", "Video Games"), True),
        (("Books", "Bookends"), False),
        (("Book Accessories", "Covers"), False),
        (("Stationery", "Notebooks"), False),
        (("Audio", "Record Players"), False),
        (("Kitchen", "Mugs"), False),
    ],
)
def test_of_titles_one_more_is_always_another(category: Category, *, is_title: bool) -> None:
    """So no purchases make them durable, as they do a thing that nobody has bought again."""
    assert SHIPPED.is_title(category) is is_title
    assert not (is_title and Durables(repeats=_owned_once(category)).is_durable(category))


def _owned_once(leaf: Category) -> dict[Category, Repeats]:
    rest = Repeats(owners=100, returning=0, repeated=0, further=0)
    return {leaf: Repeats(owners=100, returning=100, repeated=0, further=100), ("Rest",): rest}
