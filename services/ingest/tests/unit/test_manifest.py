import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import kind_of_name
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.manifest import MAX_BYTES, MAX_FILES, read_manifest

DIGEST = "0a" * 32


def read(files: object) -> list[tuple[str, Kind | None, str | None]]:
    """What a manifest with these files names."""
    found = read_manifest(json.dumps({"files": files}).encode(), kind_of_name)
    return [(file.name, file.kind, file.sha256) for file in found]


def test_a_manifest_names_files_with_or_without_kinds_and_checksums() -> None:
    """A kind that is left out follows from the name; a digest may be in capitals."""
    found = read(
        [
            "products.csv",
            {"name": "who.csv", "kind": "customers"},
            {"name": "orders", "sha256": DIGEST.upper()},
        ]
    )
    assert found == [
        ("products.csv", Kind.PRODUCTS, None),
        ("who.csv", Kind.CUSTOMERS, None),
        ("orders", Kind.ORDERS, DIGEST),
    ]


def test_several_files_may_be_of_one_kind() -> None:
    """Export programs divide large files."""
    assert [kind for _, kind, _ in read(["products_1.csv", "products_2.csv"])] == [Kind.PRODUCTS] * 2


def test_a_single_file_needs_no_kind() -> None:
    """It holds everything in one."""
    assert read(["amazon.csv"]) == [("amazon.csv", Kind.COMBINED, None)]


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ([], "files: found '[]'"),
        ("products.csv", "files: found 'products.csv', expected a list of names or objects"),
        ([7], "files.0: found '7'"),
        ([{"kind": "products"}], "files.0.name: found nothing"),
        (["../secrets.csv"], "files.0.name: found '../secrets.csv', expected the name of a file of the same"),
        (["/etc/passwd"], "files.0.name: found '/etc/passwd'"),
        (["a\\b.csv"], "files.0.name: found 'a\\\\b.csv'"),
        ([".."], "files.0.name: found '..'"),
        ([""], "files.0.name: found nothing"),
        (["a\0b"], "expected a printable name"),
        (["n" * 300], "expected a printable name"),
        (["manifest.json"], "found 'manifest.json', expected a file with data"),
        ([{"name": "products.csv", "kind": "prices"}], "files.0.kind: found 'prices'"),
        ([{"name": "products.csv", "sha256": "abc"}], "files.0.sha256: found 'abc'"),
        (["a.csv", "b.csv"], "'a.csv' shows no kind"),
        (["products.csv", "products.csv"], "names 'products.csv' more than once"),
        (
            ["products.csv", {"name": "a.csv", "kind": "combined"}],
            "found 'a.csv' of kind combined beside others",
        ),
        (["products.csv"] * (MAX_FILES + 1), "files: found"),
    ],
)
def test_a_bad_manifest_is_refused_with_what_was_found(files: object, problem: str) -> None:
    """The reason names the file, the place, what was found and what is expected."""
    with pytest.raises(FileError) as raised:
        read(files)
    assert str(raised.value).startswith("manifest.json: ")
    assert problem in str(raised.value)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[]", b"null", b"{}", b"[" * 100_000, b" " * (MAX_BYTES + 1)]
)
def test_what_is_no_manifest_is_refused(body: bytes) -> None:
    """Broken, foreign, deeply nested and oversized JSON has a short reason."""
    with pytest.raises(FileError) as raised:
        read_manifest(body, kind_of_name)
    assert len(str(raised.value)) < 400


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda e: st.lists(e) | st.dictionaries(st.text(), e),
    )
)
def test_any_json_is_read_or_refused(value: object) -> None:
    """There is no other error."""
    with contextlib.suppress(FileError):
        assert read_manifest(json.dumps({"files": value}).encode(), kind_of_name)
