from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import LIKED_FROM, Customer, ScoredReview
from fondly.recommender.domain.history.preferences import (
    EventType,
    Preference,
    preferences_of,
    review_value,
    scores_by_review,
)
from services.recommender.tests.fakes import purchase, review, scores


@pytest.mark.parametrize(
    ("polarity", "stars", "value"),
    [
        (None, None, None),
        (0.6, None, 0.6),
        (None, 5, 1.0),
        (None, 1, -1.0),
        (None, 3, 0.0),
        (None, 0, -1.0),
        (0.5, 4, 0.5),
        (-0.8, 5, 0.1),
        (0.19, 5, 1.0),
        (-0.19, 1, -1.0),
        (0.2, 5, 0.6),
        (0.1, None, 0.1),
    ],
)
def test_words_and_stars_count_equally(
    polarity: float | None, stars: int | None, value: float | None
) -> None:
    """A review's value is the mean of what is known, from -1 to 1, or None when nothing is.

    Words that are nearly neutral say nothing beside stars.
    """
    about = review("R", "P", rating=None if stars is None else Decimal(stars))
    assert review_value(about, None if polarity is None else scores(polarity)) == pytest.approx(value)


@given(st.floats(-1, 1), st.decimals(0, 5, places=1))
def test_a_value_stays_between_minus_one_and_one(polarity: float, stars: Decimal) -> None:
    """Personalize and the rules of picking rely on this range."""
    value = review_value(review("R", "P", rating=stars), scores(polarity))
    assert value is not None
    assert -1 <= value <= 1


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (0.9, EventType.LIKED),
        (LIKED_FROM, EventType.LIKED),
        (LIKED_FROM - 0.01, EventType.REVIEWED),
        (None, EventType.REVIEWED),
        (-0.1, EventType.REVIEWED),
        (-0.2, EventType.DISLIKED),
    ],
)
def test_the_value_decides_the_event_type(value: float | None, kind: EventType) -> None:
    """Liked, disliked or merely reviewed; an unknown preference is never `liked`."""
    assert Preference(product_id="P", value=value).event_type is kind


def test_an_opinion_says_more_than_a_purchase_and_a_purchase_more_than_none() -> None:
    """What was bought and reviewed is one interaction, of the kind of the opinion if there is one."""
    kinds = [
        Preference(product_id="P", value=value, is_bought=True).event_type for value in (0.9, 0.1, -0.9, None)
    ]
    assert kinds == [EventType.LIKED, EventType.REVIEWED, EventType.DISLIKED, EventType.PURCHASED]


def test_purchases_are_preferences_of_which_no_value_is_known() -> None:
    """The time is that of the latest order, also where a review came later; reviewed products come first."""
    customer = Customer(
        customer_id="C",
        reviews=(review("R1", "both", timestamp=90), review("R2", "undated", timestamp=80)),
        purchases=(
            purchase("O1", "bought", 10),
            purchase("O2", "bought", 30),
            purchase("O1", "both", 10),
            purchase("O1", "undated", None),
        ),
    )
    assert preferences_of(customer, {("C", "R1"): scores(0.8)}) == [
        Preference(product_id="both", value=0.8, timestamp=10, review_id="R1", is_bought=True),
        Preference(product_id="undated", timestamp=80, review_id="R2", is_bought=True),
        Preference(product_id="bought", timestamp=30, is_bought=True),
    ]


def test_a_customer_has_one_preference_per_product() -> None:
    """Its reviews are averaged, the latest gives the time, the best one is named; variants count apart."""
    customer = Customer(
        customer_id="C",
        reviews=(
            review("R1", "P1", "P2", timestamp=10),
            review("R2", "P1", "P1", timestamp=30),
            review("R3", "P3"),
        ),
    )
    known = {("C", "R1"): scores(0.8), ("C", "R2"): scores(-0.4)}
    assert preferences_of(customer, known) == [
        Preference(product_id="P1", value=pytest.approx(0.2), timestamp=30, review_id="R1"),  # type: ignore[arg-type] # approx is unannotated
        Preference(product_id="P2", value=0.8, timestamp=10, review_id="R1"),
        Preference(product_id="P3", review_id="R3"),
    ]


def test_unscored_reviews_have_no_scores() -> None:
    """A review without words is left out rather than counted as neutral."""
    reviews = [
        ScoredReview(review_id="R1", customer_id="C", product_ids=("P",), scores=scores(0.5)),
        ScoredReview(review_id="R2", customer_id="C", product_ids=("P",), error="TextSizeLimitExceeded"),
    ]
    assert scores_by_review(reviews) == {("C", "R1"): scores(0.5)}
