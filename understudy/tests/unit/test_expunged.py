"""What is erased is nowhere on disk."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from understudy.personalize.store import Store, Streamed
from understudy.personalize.tables import Table, TextsBuilder

NAMES = st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "c", "d"])), max_size=30)


def table(users: list[str | None], items: list[str | None]) -> Table:
    """A table of two columns of strings."""
    columns = {}
    for name, values in (("USER_ID", users), ("ITEM_ID", items)):
        builder = TextsBuilder()
        builder.extend(values)
        columns[name] = builder.build()
    return Table(columns, len(users))


@given(NAMES, st.sets(st.sampled_from(["a", "b", "c", "d"])))
def test_a_table_keeps_no_value_of_removed_records(users: list[str | None], removed: set[str]) -> None:
    """The others' values are what they were, and in the same order."""
    items = [None if user is None else f"item of {user}" for user in users]
    left = table(users, items).without("USER_ID", removed)
    kept = [user for user in users if user not in removed]
    for name, expected in (("USER_ID", kept), ("ITEM_ID", [each and f"item of {each}" for each in kept])):
        column = left.texts(name)
        assert [column.values[code] if code >= 0 else None for code in column.codes] == expected
        assert set(column.values) == {each for each in expected if each is not None}
        assert column.codes.dtype == np.int32


def test_the_database_keeps_no_byte_of_what_is_expunged(tmp_path: Path) -> None:
    """Neither in its pages nor in its log; what else was deleted may linger."""
    store = Store(tmp_path)
    store.open()
    store.put_streamed("d", [Streamed(f"user-{n}", {"ITEM_ID": "i"}, f"e{n}") for n in range(200)])
    store.put_streamed("d", [Streamed("zebulon", {"ITEM_ID": "quimby"}, "e")])
    assert _mentions(tmp_path, b"zebulon")
    with store.transaction():
        store.expunge()
        assert store.remove_streamed("d", ["zebulon"]) == 1
    assert not _mentions(tmp_path, b"zebulon")
    assert not _mentions(tmp_path, b"quimby")
    assert len(store.streamed("d")) == 200
    store.close()


def _mentions(folder: Path, words: bytes) -> bool:
    return any(words in path.read_bytes() for path in folder.iterdir())
