from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fondly.contracts.records import Customer, Review, SharedText
from fondly.sentiment.domain.documents import Document, documents
from fondly.sentiment.domain.texts import Text, chunks


def customer(*reviews: Review) -> Customer:
    """A customer with these reviews."""
    return Customer(customer_id="c", reviews=reviews)


def review(review_id: str, title: str | None = None, text: str | None = None) -> Review:
    """A review of the product named like the review."""
    return Review(review_id=review_id, product_ids=(f"p-{review_id}",), title=title, text=text)


def test_title_and_text_are_one_document() -> None:
    """They are joined on one line; a missing one leaves no gap."""
    found = documents([customer(review("r1", "Great", "Works\nwell."), review("r2", "Meh"))], [])
    assert found == [Document("Great. Works well.", ("p-r1",)), Document("Meh", ("p-r2",))]


def test_reviews_without_words_are_never_sent() -> None:
    """Empty and blank texts cost nothing."""
    assert documents([customer(review("r1"), review("r2", " ", ""), review("r3", None, "\t"))], []) == []


def test_the_same_words_are_one_document_about_all_their_products() -> None:
    """Whoever wrote them, and also where the writer is unknown."""
    shared = SharedText(product_id="p", text=" One ")
    [found] = documents([customer(review("a", "One")), customer(review("b", None, "One"))], [shared])
    assert found == Document("One", ("p-a", "p-b", "p"))


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200).map(lambda text: " ".join(text.split())),
    st.integers(min_value=4, max_value=60),
)
@example("One. Two! Three? Four…", 10)
@example("एक वाक्य। दूसरा वाक्य।", 40)
def test_chunks_fit_and_lose_nothing(document: str, max_bytes: int) -> None:
    """Each is within the limit and stands where it says; together they have every word."""
    found = chunks(document, max_bytes=max_bytes)
    for chunk in found:
        assert 0 < len(chunk.words.encode()) <= max_bytes
        assert document[chunk.begin : chunk.begin + len(chunk.words)] == chunk.words
    assert "".join("".join(chunk.words for chunk in found).split()) == "".join(document.split())


def test_chunks_end_where_sentences_end() -> None:
    """Sentences stay whole, and as many as fit stay together; a longer one is divided at a space."""
    assert [chunk.words for chunk in chunks("One two. Three. Four five six.", max_bytes=16)] == [
        "One two. Three.",
        "Four five six.",
    ]
    assert [chunk.words for chunk in chunks("seven eight nine", max_bytes=12)] == ["seven eight", "nine"]
    assert [chunk.words for chunk in chunks("₹₹₹", max_bytes=7)] == ["₹₹", "₹"]


def test_a_document_that_fits_is_sent_as_it_is() -> None:
    """The usual case costs no change."""
    [chunk] = chunks("One two. Three.")
    assert (chunk.words, chunk.begin) == ("One two. Three.", 0)


@pytest.mark.parametrize(("length", "units"), [(1, 3), (300, 3), (301, 4), (950, 10)])
def test_a_text_is_billed_at_least_three_units(length: int, units: int) -> None:
    """Comprehend bills each started hundred characters, three at least."""
    assert Text("a" * length, "en", "comprehend/sentiment").units == units


def test_an_answer_is_named_by_question_language_and_words() -> None:
    """Another scorer, question, language or wording is another answer."""
    keys = {
        Text("good", "en", "comprehend/sentiment").key,
        Text("good", "de", "comprehend/sentiment").key,
        Text("good", "en", "comprehend/aspects").key,
        Text("Good", "en", "comprehend/sentiment").key,
    }
    assert len(keys) == 4
    assert {len(key) for key in keys} == {sha256().digest_size * 2}, (
        "a shorter one is another text's by chance"
    )
    assert Text("good", "en", "comprehend/sentiment").key in keys
