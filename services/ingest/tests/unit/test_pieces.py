"""Tables in pieces: which files are pieces of one, what is missing, and that they are read as one."""

import json
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.ingest.domain.file_names import kind_of_name
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.pieces import Piece, missing_pieces, piece_of, pieces_beside, tables
from fondly.ingest.use_cases.check_files import check_files
from fondly.ingest.use_cases.source_files import SourceFile
from fondly.runtime.runs.run import RunStatus
from services.ingest.tests.fakes import Bench, csv_lines, limits, numbered
from services.ingest.tests.sets import DAY, Shop, sha256

OTHERS = ("products.csv", "customers.csv")
PRODUCTS = [
    {"product_id": f"P{number}", "product_name": "Cable", "discounted_price": price}
    for number, price in ((1, "1.299"), (2, "49,95"), (3, "2.499"))
]


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("reviews-0001.csv.gz", Piece("reviews", 1)),
        ("uploads/may/Reviews_02.parquet", Piece("reviews", 2)),
        ("reviews.part-01", Piece("reviews", 1)),
        ("reviews.csv.part-3", Piece("reviews.csv", 3)),
        ("reviews-part12.csv", Piece("reviews", 12)),
        ("bewertungen Teil 2.csv", Piece("bewertungen", 2)),
        ("train-00000-of-00003.parquet", Piece("train", 0, 3)),
        ("reviews-2026-11-24-part-0001.csv", Piece("reviews-2026-11-24", 1)),
        ("reviews-2026-11-24-001.csv", Piece("reviews-2026-11-24", 1)),
        ("reviews-2026-11-24-0915.csv", Piece("reviews-2026-11-24", 915, sure=False, like_a_time=True)),
        ("orders_export_1.csv", Piece("orders_export", 1, sure=False)),
        ("amazon-0001.csv", Piece("amazon", 1)),
        ("reviews.csv", None),
        ("reviews-2026-11-24.csv", None),
        ("reviews_20261124.csv", None),
        ("reviews-24.11.2026.csv", None),
        ("reviews-2026-11-24T09-15.csv", None),
        ("products (1).csv", None),
        ("reviews-v2.csv", None),
        ("0001.csv", None),
    ],
)
def test_a_name_says_which_piece_a_file_is(name: str, piece: Piece | None) -> None:
    """A date, a time and a browser's number of a download say nothing about pieces."""
    assert piece_of(name) == piece


@pytest.mark.parametrize("name", ["reviews.part-01", "reviews.csv.part-01", "reviews-00000-of-00003.parquet"])
def test_a_piece_is_of_the_kind_that_its_table_shows(name: str) -> None:
    """What makes it a piece's name does not hide the other words."""
    assert kind_of_name(name) is Kind.REVIEWS


@pytest.mark.parametrize(
    ("names", "pieces"),
    [
        (
            ["r-0002.csv", "r-0001.csv.gz", "r-0003.csv", "r.csv"],
            ["r-0001.csv.gz", "r-0002.csv", "r-0003.csv"],
        ),
        (["r_10.csv", "r_9.csv", "r_1.csv"], ["r_1.csv", "r_9.csv", "r_10.csv"]),
        (["r_7.csv", "r_6.csv"], ["r_7.csv"]),
        (["r_2.csv"], ["r_2.csv"]),
        (["r-2026-11-24-0915.csv", "r-2026-11-24-1015.csv"], ["r-2026-11-24-0915.csv"]),
        (
            ["r-2026-11-24-0001.csv", "r-2026-11-24-0002.csv"],
            ["r-2026-11-24-0001.csv", "r-2026-11-24-0002.csv"],
        ),
        (["a/r-01.csv", "b/r-02.csv"], ["a/r-01.csv"]),
    ],
)
def test_pieces_are_of_one_name_in_one_folder(names: list[str], pieces: list[str]) -> None:
    """Numbers that may mean anything else make pieces only if they begin at the first one."""
    assert pieces_beside(names[0], names) == pieces


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (["r-0001.csv.gz", "r-0003.csv.gz"], ["r-0002.csv.gz"]),
        (["r_1.csv", "r_3.csv"], ["r_2.csv"]),
        (["r-0002.csv"], ["r-0001.csv"]),
        (["r-00000.csv", "r-00001.csv"], []),
        (["r-00001-of-00003.csv"], ["r-00002-of-00003.csv", "r-00003-of-00003.csv"]),
        (["r_2.csv"], []),
        (["r.csv"], []),
    ],
)
def test_missing_pieces_are_named(names: list[str], missing: list[str]) -> None:
    """Those before the last one, and those behind it if the names say how many there are."""
    assert missing_pieces(names) == missing


@given(st.permutations([f"r-{number:03}.csv" for number in range(1, 8)] + ["s_1.csv", "s_2.csv", "t.csv"]))
def test_every_file_is_in_one_table(names: list[str]) -> None:
    """In whatever order they are named, pieces are in the order of their numbers."""
    found = [[names[position] for position in positions] for positions in tables(names)]
    assert sorted(found) == [
        [f"r-{number:03}.csv" for number in range(1, 8)],
        ["s_1.csv", "s_2.csv"],
        ["t.csv"],
    ]


@pytest.mark.parametrize("last", ["reviews-0002.csv", "products.csv", "reviews-0001.csv"])
async def test_a_second_delivery_in_pieces_is_one_run_in_any_order(last: str) -> None:
    """The run starts when each piece of the last one has been replaced, whichever comes last."""
    shop = Shop()
    names = [*OTHERS, "reviews-0001.csv", "reviews-0002.csv"]
    await shop.upload_all(names, "one")
    assert list(shop.read[-1]) == ["products.csv", "customers.csv", "reviews-0001.csv", "reviews-0002.csv"]
    runs = len(shop.read)
    shop.files.touch("nothing", after=DAY)
    await shop.upload_all([*(name for name in names if name != last), last], "two")
    assert len(shop.read) == runs + 1
    assert shop.read[-1] == dict.fromkeys(names, "two")


async def test_a_set_waits_for_a_piece_that_is_missing() -> None:
    """Whatever else is there."""
    shop = Shop()
    await shop.upload_all([*OTHERS, "reviews-0003.csv", "reviews-0001.csv"], "one")
    assert shop.read == []
    await shop.upload("reviews-0002.csv", "one")
    assert [list(run)[2:] for run in shop.read] == [
        ["reviews-0001.csv", "reviews-0002.csv", "reviews-0003.csv"]
    ]


async def test_a_total_in_the_names_says_when_a_set_is_whole() -> None:
    """No further piece can come."""
    shop = Shop()
    await shop.upload_all([*OTHERS, "orders-1-of-2.csv"], "one")
    assert shop.read == []
    await shop.upload("orders-2-of-2.csv", "one")
    assert len(shop.read) == 1


async def test_a_piece_that_comes_soon_after_the_run_joins_it() -> None:
    """As does a file of a further kind: a run of all of them replaces the one before."""
    shop = Shop()
    await shop.upload_all([*OTHERS, "reviews-0001.csv"], "one")
    await shop.upload("reviews-0002.csv", "one", after=timedelta(minutes=5))
    assert [len(run) for run in shop.read] == [3, 4]


async def test_a_piece_of_the_last_delivery_is_not_mixed_into_the_next() -> None:
    """Fewer pieces than before look like a delivery that is still under way, unless the rest is removed."""
    shop = Shop()
    await shop.upload_all([*OTHERS, "reviews-0001.csv", "reviews-0002.csv"], "one")
    runs = len(shop.read)
    shop.files.touch("nothing", after=timedelta(minutes=30))
    await shop.upload_all([*OTHERS, "reviews-0001.csv"], "two")
    assert len(shop.read) == runs
    del shop.objects.stored["uploads/shop/reviews-0002.csv"]
    await shop.notify("reviews-0001.csv")
    assert shop.read[-1] == dict.fromkeys([*OTHERS, "reviews-0001.csv"], "two")


async def test_exports_that_are_numbered_from_day_to_day_are_no_pieces() -> None:
    """The newest counts, as for any other name: the one of yesterday alone was yesterday's orders."""
    shop = Shop()
    await shop.upload_all([*OTHERS, "orders_export_1.csv"], "one")
    shop.files.touch("nothing", after=DAY)
    await shop.upload_all([*OTHERS, "orders_export_2.csv"], "two")
    assert [list(run)[2:] for run in shop.read] == [["orders_export_1.csv"], ["orders_export_2.csv"]]


@pytest.mark.parametrize("order", list(permutations(("a-01.csv", "a-02.csv", "manifest.json"))))
async def test_a_manifest_may_list_the_pieces_of_a_single_file(order: tuple[str, ...]) -> None:
    """They are read in the order of their numbers, in whatever order they come or are named."""
    shop = Shop()
    for name in order:
        if name == "manifest.json":
            await shop.upload_manifest(
                {"name": "a-02.csv", "sha256": sha256("a-02.csv")},
                {"name": "a-01.csv", "sha256": sha256("a-01.csv")},
            )
        else:
            await shop.upload(name, name)
    run = next(run for run in shop.read if len(run) == 2)
    assert list(run) == ["a-01.csv", "a-02.csv"]
    assert shop.kept.kinds[-1] == [Kind.COMBINED, Kind.COMBINED]


async def _deliver(bench: Bench, **files: bytes) -> None:
    """Upload files and, last, a manifest that names them."""
    named = [{"name": name.replace("__", ".")} for name in files]
    for name, body in files.items():
        bench.objects.stored[f"uploads/may/{name.replace('__', '.')}"] = body
    await bench.upload("uploads/may/manifest.json", json.dumps({"files": named}).encode())


async def test_pieces_are_read_as_one_table() -> None:
    """A column is decided by the cells of all pieces, each of which has its own header."""
    bench = Bench()
    first = csv_lines([PRODUCTS[0], PRODUCTS[2]])
    second = csv_lines([{name: PRODUCTS[1][name] for name in reversed(PRODUCTS[1])}])
    await _deliver(
        bench,
        products_1__csv=first,
        products_2__csv=second,
        customers__csv=csv_lines([{"user_id": "C1"}]),
        orders__csv=csv_lines([{"order_id": "O1", "product_id": "P2", "user_id": "C1"}]),
    )
    assert {each.product_id: float(each.price) for each in await bench.stored_products()} == {
        "P1": 1299,
        "P2": 49.95,
        "P3": 2499,
    }
    files = (await bench.report()).files
    assert [(each.file.rpartition("/")[2], each.rows) for each in files][:2] == [
        ("products_1.csv", 2),
        ("products_2.csv", 1),
    ]
    assert [each.because for each in files[0].conventions] == ["products_2.csv, line 2: '49,95'"]


async def test_a_single_file_in_pieces_is_one_run() -> None:
    """With a manifest; rejected rows are judged by all pieces, and an empty last one does no harm."""
    bench = Bench(limits(max_rejected_share=0.5))
    rows = [numbered(number) for number in range(1, 6)]
    bad = [{**rows[0], "user_id": ""}] * 3
    await _deliver(
        bench,
        **{
            "amazon-0001__csv": csv_lines(rows),
            "amazon-0002__csv": csv_lines(bad),
            "amazon-0003__csv": csv_lines(rows[:1]).splitlines(keepends=True)[0],
        },
    )
    assert (await bench.run()).status is RunStatus.RUNNING
    assert len(await bench.stored_customers()) == 5
    assert {(each.file.rpartition("/")[2], each.line) for each in await bench.rejects()} == {
        ("amazon-0002.csv", line) for line in (2, 3, 4)
    }


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (
            ("amazon-0001__csv", "amazon-0003__csv"),
            "found amazon-0001.csv, amazon-0003.csv, expected amazon-0002.csv",
        ),
        (("amazon-0001__csv", "products__csv"), "expected it, or its pieces, to be alone"),
    ],
)
async def test_a_manifest_with_missing_or_mixed_pieces_fails_its_run(
    names: tuple[str, ...], reason: str
) -> None:
    """Nothing is announced of a table that is not whole."""
    bench = Bench()
    files = {name: csv_lines([numbered(number)]) for number, name in enumerate(names)}
    named = [
        {"name": name.replace("__", "."), "kind": "products" if "products" in name else "combined"}
        for name in names
    ]
    for name, body in files.items():
        bench.objects.stored[f"uploads/may/{name.replace('__', '.')}"] = body
    await bench.upload("uploads/may/manifest.json", json.dumps({"files": named}).encode())
    assert reason in str((await bench.run()).reason)
    assert bench.parts == []


async def test_numbered_files_of_different_kinds_are_no_pieces() -> None:
    """Whether a mapping says the kinds, or only their columns show them."""
    files = {
        "a_1__csv": csv_lines([{"order_id": "O1", "product_id": "P2", "user_id": "C1"}]),
        "a_2__csv": csv_lines(PRODUCTS),
        "a_3__csv": csv_lines([{"user_id": "C1"}]),
    }
    bench = Bench()
    for name, body in files.items():
        bench.objects.stored[f"uploads/may/{name.replace('__', '.')}"] = body
    kinds = zip(files, ("orders", "products", "customers"), strict=True)
    named = [{"name": name.replace("__", "."), "kind": kind} for name, kind in kinds]
    await bench.upload("uploads/may/manifest.json", json.dumps({"files": named}).encode())
    assert [len(each.purchases) for each in await bench.stored_customers()] == [1]
    with TemporaryDirectory() as folder:
        sources = [
            SourceFile(Path(folder) / name.replace("__", "."), name.replace("__", ".")) for name in files
        ]
        for source, body in zip(sources, files.values(), strict=True):
            source.path.write_bytes(body)
        assert check_files(sources, limits().load).report.counts["purchases"] == 1


async def test_pieces_of_different_formats_fail_the_run() -> None:
    """The reason names the piece, and what the first one is."""
    bench = Bench()
    await _deliver(
        bench,
        **{
            "amazon-0001__csv": csv_lines([numbered(1)]),
            "amazon-0002__csv": csv_lines(PRODUCTS),
        },
    )
    assert "amazon-0002.csv: " in str((await bench.run()).reason)
