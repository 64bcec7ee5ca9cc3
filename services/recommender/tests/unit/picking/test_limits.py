import pytest

from fondly.recommender.domain.personalize.rows import says_too_little_data
from fondly.runtime.training_minimums import DataSize


@pytest.mark.parametrize(
    ("interactions", "customers", "returning", "enough"),
    [
        (1_000, 900, 25, True),
        (999, 900, 25, False),
        (1_000, 900, 24, False),
        (5_000, 4_000, 39, False),
        (5_000, 4_000, 40, True),
    ],
)
def test_personalizes_minimums_decide(
    interactions: int, customers: int, returning: int, *, enough: bool
) -> None:
    """1,000 interactions, and 25 customers (or one in a hundred) with two or more."""
    size = DataSize(interactions=interactions, customers=customers, returning=returning)
    assert (size.shortfall is None) is enough


def test_sizes_add_up() -> None:
    """Customers without interactions do not count; those with two or more are returning."""
    size = DataSize()
    for interactions in (0, 1, 2, 7):
        size = size.plus(DataSize.of_customer(interactions))
    assert size == DataSize(interactions=10, customers=3, returning=2)


@pytest.mark.parametrize(
    ("reason", "too_little"),
    [
        ("Dataset has fewer than 25 users with at least 2 interactions each.", True),
        ("Dataset has fewer than 1000 interactions after filtering by event type: liked", True),
        ("Interactions need a minimum of 1000 rows.", True),
        ("Insufficient privileges for accessing data in Amazon S3.", False),
        ("Length cannot be more than 1000 characters for CATEGORY.", False),
        (
            "Input csv has rows that do not conform to the dataset schema. Please ensure all required data",
            False,
        ),
        ("All values in the event_type column are either reserved keywords or null", False),
    ],
)
def test_too_little_data_is_distinguished_from_other_failures(reason: str, *, too_little: bool) -> None:
    """Only a lower bound on what is counted lets a run continue without Personalize."""
    assert says_too_little_data(reason) is too_little
