import pytest

from fondly.recommender.domain.realtime.current_picks import id_problem


@pytest.mark.parametrize(
    "customer_id", ["C1", "a b", "../x", "ünal@example.com", "客", "x" * 256, "\U0001f41d"]
)
def test_ids_are_the_shops_own(customer_id: str) -> None:
    """Whatever a shop may have in its files."""
    assert id_problem(customer_id) is None


@pytest.mark.parametrize(
    ("customer_id", "problem"),
    [
        ("", "has 0 characters, expected 1 to 256"),
        ("x" * 257, "has 257 characters"),
        (" ", "is blank"),
        ("a\tb", "control character"),
        ("a\x00", "control character"),
        ("\udcff", "not valid UTF-8"),
    ],
)
def test_what_is_nobodys_id_is_told(customer_id: str, problem: str) -> None:
    """Before a store refuses it in words of its own."""
    assert problem in str(id_problem(customer_id))
