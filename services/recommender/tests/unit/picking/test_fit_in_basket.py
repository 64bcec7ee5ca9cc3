"""What is useless without its partner is picked only for somebody who has one."""

import pytest

from fondly.contracts.records import ReasonKind
from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.picking.picks import pick
from fondly.recommender.domain.picking.shopper import Shopper
from services.recommender.tests.baskets import Filling
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import dislikes, ids, likes, owns, shop_of

PHONES, PRINTERS = ("Electronics", "Phones", "Smartphones"), ("Computers", "Printing", "Printers")
TELEVISIONS, REMOTES = (
    ("Electronics", "TVs", "Televisions"),
    ("Electronics", "Accessories", "Remote Controls"),
)
CABLES, CASES = ("Computers", "Accessories", "USB Cables"), ("Electronics", "Accessories", "Phone Cases")
GLASSES, TOWELS = ("Electronics", "Accessories", "Screen Guards"), ("Home", "Bath", "Towels")
SHOP = shop_of(
    [
        product("phone", "Apple iPhone 13 (128 GB) - Blue", PHONES, brand="Apple"),
        product("printer", "HP DeskJet 2331 All-in-One Printer", PRINTERS, brand="HP"),
        product("sony", "Sony Bravia 50 inch Google TV", TELEVISIONS, brand="Sony"),
        product("printer cable", "USB A to B Printer Cable, 2 m", CABLES, brand="Kabello"),
        product("phone cable", "USB-C to Lightning Cable, 1 m", CABLES, brand="Kabello"),
        product("console", "PlayStation 5 Slim Console", ("Electronics", "Gaming", "Consoles"), brand="Sony"),
        product("mount", "TV Wall Mount for 23 to 43 inch", REMOTES, brand="Mountix"),
        product("remote", "Remote for Sony Bravia TV", REMOTES, brand="Remo"),
        product("other remote", "Remote for Samsung TV", REMOTES, brand="Remo"),
        product("case", "Clear Case for iPhone 13", CASES, brand="Kappto"),
        product("glass", "Tempered Glass for iPhone 13", GLASSES, brand="Glazo"),
        product("towel", "Bath Towel, blue", TOWELS, brand="Homo"),
    ]
)
ACCESSORIES = {"mount", "printer cable", "phone cable", "remote", "other remote", "case", "glass"}


@pytest.mark.parametrize(
    ("preferences", "fitting"),
    [
        (owns("phone"), {"phone cable", "case", "glass"}),
        (likes("printer"), {"printer cable"}),
        (owns("phone", "printer"), {"phone cable", "case", "glass", "printer cable"}),
        (owns("sony"), {"remote"}),
        (owns("console"), {"mount"}),
        (owns("console", "sony"), {"remote"}),
        (owns("console") + dislikes("sony"), set()),
        (owns("case"), {"phone cable", "case", "glass"}),
        (owns("towel"), set()),
        ([], set()),
        (dislikes("phone"), set()),
    ],
)
def test_an_accessory_fits_something_that_the_customer_has_and_keeps(
    preferences: list[Preference], fitting: set[str]
) -> None:
    """That is the device, or another accessory that says which device they have."""
    filling = Filling(SHOP, preferences)
    assert {one for one in ACCESSORIES if Rule.FIT not in filling.broken_by(one)} == fitting
    assert Rule.FIT not in filling.broken_by("towel")


@pytest.mark.parametrize(
    ("owned", "is_theirs"), [("case", True), ("glass", True), ("phone cable", False), ("other case", False)]
)
def test_who_has_a_case_for_a_phone_has_the_phone(owned: str, *, is_theirs: bool) -> None:
    """They need no other of that very model; a cable that fits several does not tell, nor another case."""
    other = product("other case", "Clear Case for iPhone 12", CASES, brand="Kappto")
    filling = Filling(shop_of([*SHOP.catalogue.products.values(), other]), owns(owned))
    assert (Rule.OWNED in filling.broken_by("phone")) is is_theirs
    assert {one for one in ACCESSORIES - {owned} if Rule.OWNED in filling.broken_by(one)} == set()


@pytest.mark.parametrize("owned", [["phone"], ["printer"], ["sony"], ["phone", "sony"], ["towel"], []])
def test_nothing_that_does_not_fit_is_picked_however_little_is_left(owned: list[str]) -> None:
    """The rule never yields; not even a ranking brings it in."""
    filling = Filling(SHOP, owns(*owned))
    picked = ids(pick(Shopper(SHOP, owns(*owned), sorted(ACCESSORIES))))
    assert not [one for one in picked if Rule.FIT in filling.broken_by(one)]


def test_the_reason_names_the_thing_that_a_product_fits() -> None:
    """A printer's cable goes with the printer, not with the phone that they bought before."""
    picks = pick(Shopper(SHOP, owns("phone", "printer"))).picks
    told = {one.product.product_id: (one.reason.kind, one.reason.product_id) for one in picks}
    assert told["printer cable"] == (ReasonKind.GOES_WITH, "printer")
