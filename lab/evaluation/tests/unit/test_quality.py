"""What a customer would object to, on lists of a few made-up products."""

from collections.abc import Sequence

import pytest

from fondly.contracts.records import Pick, Product, Reason, ReasonKind, Recommendation
from fondly.evaluation.own_data.quality import Quality, QualityFigures, genders, sizes
from fondly.recommender.domain.history.preferences import Preference
from lab.evaluation.tests.shops import a_list, a_product, by_id

PHONE, CASE, MUG = a_product("phone", "Phones"), a_product("case", "Cases"), a_product("mug", "Mugs")
WRONG_CASE = a_product("wrong", "Cases")
COAT_S, COAT_M = (a_product(f"coat-{size}", "Women", "Coats", variant=f"Blue, {size}") for size in "SM")
BELT = a_product("belt", "Men", "Belts")
SKIRT = a_product("skirt", "Women", "Skirts", variant="M")
OTHER_MUG = a_product("other", "Mugs", name="Thingmug")
PRODUCTS = by_id(PHONE, CASE, WRONG_CASE, MUG, OTHER_MUG, COAT_S, COAT_M, BELT, SKIRT)


def fits(product: Product, owned: Sequence[Product]) -> bool | None:
    """One of the cases fits the phone; nothing else is an accessory."""
    return product is CASE if product.category == ("Cases",) and PHONE in owned else None


def figures(*lists: Recommendation, liked: str = "", disliked: str = "") -> QualityFigures:
    """Return the figures of customers who own these products."""
    owned = [Preference(product_id=each, value=0.9) for each in liked.split()]
    owned += [Preference(product_id=each, value=-0.9) for each in disliked.split()]
    of = {one.customer_id: owned for one in lists}
    return Quality(lists, of, PRODUCTS, lambda one: one.split("-")[0], fits).figures()


def test_accessories_are_counted_that_fit() -> None:
    """What is no accessory of anything owned is left out, and None says that there is none."""
    assert figures(a_list("c", CASE, WRONG_CASE, MUG), liked="phone").fitting_accessories == 0.5
    assert figures(a_list("c", CASE), liked="mug").fitting_accessories is None


def test_picks_for_another_gender_are_counted_among_those_for_any() -> None:
    """Of customers who own something for one."""
    assert figures(a_list("c", BELT, COAT_M, MUG), liked="skirt").other_gender == 0.5
    assert figures(a_list("c", BELT), liked="mug").other_gender is None


def test_an_owned_size_is_expected_only_where_it_is_in_stock() -> None:
    """Of a coat in S and M for somebody who wears M; nothing of another department."""
    assert figures(a_list("c", COAT_S), liked="skirt").owned_size == 0
    assert figures(a_list("c", COAT_M, MUG), liked="skirt").owned_size == 1
    gone = COAT_M.model_copy(update={"in_stock": False})
    lists = [a_list("c", COAT_S)]
    preferences = {"c": [Preference(product_id="skirt")]}
    shop = {**PRODUCTS, "coat-M": gone}
    assert Quality(lists, preferences, shop, lambda one: one.split("-")[0], fits).figures().owned_size is None


def test_an_owned_title_is_owned_as_a_family_is() -> None:
    """Another mug of the same name, another size of the coat, and something new."""
    found = figures(a_list("c", OTHER_MUG, COAT_S, CASE), liked="mug coat-M")
    assert found.owned_already == pytest.approx(2 / 3)


def test_nothing_is_said_to_go_with_what_is_disliked() -> None:
    """Of the reasons that name something it goes with."""
    picks = tuple(
        Pick(product=CASE, reason=Reason(kind=ReasonKind.GOES_WITH, product_id=each))
        for each in ("phone", "mug")
    )
    one = a_list("c").model_copy(update={"picks": picks})
    assert figures(one, liked="mug", disliked="phone").goes_with_disliked == 0.5


def test_impersonal_reasons_are_counted_by_pick_and_by_list() -> None:
    """Five of seven picks, and one of two lists; each list has three and a half picks."""
    impersonal = a_list("c", MUG, CASE, PHONE, BELT, SKIRT, kind=ReasonKind.POPULAR)
    found = figures(impersonal, a_list("d", MUG, CASE, kind=ReasonKind.LIKED))
    assert found.impersonal == pytest.approx(5 / 7)
    assert (found.impersonal_lists, found.picks_a_list, found.most_frequent_product) == (0.5, 3.5, 1)


def test_without_lists_there_is_nothing_to_count() -> None:
    """Neither is it an error."""
    found = figures()
    assert (found.picks_a_list, found.impersonal, found.other_gender) == (0, 0, None)


@pytest.mark.parametrize(
    ("name", "variant", "expected"),
    [
        ("Coat", "Blue, XL", {"XL"}),
        ("Jeans", "32/34", {"32/34"}),
        ("Coat, Green, M", None, {"M"}),
        ("Boots - EU 42", None, {"EU 42"}),
        ("M 12 Screws", None, set()),
        ("Phone", "128 GB, Black", set()),
    ],
)
def test_sizes_are_read_from_the_variant_or_the_end_of_the_name(
    name: str, variant: str | None, expected: set[str]
) -> None:
    """Numbers of two or three digits, and letters."""
    assert sizes(a_product("p", name=name, variant=variant)) == expected


def test_for_whom_a_product_is_stands_in_its_category_or_name() -> None:
    """In English and German; what is for both is for anybody."""
    assert genders(a_product("p", "Clothing", "Men's Shirts")) == {"male"}
    assert genders(a_product("p", "Damen", name="Kleid")) == {"female"}
    assert genders(a_product("p", "Men & Women")) == {"male", "female"}
    assert genders(MUG) == set()
