import pytest

from fondly.cli.tables.runs import short_source


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("s3://data/uploads/amazon.csv", "amazon.csv"),
        ("s3://data/uploads/w1/products.csv uploads/w1/reviews.csv", "w1/products.csv w1/reviews.csv"),
        ("s3://data/other/a.csv", "other/a.csv"),
        ("upload", "upload"),
    ],
)
def test_bucket_and_folder_are_left_out(source: str, shown: str) -> None:
    """Of every file of a set: they are the same for all runs."""
    assert short_source(source) == shown
