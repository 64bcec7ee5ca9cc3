"""What the ledger says a run was made of, and what that may mean."""

import pytest

from fondly.runtime.runs.source import MAX_BYTES, Folder, possible_keys, source_name

LONGEST_KEY = 1_024
FOLDER = "uploads/" + 400 * "ä" + "/"


def pieces(count: int) -> list[str]:
    """Keys of a set in one folder, each as long as S3 allows."""
    names = [FOLDER + f"reviews-{number:04}" for number in range(1, count + 1)]
    return [f"{name}{(LONGEST_KEY - len(name.encode()) - 4) * 'x'}.csv" for name in names]


@pytest.mark.parametrize("keys", [["uploads/a b.csv"], ["uploads/x/products.csv", "uploads/x/reviews.csv"]])
def test_the_files_of_a_run_are_named(keys: list[str]) -> None:
    """All of them, one after the other."""
    assert source_name("b", keys) == f"s3://b/{' '.join(keys)}"
    assert keys in list(possible_keys(source_name("b", keys)))


def test_of_a_large_set_one_file_is_named_and_where_the_others_are() -> None:
    """However many pieces there are, the name has at most four kilobytes, and says how many they are."""
    keys = pieces(200)
    found = source_name("b", keys)
    assert found == f"s3://b/{keys[0]} and 199 more files of {FOLDER}"
    assert len(found.encode()) <= MAX_BYTES
    assert Folder(FOLDER) in list(possible_keys(found))
    assert len(source_name("b", pieces(4))) < len(source_name("b", pieces(3))) <= MAX_BYTES


def test_a_source_may_be_one_key_with_spaces_or_several() -> None:
    """The whole comes first, then the split before each further key."""
    assert list(possible_keys("s3://b/uploads/a b.csv")) == [["uploads/a b.csv"]]
    assert list(possible_keys("s3://b/uploads/x/products.csv uploads/x/reviews.csv")) == [
        ["uploads/x/products.csv uploads/x/reviews.csv"],
        ["uploads/x/products.csv", "uploads/x/reviews.csv"],
    ]
    assert list(possible_keys("s3://b/uploads/a b.csv uploads/mapping.yaml"))[1] == [
        "uploads/a b.csv",
        "uploads/mapping.yaml",
    ]
