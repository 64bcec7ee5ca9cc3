import hashlib
import json
import os
from pathlib import Path

import pytest

from fondly.ingest.domain.errors import FileError
from fondly.operations.check.upload_set import files_of_set, manifest_of, why_unread

SET = ("products.csv", "customers.csv", "orders.csv")


def folder_with(folder: Path, *names: str) -> Path:
    """A folder with these files, each with its name as its content."""
    for name in names:
        (folder / name).write_text("{}" if name == "mapping.yaml" else name)
    return folder


def names_of(folder: Path) -> list[str]:
    """The names of what is uploaded of a folder, in order."""
    return [path.name for path in files_of_set(folder)]


def test_the_mapping_comes_first_and_what_is_no_data_stays(tmp_path: Path) -> None:
    """The run needs the mapping when its last file arrives."""
    folder = folder_with(tmp_path, *SET, "mapping.yaml", ".DS_Store", "README.md", "extra.csv")
    assert names_of(folder) == ["mapping.yaml", *SET]


def test_the_newest_file_of_each_kind_is_uploaded(tmp_path: Path) -> None:
    """By the date in its name, else by the time of its last change."""
    folder = folder_with(
        tmp_path, *SET[1:], "products-2026-11-24.csv", "products-2026-11-25.csv", "orders_2.csv"
    )
    os.utime(folder / "orders.csv", (2_000_000_000, 2_000_000_000))
    assert names_of(folder) == ["products-2026-11-25.csv", "customers.csv", "orders.csv"]


def test_a_manifest_of_the_folder_decides(tmp_path: Path) -> None:
    """Its files are uploaded in its order, and it comes last."""
    folder = folder_with(tmp_path, *SET, "more.csv", "mapping.yaml")
    files = ["orders.csv", {"name": "more.csv", "kind": "products"}, "customers.csv"]
    (folder / "manifest.json").write_text(json.dumps({"files": files}))
    assert names_of(folder) == ["mapping.yaml", "orders.csv", "more.csv", "customers.csv", "manifest.json"]


def test_a_mapping_may_say_what_files_are(tmp_path: Path) -> None:
    """Files whose names show no kind are uploaded beside it."""
    assert names_of(folder_with(tmp_path, "ware.csv", "wer.csv", "mapping.yaml")) == [
        "mapping.yaml",
        "ware.csv",
        "wer.csv",
    ]


PRODUCTS, CUSTOMERS = "sku,name,price\nP1,Kettle,12\n", "customer id,email\nC1,a@shop.example\n"
ORDERS, REVIEWS = "order id,sku,customer id\nO1,P1,C1\n", "sku,customer id,stars,comment\nP1,C1,5,Fine\n"


def test_files_are_found_by_their_columns_where_no_name_tells(tmp_path: Path) -> None:
    """Others are ignored; of names that differ in figures the newest counts, of other names each."""
    contents = {
        "export_2024.csv": "sku,name,price\nP9,Old,1\n",
        "export_2025.csv": PRODUCTS,
        "vinyl.csv": PRODUCTS,
        "wer.csv": CUSTOMERS,
        "dl-77.csv": ORDERS,
        "orders.csv": ORDERS,
        "meinungen.txt": REVIEWS,
        "costs.csv": "month,amount\n1,2\n",
        "terms.pdf": "%PDF-1.7",
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    os.utime(tmp_path / "export_2024.csv", (1_000_000_000, 1_000_000_000))
    chosen = ["export_2025.csv", "vinyl.csv", "wer.csv", "meinungen.txt", "orders.csv"]
    assert names_of(tmp_path) == chosen
    named = json.loads(manifest_of((name, tmp_path / name) for name in chosen))["files"]
    assert [each["kind"] for each in named] == ["products", "products", "customers", "reviews", "orders"]
    unread = [why_unread(tmp_path / name) for name in sorted(contents.keys() - set(chosen))]
    assert [each.split(":")[0] for each in unread] == [
        "none of its columns, or too few, are known",
        "other files have the orders of the set, or newer ones",
        "other files have the products of the set, or newer ones",
        "not a CSV file",
    ]


def test_a_folder_may_hold_one_file(tmp_path: Path) -> None:
    """Whatever it is called, beside notes."""
    assert names_of(folder_with(tmp_path, "shop.csv", "notes.txt")) == ["shop.csv"]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        ((), "found no file, expected one file, or a set: products, customers, reviews or orders missing"),
        (("a.csv", "b.csv"), "found a.csv, b.csv, expected one file"),
        (SET[:2], "reviews or orders missing"),
    ],
)
def test_any_other_folder_is_refused_with_what_it_has(
    tmp_path: Path, names: tuple[str, ...], problem: str
) -> None:
    """Before a stack is started for nothing."""
    with pytest.raises(FileError) as raised:
        files_of_set(folder_with(tmp_path, *names))
    assert problem in str(raised.value)


def test_a_manifest_that_names_other_files_is_refused(tmp_path: Path) -> None:
    """Its set would never be complete."""
    folder = folder_with(tmp_path, *SET)
    (folder / "manifest.json").write_text('{"files": ["products.csv", "reviews.csv"]}')
    with pytest.raises(FileError, match=r"names reviews\.csv, which"):
        files_of_set(folder)


def test_a_manifest_is_written_for_the_names_of_the_upload(tmp_path: Path) -> None:
    """Kinds follow from the files' own names; the mapping is no file of the set."""
    folder = folder_with(tmp_path, "products.csv", "ware.csv", "mapping.yaml")
    files = [
        ("p.csv", folder / "products.csv"),
        ("a.csv", folder / "ware.csv"),
        ("m", folder / "mapping.yaml"),
    ]
    digests = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("products.csv", "ware.csv")}
    assert json.loads(manifest_of(files)) == {
        "files": [
            {"name": "p.csv", "sha256": digests["products.csv"], "kind": "products"},
            {"name": "a.csv", "sha256": digests["ware.csv"]},
        ]
    }


def test_all_pieces_of_a_table_are_uploaded(tmp_path: Path) -> None:
    """In the order of their numbers; the manifest names each of them."""
    pieces = ("reviews_1.csv", "reviews_2.csv", "reviews_10.csv")
    folder = folder_with(tmp_path, *SET[:2], *reversed(pieces))
    assert names_of(folder) == ["products.csv", "customers.csv", *pieces]
    named = json.loads(manifest_of((path.name, path) for path in files_of_set(folder)))["files"]
    assert [each["kind"] for each in named] == ["products", "customers", "reviews", "reviews", "reviews"]


def test_a_folder_may_hold_one_file_in_pieces(tmp_path: Path) -> None:
    """Without a word of their kind, as with a single file."""
    assert names_of(folder_with(tmp_path, "shop-02.csv", "shop-01.csv")) == ["shop-01.csv", "shop-02.csv"]
    with pytest.raises(FileError, match="expected one file, or a set"):
        names_of(folder_with(tmp_path, "other.csv"))
