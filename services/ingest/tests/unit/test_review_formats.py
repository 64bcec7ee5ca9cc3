import pytest

from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.markup import MAX_HTML_CHARS, entries
from services.ingest.tests.table_files import AMAZON_2015, JUDGE_ME, columns, mapped

REVIEW = {
    "title": "Great",
    "body": "Fits well",
    "rating": "5",
    "review_date": "2025-03-02 10:12:00 UTC",
    "curated": "ok",
    "reviewer_name": "Camille",
    "reviewer_email": "camille@example.com",
    "product_id": "7012345678",
    "product_handle": "classic-tee",
}


def test_judge_me_reviews_are_of_the_product_family_of_their_handle() -> None:
    """Shopify's numbers are in no product export; a handle is what variants have as their parent."""
    layout, (review,) = mapped(JUDGE_ME, [REVIEW])
    assert (layout.format, layout.kind) == ("Judge.me reviews", Kind.REVIEWS)
    assert review is not None
    assert review.pop("review_id").startswith("review-")
    assert review == {
        "review_title": "Great",
        "review_content": "Fits well",
        "rating": "5",
        "timestamp": "2025-03-02 10:12:00 UTC",
        "user_name": "Camille",
        "email": "camille@example.com",
        "product_id": "classic-tee",
    }


@pytest.mark.parametrize(
    ("number", "handle", "product"),
    [
        ("TEE-L", "classic-tee", "TEE-L"),
        ("'7012", "", "7012"),
        ("", "classic-tee", "classic-tee"),
        ("", "", ""),
    ],
)
def test_the_product_of_a_review_is_an_own_id_or_its_handle(number: str, handle: str, product: str) -> None:
    """A number is used only where there is nothing else."""
    _, (review,) = mapped(JUDGE_ME, [REVIEW | {"product_id": number, "product_handle": handle}])
    assert review is not None
    assert review.get("product_id", "") == product


def test_reviews_that_the_shop_marked_as_spam_are_left_out() -> None:
    """And counted."""
    layout, _ = mapped(JUDGE_ME, [])
    rows = layout.start()
    assert rows.map([(REVIEW | {"curated": "spam"}).get(name, "") for name in JUDGE_ME]) == []
    assert rows.left_out == {"spam": 1}


def test_amazons_reviews_of_2015_are_recognised() -> None:
    """Each field has a column of its own, and reviews have ids."""
    row = {
        "customer_id": "18778586",
        "review_id": "RDIJS7QYB6XNR",
        "product_id": "B00EDBY7X8",
        "star_rating": "5",
        "review_headline": "Five Stars",
        "review_body": "Excellent!!!",
        "review_date": "2015-08-31",
    }
    layout, (review,) = mapped(AMAZON_2015, [row])
    assert layout.format == "Amazon reviews"
    assert review == {
        "user_id": "18778586",
        "review_id": "RDIJS7QYB6XNR",
        "product_id": "B00EDBY7X8",
        "rating": "5",
        "review_title": "Five Stars",
        "review_content": "Excellent!!!",
        "timestamp": "2015-08-31",
    }
    assert "product_parent" in layout.ignored


def test_amazons_reviews_of_2023_are_recognised() -> None:
    """They have no ids, so these are made."""
    header = columns("rating,title,text,images,asin,parent_asin,user_id,timestamp,verified_purchase")
    row = {
        "rating": "5.0",
        "title": "Nice",
        "asin": "B1",
        "parent_asin": "B0",
        "user_id": "AE",
        "timestamp": "1588687728923",
    }
    layout, (review,) = mapped(header, [row])
    assert layout.format == "Amazon reviews"
    assert review is not None
    assert (review["product_id"], review["user_id"], review["timestamp"]) == ("B1", "AE", "1588687728923")
    assert review["review_id"].startswith("review-")


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        ("Plain text\n\nin two lines", ["Plain text", "in two lines"]),
        ("a &lt; b<br>c", ["a < b", "c"]),
        ("<div><span>one</span> <em>two</em></div><style>p{}</style>", ["one two"]),
        ("<p>unclosed <b>bold", ["unclosed bold"]),
        ("", []),
    ],
)
def test_descriptions_become_plain_entries(html: str, texts: list[str]) -> None:
    """One for each block, without markup and scripts."""
    assert entries(html) == texts


def test_a_hostile_description_costs_no_time() -> None:
    """No more than a bounded beginning is parsed."""
    assert len("".join(entries("<" * 1_000_000))) <= MAX_HTML_CHARS
    assert entries("<!--" * 500_000) is not None
