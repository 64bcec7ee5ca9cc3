"""What databases export as plain tables: names in two columns, NULLs, escapes, and times with an offset."""

from pathlib import Path

import pytest

from fondly.contracts.records import Customer
from fondly.ingest.adapters.tables import open_table
from fondly.ingest.domain.csv_records import CSVRecord
from services.ingest.tests.fakes import Bench, csv_lines, numbered

KEY = "uploads/shop.csv"
NAME = {"user_name": ""}


async def customers(**cells: str) -> list[Customer]:
    """Return the customers of one row with these cells, besides a good one."""
    bench = Bench()
    await bench.upload(KEY, csv_lines([{**numbered(1), **dict.fromkeys(cells, "")}, numbered(2) | cells]))
    return await bench.stored_customers()


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"first_name": "Ann", "last_name": "Lee", **NAME}, "Ann Lee"),
        ({"Vorname": "Jörg", "Nachname": "Groß", **NAME}, "Jörg Groß"),
        ({"prenom": "Zoé", "Nom de famille": "Dupont", **NAME}, "Zoé Dupont"),
        ({"voornaam": "Jan", "achternaam": "de Vries", **NAME}, "Jan de Vries"),
        ({"given_name": "Ana", "sobrenome": "Silva", **NAME}, "Ana Silva"),
        ({"first_name": "Ann", "surname": r"\N", **NAME}, "Ann"),
        ({"cognome": "Rossi", **NAME}, "Rossi"),
        ({"first_name": "Ann", "apellidos": "Lee"}, numbered(2)["user_name"]),
    ],
)
async def test_first_and_last_name_make_a_name(cells: dict[str, str], name: str) -> None:
    """Where there is no whole one."""
    assert [each.name for each in await customers(**cells)][1] == name


async def test_nulls_and_times_of_databases_are_read() -> None:
    r"""PostgreSQL's `t`, `\N` and offset of two digits, MySQL's date that is none."""
    found = (await customers(suppressed="t", age=r"\N", timestamp="2026-03-01 00:00:00.123456+00"))[1]
    assert (found.exclusion, found.age, found.reviews[0].timestamp) == ("suppressed", None, 1_772_323_200)
    assert (await customers(timestamp="0000-00-00 00:00:00"))[1].reviews[0].timestamp is None


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (
            r"""id,text
1,"He said \"hi\" to us"
2,\N
""",
            [["1", 'He said "hi" to us'], ["2", ""]],
        ),
        (
            "id\ttext\tmore\n1\ta\\nb\t\\N\n2\ta\\\tb\tc:\\\\new\n",
            [["1", "a b", ""], ["2", "a\tb", r"c:\new"]],
        ),
        (
            r"""id,text
1,"C:\"
2,"{""a"": ""b\\""}"
""",
            [["1", "C:\\"], ["2", r'{"a": "b\\"}']],
        ),
        ("id\tpath\n1\tC:\\new\n", [["1", r"C:\new"]]),
    ],
)
def test_backslashes_escape_where_nothing_else_can_be_meant(
    tmp_path: Path, content: str, rows: list[list[str]]
) -> None:
    """As MySQL and PostgreSQL write them; in other files they are text."""
    path = tmp_path / "export.csv"
    path.write_text(content)
    with open_table(path, max_bytes=10_000) as table:
        table.header()
        assert [found.cells for found in table if isinstance(found, CSVRecord)] == rows
