"""Tables do what lists of records would, whatever is in them."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.personalize.filtering import Records, column_of, number_form
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.tables import (
    Column,
    NumbersBuilder,
    Table,
    Texts,
    TextsBuilder,
    read_table,
    write_table,
)


class Row(NamedTuple):
    """A record of an item."""

    item: str
    kind: str | None
    price: float | None


rows = st.lists(
    st.builds(
        Row,
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(["red", "blue", None]),
        st.sampled_from([1.0, 2.5, None]),
    ),
    max_size=12,
)
SCHEMA = Schema(
    "Items",
    (
        Field("ITEM_ID", "string"),
        Field("KIND", "string", nullable=True, categorical=True),
        Field("PRICE", "float", nullable=True),
    ),
)


def table_of(records: Sequence[Row]) -> Table:
    """Return records as a table."""
    items, kinds, prices = TextsBuilder(), TextsBuilder(), NumbersBuilder()
    items.extend([each.item for each in records])
    kinds.extend([each.kind for each in records])
    prices.extend([math.nan if each.price is None else each.price for each in records])
    columns: dict[str, Column] = {"ITEM_ID": items.build(), "KIND": kinds.build(), "PRICE": prices.build()}
    return Table(columns, len(records))


def rows_of(table: Table) -> list[Row]:
    """Return a table as records."""

    def text(name: str, row: int) -> str | None:
        code = int(table.texts(name).codes[row])
        return table.texts(name).values[code] if code >= 0 else None

    def number(row: int) -> float | None:
        price = float(table.numbers("PRICE")[row])
        return None if math.isnan(price) else price

    return [Row(text("ITEM_ID", row) or "", text("KIND", row), number(row)) for row in range(table.rows)]


@settings(deadline=None)
@given(records=rows)
def test_a_table_has_what_was_put_into_it(records: list[Row]) -> None:
    """In its order; each string is stored once."""
    table = table_of(records)
    assert rows_of(table) == records
    assert len(set(table.texts("ITEM_ID").values)) == len(table.texts("ITEM_ID").values)


@settings(deadline=None)
@given(first=rows, second=rows)
def test_one_table_follows_another(first: list[Row], second: list[Row]) -> None:
    """Whatever strings each of them has."""
    assert rows_of(table_of(first).followed_by(table_of(second))) == first + second


@settings(deadline=None)
@given(records=rows)
def test_equal_records_count_once(records: list[Row]) -> None:
    """The first of them stays where it was."""
    assert rows_of(table_of(records).distinct()) == list(dict.fromkeys(records))


@settings(deadline=None)
@given(records=rows)
def test_the_last_record_of_each_counts(records: list[Row]) -> None:
    """In the order of the last ones."""
    last = {each.item: number for number, each in enumerate(records)}
    expected = [records[number] for number in sorted(last.values())]
    assert rows_of(table_of(records).last_of_each("ITEM_ID")) == expected


@settings(deadline=None)
@given(records=rows, gone=st.sets(st.sampled_from(["a", "b", "red", "z"])))
def test_records_are_left_out_by_a_column(records: list[Row], gone: set[str]) -> None:
    """Those that have nothing there stay."""
    table = table_of(records)
    assert rows_of(table.without("ITEM_ID", gone)) == [each for each in records if each.item not in gone]
    assert rows_of(table.without("KIND", gone)) == [each for each in records if each.kind not in gone]


@settings(deadline=None)
@given(records=rows)
def test_records_in_any_number_of_pieces_are_the_same(records: list[Row]) -> None:
    """What is put by itself merges to what one import has, equal records and all."""
    whole = table_of(records).distinct()
    pieces = table_of([])
    for each in records:
        pieces = pieces.followed_by(table_of([each])).distinct()
    assert rows_of(pieces) == rows_of(whole)


@pytest.mark.parametrize("records", [[], [Row("a", None, None)], [Row("ä|b", "\n", -1.5), Row("", "x", 0.0)]])
def test_a_file_has_the_whole_table(tmp_path: Path, records: list[Row]) -> None:
    """Also an empty one, and one with any characters."""
    path = tmp_path / "table.npz"
    write_table(path, table_of(records))
    assert rows_of(read_table(path)) == records
    assert list(tmp_path.iterdir()) == [path]


def test_a_column_is_of_one_kind() -> None:
    """Numbers are not strings, and the other way round."""
    table = table_of([Row("a", "x", 1.0)])
    with pytest.raises(KeyError):
        table.texts("PRICE")
    with pytest.raises(KeyError):
        table.numbers("KIND")


@settings(deadline=None)
@given(records=rows)
def test_records_are_found_by_id(records: list[Row]) -> None:
    """Of those with the same id, the last; nothing is known of others, or of a column that there is not."""
    table = table_of(records).last_of_each("ITEM_ID")
    found = Records.of(DatasetSnapshot(SCHEMA, table))
    last = {each.item: each for each in records}
    for item in ("a", "b", "c", "d", "e"):
        expected = last.get(item, Row(item, None, None))
        assert (found.value(item, "KIND"), found.value(item, "PRICE")) == (expected.kind, expected.price)
        assert found.value(item, "COLOUR") is None


def test_interactions_have_no_ids() -> None:
    """So none can be found by one."""
    schema = Schema("Interactions", (Field("USER_ID", "string"),))
    with pytest.raises(ValueError, match="have no ids"):
        Records.of(DatasetSnapshot(schema, Table({"USER_ID": Texts(np.zeros(0, np.int32), ())}, 0)))


@pytest.mark.parametrize(
    ("field_type", "number", "expected"),
    [
        ("int", 3.0, "3"),
        ("long", 1_700_000_000.0, "1700000000"),
        ("float", 3.0, "3.0"),
        ("double", 0.5, "0.5"),
        ("boolean", 1.0, "true"),
        ("boolean", 0.0, "false"),
    ],
)
def test_numbers_are_written_by_their_type(field_type: str, number: float, expected: str) -> None:
    """As they stand in files that are imported."""
    assert number_form(field_type)(number) == expected


def test_one_value_as_a_column() -> None:
    """Of text, or of numbers."""
    text, number = column_of("a|b"), column_of(2.5)
    assert isinstance(text, Texts)
    assert [text.values[code] for code in text.codes] == ["a|b"]
    assert not isinstance(number, Texts)
    assert number.tolist() == [2.5]
