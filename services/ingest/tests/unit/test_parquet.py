import random
import sys
from pathlib import Path

import pytest
from arro3.core import Array, DataType, Table, list_array
from arro3.io import write_parquet

from fondly.ingest.domain.errors import FileError
from services.ingest.tests.table_files import parquet, read, written

pytestmark = pytest.mark.usefixtures("reader_threads")
TEXT = DataType.utf8()


def column(tmp_path: Path, array: Array) -> list[str]:
    """What the values of a column are read as."""
    write_parquet(Table.from_pydict({"id": array}), tmp_path / "a.parquet")
    return [cells[0] for cells in read(tmp_path / "a.parquet").cells]


@pytest.mark.parametrize(
    ("values", "kind", "as_kind", "texts"),
    [
        (["007", "", None], TEXT, None, ["007", "", ""]),
        (["a", "b"], TEXT, DataType.dictionary(DataType.int32(), TEXT), ["a", "b"]),
        (["a", "b"], TEXT, DataType.large_utf8(), ["a", "b"]),
        ([1, 2**62, None], DataType.int64(), None, ["1", str(2**62), ""]),
        (
            [1.299, 5.0, 1e-7, float("nan"), None],
            DataType.float64(),
            None,
            ["1.2990", "5", "0.0000001", "", ""],
        ),
        ([0.1, 16777216.0, 1.299, float("nan")], DataType.float32(), None, ["0.1", "16777216", "1.2990", ""]),
        (["1.50", "1299.125"], TEXT, DataType.decimal128(10, 3), ["1.5", "1299.1250"]),
        ([True, False, None], DataType.bool(), None, ["true", "false", ""]),
        ([19_000], DataType.int32(), DataType.date32(), ["2022-01-08"]),
        ([1_700_000_000_123], DataType.int64(), DataType.timestamp("ms"), ["2023-11-14T22:13:20.123000"]),
        (
            [1_700_000_000],
            DataType.int64(),
            DataType.timestamp("s", tz="Asia/Kolkata"),
            ["2023-11-14T22:13:20Z"],
        ),
    ],
)
def test_typed_values_become_texts_that_can_be_read_in_one_way(
    tmp_path: Path, values: list[object], kind: DataType, as_kind: DataType | None, texts: list[str]
) -> None:
    """Decimals have a point and never three digits, times with a zone are in UTC, nothing is empty."""
    array = Array(values, kind)
    assert column(tmp_path, array.cast(as_kind) if as_kind else array) == texts


def test_rows_are_numbered_as_in_csv(tmp_path: Path) -> None:
    """The names of the columns count as line 1, over all batches."""
    path = parquet(tmp_path / "a.parquet", {"id": ([f"P{n}" for n in range(3000)], TEXT)})
    table = read(path)
    assert table.header == ["id"]
    assert [record.line for record in table.good] == list(range(2, 3002))


@pytest.mark.parametrize(
    "tags",
    [list_array(Array([0, 2], DataType.int32()), Array(["a", "b"], TEXT)), Array([b"x"], DataType.binary())],
    ids=["list", "bytes"],
)
def test_columns_without_single_values_are_refused_by_name_if_read(tmp_path: Path, tags: Array) -> None:
    """And do no harm otherwise."""
    path = tmp_path / "a.parquet"
    write_parquet(Table.from_pydict({"id": Array(["P1"], TEXT), "tags": tags}), path)
    with pytest.raises(
        FileError, match="in column 'tags', expected single values: write it as text, or list it"
    ):
        read(path)
    assert read(path, only=[0]).cells == [["P1", ""]]


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    """A dictionary repeats a long text in a few bytes; no more than a few rows are unpacked at once."""
    path = parquet(tmp_path / "a.parquet", {"id": (["x" * 100_000] * 5_000, TEXT)})
    assert path.stat().st_size < 500_000
    with pytest.raises(FileError, match="larger than the limit of 100000000 bytes"):
        read(path, max_bytes=100_000_000)
    with pytest.raises(FileError, match="larger than the limit of 10 bytes"):
        read(path, max_bytes=10)


def test_an_overlong_row_is_broken(tmp_path: Path) -> None:
    """Its neighbours are read."""
    path = parquet(tmp_path / "a.parquet", {"id": (["a", "x" * 2_000_000, "b"], TEXT)})
    table = read(path)
    assert table.cells == [["a"], ["b"]]
    assert [(record.line, record.fault.found) for record in table.broken] == [
        (3, "a row of more than 1,048,576 bytes")
    ]


def test_damage_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The library may panic; no exception of it gets through."""
    body = parquet(tmp_path / "a.parquet", {"id": ([f"P{n}" for n in range(500)], TEXT)}).read_bytes()
    chance = random.Random(7)  # noqa: S311 - damage, not a secret
    for _ in range(40):
        damaged = bytearray(body)
        for _ in range(5):
            damaged[chance.randrange(4, len(body))] ^= chance.randrange(1, 256)
        try:
            read(written(tmp_path / "b.parquet", bytes(damaged)))
        except FileError as error:
            assert str(error)  # noqa: PT017 - not every damage is one that matters
    with pytest.raises(FileError, match="the Parquet file is damaged"):
        read(written(tmp_path / "b.parquet", body[:-50]))
    capfd.readouterr()


def test_without_its_reader_a_file_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands are installed without the packages of Parquet; the message names the extra that has them."""
    path = parquet(tmp_path / "a.parquet", {"id": (["a"], TEXT)})
    monkeypatch.delitem(sys.modules, "fondly.ingest.adapters.tables.parquet", raising=False)
    monkeypatch.setitem(sys.modules, "arro3.core", None)
    with pytest.raises(
        FileError, match=r"arro3.core is not installed: the extra fondly-ingest\[service\] has it"
    ):
        read(path)
