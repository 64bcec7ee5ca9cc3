from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.run_id import run_id
from fondly.ingest.domain.parts import Span, divide, spans


def test_the_same_bytes_under_the_same_key_are_the_same_run() -> None:
    """Only bucket, key and content identify a run; the order of a set does not matter."""
    one = run_id("b", {"k": "1", "l": "2"})
    assert one == run_id("b", {"l": "2", "k": "1"})
    assert len({one, run_id("c", {"k": "1", "l": "2"}), run_id("b", {"k": "2", "l": "1"})}) == 3
    assert one.startswith("run-")
    assert len(one) == 20


def test_parts_close_when_full_and_never_split_a_customer() -> None:
    """A customer without reviews counts as one; a customer with too many makes an oversized part."""
    customers = [(1, 2), (2, 1), (3, 0), (4, 0), (5, 0), (6, 9), (8, 1)]
    assert list(spans(customers, records=3)) == [Span(1, 2), Span(3, 5), Span(6, 6), Span(8, 8)]
    assert list(spans([], records=3)) == []


@given(st.lists(st.integers(0, 9), max_size=40), st.integers(0, 50))
def test_every_part_has_an_equal_share_of_the_shared_texts(reviews: list[int], texts: int) -> None:
    """Each text is in one part, and no part has two more than another; without customers there is one."""
    customers = list(enumerate(reviews, start=1))
    parts = divide(customers, records=5, shared_texts=texts)
    assert [part.customers for part in parts] == (list(spans(customers, records=5)) or [Span(1, 0)])
    shares = [range(part.shared_texts.first, part.shared_texts.last + 1) for part in parts]
    assert [position for share in shares for position in share] == list(range(1, texts + 1))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
