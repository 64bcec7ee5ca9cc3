"""What a run's customers wrote is shown whole, with what it was scored."""

from decimal import Decimal
from itertools import pairwise

import pytest

from fondly.contracts import object_keys
from fondly.contracts.records import (
    AspectMention,
    Customer,
    Product,
    Review,
    ScoredReview,
    Sentiment,
)
from fondly.operations.emails.reviews import UNKNOWN_PRODUCT, RunReviews, pieces, shown_review
from fondly.operations.emails.shown import Piece, ShownReview
from tests.support.stores import InMemoryObjects

RUN = "run-0123456789abcdef"
DOCUMENT = "Love it 😀👍🏽! The बैटरी lasts, but the strap broke."


def mention(aspect: str, words: str, sentiment: Sentiment = Sentiment.POSITIVE) -> AspectMention:
    """Return a mention of these words of `DOCUMENT`."""
    begin = DOCUMENT.index(words)
    return AspectMention(aspect=aspect, sentiment=sentiment, begin=begin, end=begin + len(words))


@pytest.fixture
async def objects() -> InMemoryObjects:
    """A bucket with a run of one part, as ingest leaves it."""
    stored = InMemoryObjects()
    kettle = Product(product_id="p1", name="Kettle", category=("Home",), price=Decimal(9), currency="INR")
    reviews = (
        Review(review_id="r1", product_ids=("gone", "p1"), text="Quick 🚀 but the lid leaks"),
        Review(review_id="r2", product_ids=("gone",), text="Fine"),
    )
    await stored.put_lines(object_keys.products(RUN), [kettle])
    customers = [Customer(customer_id="c1", reviews=reviews), Customer(customer_id="c2")]
    await stored.put_lines(object_keys.customers(RUN, 1), customers)
    return stored


async def test_reviews_are_joined_with_scores_and_product_names(objects: InMemoryObjects) -> None:
    """By the first listing that is in the catalogue; a customer without reviews has none."""
    lid = AspectMention(aspect="lid", sentiment=Sentiment.NEGATIVE, begin=16, end=19)
    scored = ScoredReview(
        review_id="r1",
        customer_id="c1",
        product_ids=("gone", "p1"),
        sentiment=Sentiment.MIXED,
        aspects=(lid,),
    )
    await objects.put_lines(object_keys.sentiment(RUN, 1), [scored])
    reviews = await (await RunReviews.of(objects, RUN)).of_part(1)
    assert reviews["c2"] == ()
    first, second = reviews["c1"]
    assert (first.product, first.label) == ("Kettle", Sentiment.MIXED)
    assert first.pieces[1] == Piece("lid", "lid", Sentiment.NEGATIVE)
    assert (second.product, second.label) == (UNKNOWN_PRODUCT, None)


async def test_a_run_that_failed_before_it_stored_anything_has_no_reviews() -> None:
    """Nothing is missing: there is nothing."""
    reviews = await RunReviews.of(InMemoryObjects(), RUN)
    assert await reviews.of_part(1) == {}


def test_what_is_praised_and_blamed_is_marked_by_code_points() -> None:
    """Emoji of several code points and combining signs before a mention do not move it."""
    found = list(
        pieces(DOCUMENT, [mention("strap", "strap", Sentiment.NEGATIVE), mention("battery", "बैटरी")])
    )
    assert found == [
        Piece("Love it 😀👍🏽! The "),
        Piece("बैटरी", "battery", Sentiment.POSITIVE),
        Piece(" lasts, but the "),
        Piece("strap", "strap", Sentiment.NEGATIVE),
        Piece(" broke."),
    ]


@pytest.mark.parametrize(
    "aspects",
    [
        [],
        [AspectMention(aspect="a", sentiment=Sentiment.POSITIVE, begin=3, end=3)],
        [AspectMention(aspect="a", sentiment=Sentiment.POSITIVE, begin=9, end=4)],
        [AspectMention(aspect="a", sentiment=Sentiment.POSITIVE, begin=5, end=len(DOCUMENT) + 1)],
        [mention("a", "strap", Sentiment.NEUTRAL), mention("b", "lasts", Sentiment.MIXED)],
        [mention("a", "The बैटरी lasts"), mention("b", "बैटरी", Sentiment.NEGATIVE)],
    ],
)
def test_pieces_are_always_the_whole_document(aspects: list[AspectMention]) -> None:
    """Mentions that overlap, are empty or end outside the text neither lose nor repeat a character."""
    found = list(pieces(DOCUMENT, aspects))
    assert "".join(each.text for each in found) == DOCUMENT
    assert all(not (one.sentiment is None and other.sentiment is None) for one, other in pairwise(found))


def test_a_text_without_words_has_no_pieces() -> None:
    """There is nothing to show."""
    assert list(pieces("", [])) == []


def test_a_review_has_its_label_and_aspects() -> None:
    """Of the document as it was scored: title and text on one line."""
    review = Review(review_id="r", product_ids=("p",), title="Broke", text="The\nstrap")
    blamed = AspectMention(aspect="strap", sentiment=Sentiment.NEGATIVE, begin=11, end=16)
    scored = ScoredReview(
        review_id="r",
        customer_id="c",
        product_ids=("p",),
        language="en",
        sentiment=Sentiment.NEGATIVE,
        aspects=(blamed,),
    )
    assert shown_review(review, scored, "Watch") == ShownReview(
        review_id="r",
        product="Watch",
        pieces=(Piece("Broke. The "), Piece("strap", "strap", Sentiment.NEGATIVE)),
        label=Sentiment.NEGATIVE,
        language="en",
    )


def test_a_review_without_a_score_is_shown_all_the_same() -> None:
    """With its words, and with the reason if scoring failed."""
    review = Review(review_id="r", product_ids=("p",), text="Fine")
    assert shown_review(review, None, "Watch") == ShownReview(
        review_id="r", product="Watch", pieces=(Piece("Fine"),)
    )
    failed = ScoredReview(review_id="r", customer_id="c", product_ids=("p",), error="too long")
    assert shown_review(review, failed, "Watch").error == "too long"
