"""How customers' events are kept, divided into calls, and added to what they have."""

from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import Customer, CustomerEvent, EventKind, Purchase
from fondly.recommender.domain.history.customer_events import (
    AFTER_TRIMMING,
    MOST,
    attribute_of,
    from_item,
    surplus,
    value_of,
    visits,
)
from fondly.recommender.domain.history.history import MOST_LOOKS, History
from fondly.recommender.domain.history.preferences import EventType, preferences_of
from fondly.recommender.domain.personalize.rows import customer_rows
from services.recommender.tests.fakes import an_event, purchase

DAY = 86_400
NOON = 1_764_072_000
KINDS = st.sampled_from(list(EventKind))
EVENTS = st.builds(
    lambda number, kind, timestamp, customer: an_event(
        f"e{number}", kind=kind, timestamp=timestamp, customer_id=f"C{customer}"
    ),
    st.integers(0, 10_000),
    KINDS,
    st.integers(NOON, NOON + 3 * DAY),
    st.integers(0, 3),
)


@given(st.lists(EVENTS, max_size=30))
def test_an_item_gives_back_what_was_put_in(events: list[CustomerEvent]) -> None:
    """Newest first, whatever the order of attributes; others are ignored."""
    own = {one.event_id: one.model_copy(update={"customer_id": "C1"}) for one in events}.values()
    item = {attribute_of(one): value_of(one) for one in own} | {"customer_id": "C1", "expires_at": 1}
    found = from_item(item)
    assert sorted(one.event_id for one in found) == sorted(one.event_id for one in own)
    assert set(found) == set(own)
    assert [one.timestamp for one in found] == sorted((one.timestamp for one in own), reverse=True)


@given(st.lists(EVENTS, max_size=60, unique_by=lambda one: one.event_id))
def test_every_event_is_in_one_call_of_at_most_ten(events: list[CustomerEvent]) -> None:
    """A call is about one customer and one session, which without one of the shop's is a day."""
    found = list(visits(events))
    assert sorted(one.event_id for each in found for one in each.events) == sorted(
        one.event_id for one in events
    )
    for each in found:
        assert 1 <= len(each.events) <= 10
        assert {one.customer_id for one in each.events} == {each.customer_id}
        assert len({one.timestamp // DAY for one in each.events}) == 1
        assert "C" not in each.session_id


def test_the_shops_own_sessions_are_kept() -> None:
    """Personalize learns from what belongs to one visit."""
    (one, other) = visits([an_event("e1", session_id="s1"), an_event("e2", session_id="s2")])
    assert {one.session_id, other.session_id} == {"s1", "s2"}


def test_ids_that_personalize_would_change_are_not_told() -> None:
    """As in the datasets."""
    assert not list(visits([an_event(product_id='a"b'), an_event(customer_id="a\\b")]))


def test_purchases_are_forgotten_last() -> None:
    """What somebody has bought must not be offered again; what they looked at long ago may."""
    views = [an_event(f"v{n}", kind=EventKind.VIEWED, timestamp=NOON + n) for n in range(MOST)]
    order = an_event("o", kind=EventKind.PURCHASED, timestamp=1)
    assert not surplus(views)
    left_out = surplus([*views, order])
    assert len(left_out) == MOST + 1 - AFTER_TRIMMING
    assert [one.event_id for one in left_out] == [f"v{n}" for n in range(len(left_out))]


def _known(*orders: Purchase, before: History | None = None) -> History:
    customer = Customer(customer_id="C1", purchases=orders)
    return History.of(customer, {}, run_id="run-1", now=NOON, before=before)


def test_what_was_bought_is_owned_and_what_was_looked_at_is_not() -> None:
    """A click is no possession."""
    events = [
        an_event("e1", product_id="P2", kind=EventKind.PURCHASED, timestamp=NOON),
        an_event("e2", product_id="P3"),
        an_event("e3", product_id="P4", kind=EventKind.VIEWED),
    ]
    known = _known(purchase("o1", "P1", NOON)).with_events(events)
    assert known.customer.product_ids == ("P1", "P2")
    assert [one.event_type for one in preferences_of(known.customer, {})] == [EventType.PURCHASED] * 2


def test_an_order_that_a_file_has_by_now_is_not_added_again() -> None:
    """The event told of it first; whichever is later dates it."""
    known = _known(purchase("o1", "P1", NOON))
    bought = an_event("e1", kind=EventKind.PURCHASED, timestamp=NOON)
    assert known.with_events([bought]) == known
    later = bought.model_copy(update={"timestamp": NOON + 1})
    assert len(known.with_events([later]).purchases) == 2


@given(st.lists(EVENTS, max_size=40), st.lists(EVENTS, max_size=40))
def test_events_that_are_known_change_nothing(first: list[CustomerEvent], more: list[CustomerEvent]) -> None:
    """They are added to what is known each time it is read, also to what was remembered with them."""
    once = _known().with_events(first)
    assert once.with_events(first) == once
    both = once.with_events(more)
    assert both.with_events(first).looks == both.looks
    assert {one.product_id for one in both.with_events(first).purchases} == {
        one.product_id for one in both.purchases
    }


def test_looks_survive_the_next_file_and_are_bounded() -> None:
    """What a later file tells is added to them."""
    looks = [an_event(f"e{n}", timestamp=NOON + n) for n in range(MOST_LOOKS + 10)]
    known = _known().with_events(looks)
    again = _known(purchase("o1", "P1", NOON), before=known)
    assert [one.timestamp for one in again.looks] == [NOON + n + 10 for n in reversed(range(MOST_LOOKS))]
    assert History.from_item(again.item()) == again


def test_rows_are_those_that_the_tracker_was_told_of() -> None:
    """Equal interactions count once; purchases are in the rows of what the customer has."""
    events = [
        an_event("e1", timestamp=NOON),
        an_event("e2", timestamp=NOON),
        an_event("e3", kind=EventKind.VIEWED),
        an_event("e4", kind=EventKind.PURCHASED),
    ]
    rows = customer_rows(_known().with_events(events))
    assert [(row["EVENT_TYPE"], row["TIMESTAMP"], row["EVENT_VALUE"]) for row in rows.looks] == [
        ("clicked", NOON, None),
        ("viewed", 1_764_000_000, None),
    ]
    assert [row["EVENT_TYPE"] for row in rows.interactions] == ["purchased"]
