from collections.abc import Iterable

import numpy as np
import pytest

from understudy.personalize.csv_import import MIN_INTERACTIONS, NOT_CONFORMING, TableReader
from understudy.personalize.errors import JobFailedError
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.tables import Table

ITEMS = Schema(
    "Items",
    (
        Field("ITEM_ID", "string"),
        Field("NAME", "string", nullable=True, textual=True),
        Field("KIND", "string", nullable=True, categorical=True),
        Field("PRICE", "double", nullable=True),
        Field("STOCK", "int"),
        Field("ON_SALE", "boolean"),
    ),
)
HEADER = "ITEM_ID,NAME,KIND,PRICE,STOCK,ON_SALE"
INTERACTIONS = Schema(
    "Interactions",
    (Field("USER_ID", "string"), Field("ITEM_ID", "string"), Field("TIMESTAMP", "long")),
)


def read(schema: Schema, *files: str) -> Table:
    """Return the table of an import of these files."""
    reader = TableReader(schema)
    for text in files:
        reader.read(text.encode().splitlines(keepends=True))
    return reader.table()


def column(table: Table, name: str) -> list[str | None]:
    """Return the strings of a column."""
    texts = table.texts(name)
    return [texts.values[code] if code >= 0 else None for code in texts.codes]


def interactions(rows: Iterable[str]) -> str:
    """Return a file of interactions."""
    return "\n".join(["USER_ID,ITEM_ID,TIMESTAMP", *rows])


def test_columns_are_found_by_name_and_unknown_ones_ignored() -> None:
    """Columns may come in any order, and one that the schema lacks is skipped."""
    table = read(ITEMS, "STOCK,EXTRA,ON_SALE,KIND,PRICE,NAME,ITEM_ID\n3,x,true,a|b,1.5,Lamp,i1\n")

    assert column(table, "ITEM_ID") == ["i1"]
    assert column(table, "KIND") == ["a|b"]
    assert table.numbers("STOCK").tolist() == [3]
    assert table.numbers("ON_SALE").tolist() == [1]


def test_quotes_and_backslashes_are_escaped_with_backslashes() -> None:
    """Text with commas or quotes is quoted; the escape is a backslash, never a second quote."""
    table = read(ITEMS, HEADER + '\ni1,"A \\"big\\", red \\\\ lamp ₹",k,,1,false\r\n')

    assert column(table, "NAME") == ['A "big", red \\ lamp ₹']


def test_an_empty_field_is_null_where_null_is_allowed() -> None:
    """Nullable strings and numbers may be empty; blank lines are not records."""
    table = read(ITEMS, HEADER + "\ni1,,,,1,true\n\n")

    assert column(table, "NAME") == [None]
    assert np.isnan(table.numbers("PRICE")).all()
    assert table.rows == 1


def test_the_last_record_of_an_item_wins_across_files() -> None:
    """There is one row per item, the last one, whichever file it is in."""
    table = read(ITEMS, HEADER + "\ni1,old,,,1,true\ni2,two,,,1,true\n", HEADER + "\ni1,new,,,2,true\n")

    assert column(table, "ITEM_ID") == ["i2", "i1"]
    assert column(table, "NAME") == ["two", "new"]


@pytest.mark.parametrize(
    "row",
    [
        ",n,k,1,1,true",
        "i1,n,k,cheap,1,true",
        "i1,n,k,nan,1,true",
        "i1,n,k,1,1.5,true",
        "i1,n,k,1,1_0,true",
        "i1,n,k,1,,true",
        "i1,n,k,1,1,True",
        "i1,n,k,1,1",
        "i1,n,k,1,1,true,more",
        'i1,"n ""quoted, twice"" over",k,1,1,true',
        'i1,"n on\ntwo lines",k,1,1,true',
        'i1,"never closed,k,1,1,true',
    ],
)
def test_a_row_that_does_not_conform_fails_the_import(row: str) -> None:
    """Wrong types, missing values, wrong widths and malformed quotes do not conform."""
    with pytest.raises(JobFailedError) as failure:
        read(ITEMS, f"{HEADER}\n{row}\n")

    assert str(failure.value) == NOT_CONFORMING


def test_bytes_that_are_not_utf8_fail_the_import() -> None:
    """The encoding is never guessed, not even as Latin-1."""
    reader = TableReader(ITEMS)

    with pytest.raises(JobFailedError, match="conform"):
        reader.read([HEADER.encode() + b"\n", b"i1,caf\xe9,k,1,1,true\n"])


def test_a_byte_order_mark_hides_the_first_column() -> None:
    """As on AWS, the mark becomes part of the name, so the column is missing."""
    with pytest.raises(JobFailedError, match=r"missing the following columns:\[ITEM_ID\]"):
        read(ITEMS, "\ufeff" + HEADER + "\n")


def test_long_ids_and_categories_fail_and_long_text_is_truncated() -> None:
    """Ids have at most 256 characters, categories 1,000; textual fields are truncated to 20,000."""
    long_id = f"{HEADER}\n{'i' * 257},n,k,1,1,true\n"
    long_kind = f"{HEADER}\ni1,n,{'k' * 1001},1,1,true\n"
    for text, name in ((long_id, "ITEM_ID"), (long_kind, "KIND")):
        with pytest.raises(JobFailedError, match=f"characters for {name}"):
            read(ITEMS, text)

    table = read(ITEMS, f"{HEADER}\ni1,{'n' * 20_001},k,1,1,true\n")

    assert [len(name or "") for name in column(table, "NAME")] == [20_000]


def test_interactions_need_a_thousand_rows_and_equal_ones_count_once() -> None:
    """The minimum counts all rows; the table contains distinct events."""
    rows = [f"u{n % 700},i{n % 700},{n % 700}" for n in range(MIN_INTERACTIONS)]

    assert read(INTERACTIONS, interactions(rows)).rows == 700
    with pytest.raises(JobFailedError, match="1000"):
        read(INTERACTIONS, interactions(rows[1:]))


def test_joined_tables_share_their_codes() -> None:
    """Records added later refer to the same strings, and nulls stay null."""
    first = read(ITEMS, HEADER + "\ni1,a,red,,1,true\ni2,,blue,,1,true\n")
    second = read(ITEMS, HEADER + "\ni3,b,blue,2,1,true\ni1,,,,5,false\n")

    both = first.followed_by(second).last_of_each("ITEM_ID")

    assert column(both, "ITEM_ID") == ["i2", "i3", "i1"]
    assert column(both, "KIND") == ["blue", "blue", None]
    assert both.numbers("STOCK").tolist() == [1, 1, 5]
