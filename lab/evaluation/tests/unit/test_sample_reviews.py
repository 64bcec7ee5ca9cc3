"""The made-up reviews match the reception of their product."""

import re

import pytest

from fondly.evaluation.sample import SampleFacts, generate, write_sample
from fondly.evaluation.sample.catalogue import RECEPTIONS, Listing, build_catalogue
from fondly.evaluation.sample.chance import every
from fondly.evaluation.sample.reviews import compose_review
from fondly.evaluation.sample.row import grouped, rupees
from fondly.evaluation.sample.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
BAD = re.compile(
    "waste|disappoint|regret|useless|poor|bad|worst|not buy|stopped|defect|not as", re.IGNORECASE
)


@pytest.fixture(scope="module")
def listings() -> list[Listing]:
    """Return a small catalogue."""
    return build_catalogue(VOCABULARY, seed=7, products=60)


def negative_share(listing: Listing) -> float:
    """Return the share of the listing's first thirty titles that complain."""
    titles = [
        compose_review(VOCABULARY, listing, number=1000 + i, position=i, seed=7).title for i in range(30)
    ]
    return sum(bool(BAD.search(title)) for title in titles) / len(titles)


def test_disliked_products_are_mostly_disliked(listings: list[Listing]) -> None:
    """Most buyers of a disliked product complain, few of a loved one."""
    for listing in listings:
        share = negative_share(listing)
        assert (share > 0.5) == (listing.reception == "disliked")
        if listing.reception == "loved":
            assert share < 0.3


def test_disliked_products_are_named_in_the_facts(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The facts name the disliked products; their average rating is low too."""
    path = tmp_path_factory.mktemp("sample") / "amazon.csv"
    facts: SampleFacts = write_sample(path, customers=250, products=60)
    ratings = {row["product_id"]: row["rating"] for row in generate(customers=250, products=60)}
    assert 0 < len(facts.disliked_products) < 12
    low = {product for product, rating in ratings.items() if rating != "|" and float(rating) < 3.3}
    assert facts.disliked_products - {p for p, r in ratings.items() if r == "|"} == low


def test_texts_speak_of_the_product(listings: list[Listing]) -> None:
    """A review never mentions another family's properties, and every slot is filled."""
    for listing in listings:
        for number in range(40):
            review = compose_review(VOCABULARY, listing, number=number, position=number, seed=listing.index)
            assert "{" not in review.title + review.text
        others = {f.thing for f in VOCABULARY.families} - {listing.family.thing}
        titles = {compose_review(VOCABULARY, listing, number=n, position=n, seed=3).title for n in range(60)}
        assert not any(f"{thing} I have had" in title for thing in others for title in titles)


def test_texts_vary(listings: list[Listing]) -> None:
    """Two hundred reviews of one product have at least a hundred different texts."""
    texts = {compose_review(VOCABULARY, listings[0], number=n, position=n, seed=7).text for n in range(200)}
    assert len(texts) > 100


def test_phrases_hold_no_comma_that_looks_like_a_border() -> None:
    """Ambiguity is added on purpose, never by a phrase: its commas have a space after them."""
    for tone in VOCABULARY.tones.values():
        phrases = [*tone.titles, *tone.short, *tone.openers, *tone.bodies, *tone.closers]
        assert not any(re.search(r",(?! )", phrase) for phrase in phrases)
        assert not any(phrase.startswith(" ") for phrase in phrases)
    for family in VOCABULARY.families:
        clauses = [clause for aspect in family.aspects for clause in aspect.good + aspect.bad]
        assert not any("," in clause for clause in clauses)


def test_every_reception_occurs_among_twelve_products() -> None:
    """Even the smallest sample has loved, fair and disliked products."""
    listings = build_catalogue(VOCABULARY, seed=1, products=12)
    assert {listing.reception for listing in listings} == set(RECEPTIONS)


@pytest.mark.parametrize(
    ("paise", "text"),
    [
        (9_900, "₹99"),
        (109_900, "₹1,099"),
        (13_990_050, "₹1,39,900.50"),
        (1_234_567_805, "₹1,23,45,678.05"),
    ],
)
def test_prices_have_indian_groups(paise: int, text: str) -> None:
    """Rupees are grouped in threes and then twos; paise show only when there are some."""
    assert rupees(paise) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (999, "999"), (426973, "4,26,973")])
def test_counts_have_indian_groups(number: int, text: str) -> None:
    """Counts are grouped as prices are."""
    assert grouped(number) == text


def test_every_starts_at_first() -> None:
    """The numbers are `first` and then equally spaced."""
    numbers = every(10, first=3)
    assert [n for n in range(30) if n in numbers] == [3, 13, 23]
