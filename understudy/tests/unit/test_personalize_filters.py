from collections.abc import Mapping

import numpy as np
import pytest

from understudy.personalize.filter_operations import check_filter
from understudy.personalize.filter_syntax import FilterError, parse_filter
from understudy.personalize.filtering import ItemFilter
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.tables import Column, Table, Texts
from understudy.personalize.trained import Items

ITEMS = Items(("lamp", "sofa", "desk", "vase", "rug"))  # the rug has no record
THREE_CLAUSES = (
    "INCLUDE ItemID WHERE Items.PRICE < 100 | INCLUDE ItemID WHERE Items.PRICE > 200"
    ' | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("view")'
)


def texts(values: list[str]) -> Texts:
    """Return a string column; an empty string is null."""
    known = list(dict.fromkeys(value for value in values if value))
    codes = [known.index(value) if value else -1 for value in values]
    return Texts(np.array(codes, dtype=np.int32), tuple(known))


def snapshot(schema: Schema, columns: Mapping[str, Column]) -> DatasetSnapshot:
    """Return a dataset."""
    first = columns[schema.fields[0].name]
    rows = first.codes.size if isinstance(first, Texts) else first.size
    return DatasetSnapshot(schema, Table(columns, rows))


SNAPSHOTS = {
    "Interactions": snapshot(
        Schema(
            "Interactions",
            (
                Field("USER_ID", "string"),
                Field("ITEM_ID", "string"),
                Field("EVENT_TYPE", "string"),
                Field("EVENT_VALUE", "float"),
            ),
        ),
        {
            "USER_ID": texts(["ann", "bob", "ann", "ann"]),
            "ITEM_ID": texts(["lamp", "lamp", "sofa", "rug"]),
            "EVENT_TYPE": texts(["Buy", "view", "view", "buy"]),
            "EVENT_VALUE": np.ones(4),
        },
    ),
    "Items": snapshot(
        Schema(
            "Items",
            (
                Field("ITEM_ID", "string"),
                Field("KIND", "string", categorical=True),
                Field("PRICE", "double"),
                Field("NEW", "boolean"),
                Field("TEXT", "string", textual=True),
            ),
        ),
        {
            "ITEM_ID": texts(["sofa", "lamp", "desk", "vase"]),
            "KIND": texts(["seat|soft", "light", "table", ""]),
            "PRICE": np.array([300.0, 40.0, np.nan, 15.0]),
            "NEW": np.ones(4),
            "TEXT": texts(["a", "b", "c", "d"]),
        },
    ),
    "Users": snapshot(
        Schema("Users", (Field("USER_ID", "string"), Field("AGE", "int"))),
        {"USER_ID": texts(["bob", "ann"]), "AGE": np.array([20.0, 40.0])},
    ),
}
SCHEMAS = {name: each.schema for name, each in SNAPSHOTS.items()}


def allowed(expression: str, user: str = "ann", **given: str) -> set[str]:
    """Return the items that a filter allows for a user."""
    check_filter(expression, SCHEMAS)
    mask = ItemFilter(expression, SNAPSHOTS, ITEMS).mask(user, given)
    return {item for item, kept in zip(ITEMS.ids, mask, strict=True) if kept}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('INCLUDE ItemID WHERE Items.KIND IN ("light", "soft")', "lamp sofa"),
        ('INCLUDE ItemID WHERE Items.KIND = "seat|soft"', "sofa"),
        ('INCLUDE ItemID WHERE Items.KIND NOT IN ("light")', "sofa desk"),
        ('EXCLUDE ItemID WHERE Items.KIND IN ("light")', "sofa desk vase rug"),
        ("INCLUDE ItemID WHERE Items.PRICE <= 40", "lamp vase"),
        ("INCLUDE ItemID WHERE Items.PRICE < (40)", "vase"),
        ("INCLUDE ItemID WHERE Items.PRICE > 15 AND Items.PRICE < 300", "lamp"),
        ('INCLUDE ItemID WHERE Items.PRICE = 15 OR Items.KIND IN ("table")', "desk vase"),
        ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', "desk vase"),
        ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("BUY")', "sofa desk vase"),
        ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN ("buy")', "lamp desk vase rug"),
        ('include itemid where Items.KIND in ("LIGHT")', ""),
        (THREE_CLAUSES, "lamp vase"),
        ("EXCLUDE ItemID WHERE Items.PRICE > 0 IF CurrentUser.AGE > 30", "desk rug"),
        ("EXCLUDE ItemID WHERE Items.PRICE > 0 IF CurrentUser.AGE = 20", " ".join(ITEMS.ids)),
    ],
)
def test_a_filter_allows_the_expected_items(expression: str, expected: str) -> None:
    """Each operator, dataset and combination, for a user aged 40 with three events."""
    assert allowed(expression) == set(expected.split())


def test_parameters_have_quoted_values_and_may_be_missing_only_in_exclusions() -> None:
    """A missing value disables an exclusion but makes an inclusion an error."""
    include = "INCLUDE ItemID WHERE Items.KIND IN ($KIND)"
    exclude = "EXCLUDE ItemID WHERE Items.KIND IN ($KIND)"

    assert allowed(include, KIND='"light","table"') == {"lamp", "desk"}
    assert allowed(exclude) == set(ITEMS.ids)
    with pytest.raises(FilterError):
        allowed(include)
    with pytest.raises(FilterError):
        allowed(include, KIND="light")


def test_an_unknown_user_has_no_events_and_no_age() -> None:
    """Filters on the user's own data exclude nothing for an unknown user."""
    assert allowed('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', "eve") == set(ITEMS.ids)
    conditional = "EXCLUDE ItemID WHERE Items.PRICE > 0 IF CurrentUser.AGE > 0"
    assert allowed(conditional, "eve") == set(ITEMS.ids)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "KEEP ItemID WHERE Items.PRICE > 1",
        "INCLUDE ItemID WHERE Items.PRICE",
        "INCLUDE ItemID WHERE PRICE > 1",
        "INCLUDE ItemID WHERE Items.PRICE LIKE 1",
        'INCLUDE ItemID WHERE Items.KIND IN ("a"',
        "INCLUDE ItemID WHERE Items.KIND IN (a)",
        "INCLUDE ItemID WHERE Items.PRICE > 1 extra",
        "INCLUDE ItemID WHERE Items.PRICE > ;",
        "INCLUDE ItemID WHERE Items.PRICE > 1 IF Items.PRICE > 1",
        "INCLUDE ItemID WHERE Items.WEIGHT > 1",
        "INCLUDE ItemID WHERE Shops.NAME = 1",
        "INCLUDE ItemID WHERE Items.NEW = 1",
        'INCLUDE ItemID WHERE Items.TEXT = "a"',
        'INCLUDE ItemID WHERE Items.KIND > "a"',
        "INCLUDE ItemID WHERE Interactions.EVENT_VALUE > 1",
        "INCLUDE ItemID WHERE Items.KIND NOT IN ($KIND)",
        'INCLUDE ItemID WHERE Items.PRICE > 1 AND Interactions.EVENT_TYPE IN ("buy")',
        "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE",
        "INCLUDE ItemID WHERE Items.PRICE < (1",
        "INCLUDE ItemID WHERE Users.AGE > 1",
        "INCLUDE UserID WHERE Users.AGE > 1",
        'INCLUDE ItemID WHERE Items.PRICE > "cheap"',
        'INCLUDE ItemID WHERE Items.PRICE IN (1, "nan")',
        'INCLUDE ItemID WHERE Items.KIND IN ("*")',
        'EXCLUDE ItemID WHERE Items.PRICE > 1 IF CurrentUser.AGE = "young"',
    ],
)
def test_an_invalid_expression_is_refused(expression: str) -> None:
    """Invalid syntax, unknown fields, and fields or operators that filters do not support."""
    with pytest.raises(FilterError):
        check_filter(expression, SCHEMAS)


@pytest.mark.parametrize(
    "expression", ["Items.PRICE < $VALUE", "Items.PRICE = $VALUE", "Items.KIND = $VALUE"]
)
def test_a_comparison_takes_one_value(expression: str) -> None:
    """Where a parameter has more, nobody knows which was meant."""
    with pytest.raises(FilterError, match="VALUE takes one value"):
        allowed(f"INCLUDE ItemID WHERE {expression}", VALUE='"40","300"')


def test_a_number_may_be_in_quotes() -> None:
    """As the values of parameters are."""
    assert allowed('INCLUDE ItemID WHERE Items.PRICE >= "40"') == {"lamp", "sofa"}


def test_an_expression_has_at_most_five_fields() -> None:
    """The sixth distinct field is refused."""
    tests = " AND ".join(f"Items.F{number} = 1" for number in range(6))
    with pytest.raises(FilterError, match="5"):
        parse_filter(f"INCLUDE ItemID WHERE {tests}")


def test_any_number_of_values_takes_little_memory() -> None:
    """Masks are kept of the latest values only, and an old one is computed again."""
    bound = ItemFilter("INCLUDE ItemID WHERE Items.PRICE < $PRICE", SNAPSHOTS, ITEMS)
    for price in (41, *range(1_000, 1_200), 41):
        mask = bound.mask("ann", {"PRICE": str(price)})
        assert mask.tolist()[:2] == [True, price > 41]
    assert bound._described.cache_info().currsize <= 64


def test_without_interactions_nothing_was_interacted_with() -> None:
    """A filter on them excludes nothing."""
    only_items = {"Items": SNAPSHOTS["Items"]}
    bound = ItemFilter('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', only_items, ITEMS)
    assert bound.mask("ann", {}).all()


def without_last(table: Table) -> Table:
    """Return a table without its last row."""
    rows = np.arange(table.rows - 1)
    columns = {
        name: column.take(rows) if isinstance(column, Texts) else column[rows]
        for name, column in table.columns.items()
    }
    return Table(columns, len(rows))


OFFERED = (
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*") | EXCLUDE ItemID WHERE Items.PRICE < 100'
    ' | EXCLUDE ItemID WHERE Items.KIND IN ("soft") IF CurrentUser.AGE > 30'
)


@pytest.mark.parametrize("changed", [set(), {"Items"}, {"Users"}, {"Interactions"}, set(SNAPSHOTS)])
def test_a_filter_on_newer_data_is_that_of_a_new_one(changed: set[str]) -> None:
    """What is indexed of data that stay is kept, and of others made anew."""
    newer = {
        name: DatasetSnapshot(one.schema, without_last(one.table)) if name in changed else one
        for name, one in SNAPSHOTS.items()
    }
    before = ItemFilter(OFFERED, SNAPSHOTS, ITEMS)
    for user in ("ann", "bob"):
        before.mask(user, {})
    after, anew = ItemFilter(OFFERED, newer, ITEMS, before=before), ItemFilter(OFFERED, newer, ITEMS)
    for user in ("ann", "bob", "eve"):
        assert after.mask(user, {}).tolist() == anew.mask(user, {}).tolist()
    kept = before.indices_of(newer)
    assert len(before.indices_of(SNAPSHOTS)) == 3
    assert ("_history" in kept) == ("Interactions" not in changed)
    assert ("_users" in kept) == ("Users" not in changed)
    assert ("_item_rows" in kept) == ("Items" not in changed)
