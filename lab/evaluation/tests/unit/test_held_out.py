from fondly.evaluation.own_data.held_out import Hit, Target, hit_of, hold_out
from lab.evaluation.tests.shops import a_buyer, a_customer, a_product, by_id

RED, BLUE = a_product("red", "Home", "Lamps", "Desk"), a_product("blue", "Home", "Lamps", "Desk")
SOFA, TENT = a_product("sofa", "Home", "Sofas"), a_product("tent", "Outdoor", "Tents")
PRODUCTS = by_id(RED, BLUE, SOFA, TENT)


def labels(product_id: str) -> frozenset[str]:
    """The lamps are one family."""
    return frozenset({"lamp" if product_id in {"red", "blue"} else product_id})


def known_after(
    customer: str, *listed: str | tuple[str, ...], times: tuple[int, ...] = ()
) -> tuple[str, ...]:
    """Return what is left in a customer's history."""
    held = hold_out([a_customer(customer, *listed, times=times)], PRODUCTS, labels)
    return held.customers[0].product_ids


def test_the_last_review_in_the_file_is_held_out_where_times_are_missing() -> None:
    """The others stay."""
    held = hold_out([a_customer("c", "sofa", "red", "tent")], PRODUCTS, labels)
    assert held.customers[0].product_ids == ("sofa", "red")
    assert held.targets["c"].families == {"tent"}


def test_the_latest_review_is_held_out_where_all_have_times() -> None:
    """Wherever it stands in the file."""
    assert known_after("c", "sofa", "tent", times=(9, 1)) == ("tent",)


def test_what_was_bought_last_is_held_out_too() -> None:
    """By time where all have one, reviews and orders alike; variants of it go with it."""
    customer = a_customer("c", "sofa", "red", times=(5, 1))
    bought = a_buyer("c", "tent", "blue", times=(3, 9)).purchases
    held = hold_out([customer.model_copy(update={"purchases": bought})], PRODUCTS, labels)
    assert held.customers[0].product_ids == ("sofa", "tent")
    assert held.targets["c"].families == {"lamp"}
    held = hold_out([a_buyer("d", "sofa", "tent"), a_buyer("e", "tent")], PRODUCTS, labels)
    assert [one.product_ids for one in held.customers] == [("sofa",), ("tent",)]
    assert held.targets.keys() == {"d"}


def test_nothing_of_the_held_out_family_stays() -> None:
    """Neither another variant, nor its share of a review that is listed under several products."""
    assert known_after("c", "red", "sofa", "blue") == ("sofa",)
    assert known_after("c", ("red", "tent"), "blue") == ("tent",)


def test_customers_of_one_family_keep_everything() -> None:
    """Variants are one product, and without a history there is nothing to recommend from."""
    customers = [a_customer("c", "red", "blue"), a_customer("d", ("red", "sofa")), a_customer("e")]
    held = hold_out(customers, PRODUCTS, labels)
    assert list(held.customers) == customers
    assert held.targets == {}


def test_a_hit_is_told_apart_by_how_near_it_is() -> None:
    """A variant is a hit in the family, another product of the category only in that."""
    target = Target.of([RED], labels)
    shade = a_product("shade", "Home", "Lamps", "Shades")
    desk_lamp = a_product("other", "Home", "Lamps", "Desk")
    assert hit_of([RED], target, labels) == Hit(exact=True, family=True, leaf=True, level_2=True)
    assert hit_of([BLUE], target, labels) == Hit(exact=False, family=True, leaf=True, level_2=True)
    assert hit_of([TENT, desk_lamp], target, labels) == Hit(
        exact=False, family=False, leaf=True, level_2=True
    )
    assert hit_of([shade], target, labels) == Hit(exact=False, family=False, leaf=False, level_2=True)
    assert hit_of([SOFA], target, labels) == Hit(exact=False, family=False, leaf=False, level_2=False)


def test_products_without_a_category_are_only_hit_by_family() -> None:
    """Two unknown categories are not the same one."""
    plain, other = a_product("plain"), a_product("other")
    target = Target.of([plain], labels)
    assert hit_of([other], target, labels) == Hit(exact=False, family=False, leaf=False, level_2=False)
