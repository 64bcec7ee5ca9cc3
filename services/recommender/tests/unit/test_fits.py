import pytest

from encore.contracts.records import ReasonKind
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.brands import Brands
from encore.recommender.domain.fits import Fits
from encore.recommender.domain.picks import pick
from encore.recommender.domain.shopper import Shopper
from services.recommender.tests.baskets import Filling
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import owns, shop_of

MAKERS = [
    product(f"{brand}{n}", f"{brand} television {n}", brand=brand)
    for brand in ("Sony", "Samsung", "LG", "Apple")
    for n in range(2)
]


def fits(name: str, owned: str, brand: str = "Acme") -> bool:
    """Whether a product of this name and brand fits an owned one, which is a maker's or has a name."""
    products = [*MAKERS, product("offer", name, brand=brand), product("named", owned, brand="Bolt")]
    index = Fits(products, Brands(products))
    return index.fits("offer", owned if owned in {one.product_id for one in MAKERS} else "named")


@pytest.mark.parametrize(
    "name",
    ["Remote control for Samsung", "Remote, compatible with SAMSUNG sets", "Acme remote fits Samsung TV"],
)
def test_what_is_made_for_one_maker_does_not_fit_anothers_devices(name: str) -> None:
    """It fits the maker's own, and what other products for that maker fit."""
    assert fits(name, "Samsung0")
    assert fits(name, "Wall mount for Samsung")
    assert not fits(name, "Sony0")
    assert not fits(name, "Wall mount for Sony")


@pytest.mark.parametrize(
    "name",
    [
        "Remote control",
        "Remote control for all televisions",
        "Remote control for Samsung, Sony and LG",
        "Remote control for Zenith",
    ],
)
def test_what_names_no_maker_or_many_fits_everything(name: str) -> None:
    """A brand of which the shop has no two products is no maker of devices."""
    assert fits(name, "Apple0")
    assert fits(name, "Wall mount for Sony")


def test_a_makers_own_product_is_for_its_maker_only_where_its_name_says_so() -> None:
    """A remote by Samsung for Samsung is of no use to the owner of a Sony; a Samsung cable may be."""
    assert not fits("Samsung remote for Samsung", "Sony0", brand="Samsung")
    assert fits("Samsung charging cable", "Sony0", brand="Samsung")


def test_a_product_line_stands_for_its_maker_anywhere_in_a_name() -> None:
    """An iPhone cable is of no use to the owner of another maker's telephone."""
    assert fits("iPhone charging cable", "Apple0")
    assert fits("iPhone charging cable", "Lightning adapter")
    assert not fits("iPhone charging cable", "Samsung0")


@pytest.mark.parametrize(
    "name", ["Wall hanger for Echo Dot", "Bracket for Dot 3rd Gen", "Cover for Fire TV Stick"]
)
def test_a_device_stands_for_its_maker_where_a_name_speaks_of_others(name: str) -> None:
    """A hanger for an Echo Dot is of no use to the owner of another maker's loudspeaker."""
    assert not fits(name, "Sony0")
    assert fits(name, "Remote for Fire TV")


@pytest.mark.parametrize(
    ("owned", "is_right"),
    [("Bolt television 55 inch", False), ("Bolt television 24 inch", True), ("Bolt television", True)],
)
def test_what_is_made_for_some_sizes_fits_those_alone(owned: str, *, is_right: bool) -> None:
    """A mount for 12 to 27 inches does not hold a television of 55; a name without a size says nothing."""
    assert fits("Wall mount for 12 to 27 inches LED/LCD", owned) is is_right
    assert fits("Wall mount", owned)


def test_what_fits_nothing_that_the_customer_has_breaks_a_rule() -> None:
    """Of the category that it goes with: a television's owner gets no remote for another maker's."""
    televisions = ("Electronics", "Televisions", "SmartTelevisions")
    remotes = ("Electronics", "Accessories", "RemoteControls")
    products = [
        *(one.model_copy(update={"category": televisions}) for one in MAKERS),
        product("remote", "Remote for Samsung", remotes, brand="Acme"),
    ]
    shop = shop_of(products)
    assert Filling(shop, owns("Sony0")).broken_by("remote") is Rule.FIT
    for owned in (["Samsung0"], ["Samsung0", "Sony0"], ["Sony0", "Samsung0"]):
        assert Filling(shop, owns(*owned)).broken_by("remote") is None


def test_the_reason_names_the_thing_that_a_product_fits() -> None:
    """A remote for Samsung goes with the customer's Samsung, not with the Sony that they bought before."""
    televisions = ("Electronics", "Televisions", "SmartTelevisions")
    remotes = ("Electronics", "Accessories", "RemoteControls")
    products = [
        *(one.model_copy(update={"category": televisions}) for one in MAKERS),
        product("remote", "Remote for Samsung", remotes, brand="Acme"),
    ]
    selection = pick(Shopper(shop_of(products), owns("Sony0", "Samsung0")))
    [reason] = [one.reason for one in selection.picks if one.product.product_id == "remote"]
    assert (reason.kind, reason.product_id) == (ReasonKind.GOES_WITH, "Samsung0")
