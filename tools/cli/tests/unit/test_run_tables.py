import pytest

from fondly.cli.tables.reviews import review_tables
from fondly.cli.tables.runs import short_source
from fondly.operations.runs.views import details
from fondly.runtime.runs.run import Run
from tests.support.runs import START


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


def test_a_run_without_a_summary_of_its_sentiment_shows_none() -> None:
    """A run that is not scored yet, and one of an earlier version."""
    run = Run(run_id="run-1", created_at=START)
    assert list(review_tables(details(run, [], bucket="b"))) == []
