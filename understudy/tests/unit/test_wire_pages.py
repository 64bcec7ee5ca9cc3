from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.wire.errors import ServiceError
from understudy.wire.numbered import DEFAULT_PAGE, numbered_page


@dataclass
class Item:
    """Something that is numbered."""

    number: int


def no_such_page() -> ServiceError:
    """Return the error of a token that no page had."""
    return ServiceError("ValidationException", "no such page")


def pages(numbers: Sequence[int], *, ascending: bool, limit: int | None) -> list[list[int]]:
    """Return the numbers of each page of a whole list."""
    items, found, token = [Item(number) for number in numbers], [], None
    while True:
        shown, token = numbered_page(
            items, ascending=ascending, token=token, limit=limit, invalid_token=no_such_page
        )
        found.append([item.number for item in shown])
        if token is None:
            return found


@given(st.sets(st.integers(0, 500), max_size=40), st.booleans(), st.integers(1, 12))
def test_all_pages_together_are_the_whole_list(
    numbers: set[int],
    ascending: bool,  # noqa: FBT001 - drawn
    limit: int,
) -> None:
    """In order, each item once, and no page too long."""
    found = pages(list(numbers), ascending=ascending, limit=limit)
    assert [number for page in found for number in page] == sorted(numbers, reverse=not ascending)
    assert max(map(len, found)) <= limit


def test_a_page_has_a_usual_length() -> None:
    """If nobody asks for another."""
    found = pages(range(DEFAULT_PAGE + 1), ascending=True, limit=None)
    assert [len(page) for page in found] == [DEFAULT_PAGE, 1]


def test_a_full_last_page_has_no_next() -> None:
    """Clients would get an empty one."""
    assert pages(range(4), ascending=True, limit=2) == [[0, 1], [2, 3]]


def test_what_comes_and_goes_between_two_pages_moves_no_other() -> None:
    """Nothing is shown twice or left out."""
    items = [Item(number) for number in range(6)]
    first, token = numbered_page(items, ascending=False, token=None, limit=2, invalid_token=no_such_page)
    changed = [Item(7), *(item for item in items if item.number != 4)]
    second, _ = numbered_page(changed, ascending=False, token=token, limit=2, invalid_token=no_such_page)
    assert [item.number for item in (*first, *second)] == [5, 4, 3, 2]


@pytest.mark.parametrize("token", ["", "x", "-1", "1.5", "²", "1 "])
def test_a_token_that_no_page_had_is_refused(token: str) -> None:
    """With the error of the service."""
    with pytest.raises(ServiceError, match="no such page"):
        numbered_page([], ascending=True, token=token, limit=None, invalid_token=no_such_page)
