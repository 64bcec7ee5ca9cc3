"""What is known of a customer over all runs."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fondly.contracts.records import Customer, CustomerEvent, EventKind, Exclusion
from fondly.recommender.domain.history.history import MAX_ITEM_BYTES, History
from fondly.recommender.domain.history.preferences import EventType, preferences_of
from services.recommender.tests.fakes import purchase, review, scores

FIRST, SECOND = 1_000, 2_000


def told(
    customer: Customer,
    polarities: dict[str, float] | None = None,
    *,
    now: int = FIRST,
    before: History | None = None,
) -> History:
    """What is known of a customer once a run of this time has told of them."""
    known = {("C", name): scores(polarity) for name, polarity in (polarities or {}).items()}
    return History.of(customer, known, run_id=f"run-{now}", now=now, before=before)


def customer(*reviews: object, purchases: tuple[object, ...] = (), **facts: object) -> Customer:
    """A customer of a file."""
    return Customer.model_validate({"customer_id": "C", "reviews": reviews, "purchases": purchases, **facts})


def test_a_file_adds_to_what_is_known() -> None:
    """What the week before was about is still there, behind what the new file tells."""
    before = told(customer(review("R1", "P1"), purchases=(purchase("O1", "P3"),)), {"R1": 0.9})
    after = told(customer(review("R2", "P2")), now=SECOND, before=before)
    assert after.customer.product_ids == ("P2", "P1", "P3")
    assert [one.timestamp for one in after.reviews] == [SECOND, FIRST]
    assert [one.timestamp for one in after.purchases] == [FIRST]
    kinds = {one.product_id: one.event_type for one in preferences_of(after.customer, after.scores)}
    assert kinds == {"P2": EventType.REVIEWED, "P1": EventType.LIKED, "P3": EventType.PURCHASED}


def test_what_purchases_came_to_is_kept() -> None:
    """With their number, in the stored item too, and also if a later file does not say it again."""
    bought = {"order_id": "O1", "product_id": "P1", "quantity": 3, "value": "75.50", "timestamp": 40}
    before = told(customer(purchases=(bought,)))
    again = told(customer(purchases=({**bought, "value": None},)), now=SECOND, before=before)
    [known] = History.from_item(again.item()).purchases
    assert (known.quantity, known.value, known.timestamp, known.is_dated) == (3, Decimal("75.50"), 40, True)
    assert again.customer.purchases[0].value == Decimal("75.50")
    event = CustomerEvent(
        event_id="e1",
        customer_id="C",
        product_id="P2",
        kind=EventKind.PURCHASED,
        timestamp=50,
        value=Decimal("9.99"),
    )
    assert again.with_events([event]).purchases[-1].value == Decimal("9.99")


def test_of_two_reviews_of_one_product_the_newest_counts() -> None:
    """A second opinion takes the place of the first, not half of it."""
    before = told(customer(review("R1", "P1")), {"R1": 0.9})
    after = told(customer(review("R2", "P1")), {"R2": -0.9}, now=SECOND, before=before)
    (known,) = preferences_of(after.customer, after.scores)
    assert (known.value, known.review_id, known.event_type) == (-0.9, "R2", EventType.DISLIKED)


def test_an_older_file_changes_nothing_that_is_newer() -> None:
    """Where both have a time, it decides, not the order in which files came."""
    newer = told(customer(review("R2", "P1", timestamp=50)), {"R2": -0.9})
    after = told(customer(review("R1", "P1", timestamp=40)), {"R1": 0.9}, now=SECOND, before=newer)
    assert [one.review_id for one in after.reviews] == ["R2"]


def test_a_review_that_comes_again_stays_one_and_keeps_its_time() -> None:
    """A file that repeats what was known gives the same rows, or every run would be new to Personalize."""
    file = customer(review("R1", "P1"), purchases=(purchase("O1", "P2"),))
    before = told(file, {"R1": 0.5})
    after = told(file, {"R1": 0.5}, now=SECOND, before=before)
    assert after == before.model_copy(update={"run_id": "run-2000"})
    assert not after.purchases[0].is_dated  # nobody may be told that it was bought at that time


def test_a_review_without_scores_keeps_those_that_it_had() -> None:
    """A text that could not be scored this time says what it said before."""
    before = told(customer(review("R1", "P1")), {"R1": 0.5})
    assert told(customer(review("R1", "P1")), now=SECOND, before=before).scores == before.scores


def test_a_product_under_which_a_review_no_longer_stands_is_still_known() -> None:
    """A weekly file may have only one of the variants under which a shop shows a review."""
    before = told(customer(review("R1", "P1red", "P1blue")))
    after = told(customer(review("R1", "P1red")), now=SECOND, before=before)
    assert after.customer.product_ids == ("P1red", "P1blue")


def test_no_texts_are_kept() -> None:
    """Nothing that somebody wrote, and not who they are, which the run's file says."""
    before = told(customer(review("R1", "P1", text="Nice"), name="Ann", email="a@example.com"))
    assert "Nice" not in before.model_dump_json()
    assert "Ann" not in before.model_dump_json()
    assert "example" not in before.model_dump_json()
    file = customer(review("R2", "P2", text="Good"), name="Ann")
    whole = told(file, now=SECOND, before=before).completing(file)
    assert [one.text for one in whole.reviews] == [None, None]
    assert whole.name == "Ann"


def test_stars_age_and_exclusion_are_known() -> None:
    """They decide opinions, a customer's description, and whether they may be written to."""
    file = customer(review("R1", "P1", rating=Decimal("4.5")), age=30, exclusion=Exclusion.NO_CONSENT)
    known = History.from_item(told(file).item()).customer
    assert (known.reviews[0].rating, known.age, known.exclusion) == (Decimal("4.5"), 30, "no_consent")


def test_a_history_that_dynamodb_would_not_store_loses_its_oldest() -> None:
    """The newest are kept, and the item fits."""
    many = [review(f"R{n}", f"{'P' * 240}{n}", timestamp=n) for n in range(3_000)]
    item = told(customer(*many)).item()
    kept = History.from_item(item)
    assert len(item["history"].encode()) <= MAX_ITEM_BYTES
    assert min(one.timestamp or 0 for one in kept.reviews) > max(range(3_000)) - len(kept.reviews)


REVIEWS = st.builds(
    lambda name, products, time: review(f"R{name}", *products, timestamp=time),
    st.integers(0, 3),
    st.lists(st.sampled_from(["P1", "P2", "P3"]), min_size=1, max_size=2, unique=True),
    st.none() | st.integers(0, 3),
)
FILES = st.lists(REVIEWS, max_size=3, unique_by=lambda one: one.review_id)


@given(FILES, FILES)
@example(
    [review("R0", "P1", timestamp=2)], [review("R1", "P1", timestamp=1), review("R2", "P1", timestamp=3)]
)
def test_nothing_is_lost_and_the_same_file_again_adds_nothing(first: list, second: list) -> None:  # type: ignore[type-arg] # reviews
    """Every product of either file is known afterwards, and a file that comes twice counts once."""
    before = told(customer(*first))
    after = told(customer(*second), now=SECOND, before=before)
    products = {each for one in (*first, *second) for each in one.product_ids}
    assert set(after.customer.product_ids) == products
    again = told(customer(*second), now=3_000, before=after)
    assert again.reviews == after.reviews


def test_nothing_of_a_product_is_left_without_it() -> None:
    """A review of others as well stays, under those."""
    known = told(customer(review("R1", "P1", "P2"), review("R2", "P1"), purchases=(purchase("O", "P1"),)))
    left = known.without({"P1"})
    assert (left.customer.product_ids, [one.review_id for one in left.reviews]) == (("P2",), ["R1"])


@pytest.mark.parametrize("polarity", [-1.0, -0.3, 0.0, 0.123456789, 1.0])
def test_a_polarity_comes_back_as_it_was(polarity: float) -> None:
    """Real-time picks must find the opinions that a run found."""
    known = History.from_item(told(customer(review("R1", "P1")), {"R1": polarity}).item())
    assert known.scores["C", "R1"].polarity == scores(polarity).polarity
