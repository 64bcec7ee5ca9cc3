from hypothesis import given
from hypothesis import strategies as st

from encore.contracts.records import Customer, Review
from encore.sentiment.domain.documents import MAX_BYTES, Document, cut_to_bytes, documents


def customer(*reviews: Review) -> Customer:
    """A customer with these reviews."""
    return Customer(customer_id="c", reviews=reviews)


def review(review_id: str, title: str | None = None, text: str | None = None) -> Review:
    """A review of one product."""
    return Review(review_id=review_id, product_ids=("p",), title=title, text=text)


def test_title_and_text_are_scored_together() -> None:
    """They are joined by a line break; a missing one leaves no gap."""
    found = documents([customer(review("r1", "Great", "Works well."), review("r2", "Meh"))])
    assert [(document.review_id, document.text) for document in found] == [
        ("r1", "Great\nWorks well."),
        ("r2", "Meh"),
    ]


def test_reviews_without_text_are_never_sent() -> None:
    """Empty and blank texts cost nothing."""
    assert documents([customer(review("r1"), review("r2", " ", ""), review("r3", None, "\t"))]) == []


def test_a_review_id_is_sent_once() -> None:
    """A repeated review is not paid for twice."""
    found = documents([customer(review("r", "One")), customer(review("r", "Other"))])
    assert [document.text for document in found] == ["One"]


def test_long_texts_are_cut_at_a_character_and_marked() -> None:
    """A text over Comprehend's limit is truncated, never within a character."""
    [document] = documents([customer(review("r", None, "₹" * 2_000))])
    assert document.cut
    assert document.text == "₹" * (MAX_BYTES // 3)
    [short] = documents([customer(review("r", None, "a" * MAX_BYTES))])
    assert not short.cut


@given(st.text(), st.integers(min_value=0, max_value=60))
def test_a_cut_text_is_the_longest_prefix_that_fits(text: str, max_bytes: int) -> None:
    """It is within the limit, and one more character would exceed it."""
    cut = cut_to_bytes(text, max_bytes)
    assert text.startswith(cut)
    assert len(cut.encode()) <= max_bytes
    if cut != text:
        assert len(text[: len(cut) + 1].encode()) > max_bytes


def test_a_document_is_billed_at_least_three_units() -> None:
    """Comprehend bills each started hundred characters, three at least."""
    assert [Document("r", "a" * length).units for length in (1, 300, 301, 950)] == [3, 3, 4, 10]
