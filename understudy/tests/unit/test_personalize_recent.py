"""What users have done since a version was trained, and what they have done in all, as filters see it."""

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from personalize_world import SCHEMAS, objects
from unit.test_personalize_filters import snapshot, texts

from understudy.personalize.csv_import import TableReader
from understudy.personalize.event_rules import EventRules, counted, counted_by_user
from understudy.personalize.filtering import UserHistory
from understudy.personalize.plan import DatasetSnapshot, TrainingPlan
from understudy.personalize.schemas import Field, Schema, parse_schema
from understudy.personalize.store import Streamed
from understudy.personalize.trained import PersonalModel, Query
from understudy.personalize.training import train

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENTS = Schema(
    "Interactions", (Field("USER_ID", "string"), Field("ITEM_ID", "string"), Field("EVENT_TYPE", "string"))
)
PLACES = {item: place for place, item in enumerate("abcd")}


@pytest.fixture(scope="module")
def model() -> PersonalModel:
    """A model of the shop in which users have one of three tastes."""
    schema = parse_schema(SCHEMAS["Interactions"])
    reader = TableReader(schema)
    reader.read(objects()["interactions.csv"].splitlines(keepends=True))
    return train(TrainingPlan.of({}, {"Interactions": DatasetSnapshot(schema, reader.table())}))


def event(user: str, item: str, *, kind: str = "click", value: float | None = None, at: int = 0) -> Streamed:
    """Return an event that was put by itself."""
    record: Mapping[str, str | float | None] = {
        "USER_ID": user,
        "ITEM_ID": item,
        "EVENT_TYPE": kind,
        "EVENT_VALUE": value,
        "TIMESTAMP": float(1_800_000_000 + at),
    }
    return Streamed(user, record, "e")


def rules(**parameters: float) -> EventRules:
    """Return the rules of a solution that counts some types of events, with weights."""
    entries = [{"eventType": kind, "weight": weight} for kind, weight in parameters.items()]
    config = {"eventsConfig": {"eventParametersList": entries}} if entries else {}
    return EventRules.of({"solutionConfig": config})


def test_every_event_counts_without_rules(model: PersonalModel) -> None:
    """In its order, with its time."""
    found = counted([event("u", "i1"), event("u", "i4", at=5)], rules(), model)
    assert found is not None
    assert list(found.items) == ["i1", "i4"]
    assert found.times.tolist() == [1_800_000_000, 1_800_000_005]
    assert (found.weights > 0).all()


def test_rules_leave_out_and_weigh(model: PersonalModel) -> None:
    """As at the training; where nothing is left, nothing is known."""
    events = [event("u", "i1", kind="view"), event("u", "i2", kind="Order"), event("u", "i3", kind="click")]
    found = counted(events, rules(order=1.0, click=0.25), model)
    assert found is not None
    assert list(found.items) == ["i2", "i3"]
    assert found.weights[1] == pytest.approx(found.weights[0] / 4)
    assert counted(events, rules(nothing=1.0), model) is None


def test_a_threshold_is_reached_by_a_value(model: PersonalModel) -> None:
    """An event without one does not reach it."""
    threshold = EventRules.of({"solutionConfig": {"eventValueThreshold": "3"}})
    events = [event("u", "i1", value=3.0), event("u", "i2", value=2.9), event("u", "i3")]
    found = counted(events, threshold, model)
    assert found is not None
    assert list(found.items) == ["i1"]


def test_events_are_of_their_users(model: PersonalModel) -> None:
    """Whose events are left out is not there."""
    events = [event("a", "i1"), event("b", "i2", kind="view"), event("a", "i3"), event("c", "i4")]
    found = counted_by_user(events, rules(click=1.0), model)
    assert {user: list(each.items) for user, each in found.items()} == {"a": ["i1", "i3"], "c": ["i4"]}


def test_what_was_done_since_changes_what_is_recommended(model: PersonalModel) -> None:
    """For one user as for several at once; for others it stays."""
    recent = counted([event("new", f"i{n}", at=n) for n in (2, 5, 8)], rules(), model)
    alone = [next(model.answer([Query(user=user, recent=recent)], 6)).items for user in ("new", "u0")]
    queries = [Query(user="new", recent=recent), Query(user="u1"), Query(user="u0", recent=recent)]
    together = [each.items for each in model.answer(queries, 6)]
    assert [together[0], together[2]] == alone
    assert together[1] == next(model.answer([Query(user="u1")], 6)).items
    assert {int(item[1:]) % 3 for item in together[0]} == {2}


def test_unknown_items_are_passed_over(model: PersonalModel) -> None:
    """Somebody who has only done what the model does not know gets what is popular."""
    recent = counted([event("new", "unheard of")], rules(), model)
    nobody = next(model.answer([Query(user="nobody")], 6)).items
    assert next(model.answer([Query(user="new", recent=recent)], 6)).items == nobody


def history(*rows: tuple[str, str, str]) -> UserHistory:
    """Return the history of (user, item, type)."""
    columns = {
        name: texts([row[place] for row in rows])
        for place, name in enumerate(("USER_ID", "ITEM_ID", "EVENT_TYPE"))
    }
    return UserHistory(snapshot(EVENTS, columns), PLACES)


def items(mask: np.ndarray) -> str:
    """Return the items of a mask."""
    return "".join(item for item, place in PLACES.items() if mask[place])


@pytest.mark.parametrize(
    ("types", "negated", "expected"),
    [
        (("click",), False, "ac"),
        (("CLICK", "order"), False, "abc"),
        (("*",), False, "abc"),
        (("order",), True, "ac"),
        (("*",), True, ""),
        ((), False, ""),
        ((), True, "abc"),
    ],
)
def test_a_history_has_the_items_of_types(types: tuple[str, ...], *, negated: bool, expected: str) -> None:
    """Of the user alone, whatever the case of letters; with events that are not imported yet."""
    made = history(("u", "a", "Click"), ("v", "d", "click"), ("u", "b", "order"), ("u", "unknown", "click"))
    assert items(made.mask("u", types, [("c", "click"), ("zzz", "click")], negated=negated)) == expected
    assert items(made.mask("nobody", ("*",), negated=False)) == ""


rows = st.lists(
    st.tuples(st.sampled_from("uvw"), st.sampled_from("abcde"), st.sampled_from(["x", "y", "z"])),
    min_size=1,
    max_size=20,
)


@given(rows=rows, wanted=st.sets(st.sampled_from(["x", "Y", "other"])))
def test_masks_are_those_of_a_search_through_all_events(
    rows: list[tuple[str, str, str]], wanted: set[str]
) -> None:
    """For every user, and the other way round for all other types."""
    made, lower = history(*rows), {each.lower() for each in wanted}
    for user in "uvwn":
        own = [(item, kind) for owner, item, kind in rows if owner == user and item in PLACES]
        hits = {item for item, kind in own if kind in lower}
        others = {item for item, kind in own if kind not in lower}
        assert set(items(made.mask(user, tuple(wanted), negated=False))) == hits
        assert set(items(made.mask(user, tuple(wanted), negated=True))) == others


def test_interactions_without_types_are_of_every_type() -> None:
    """`*` has them; a type that is named has not."""
    schema = Schema("Interactions", EVENTS.fields[:2])
    columns = {"USER_ID": texts(["u"]), "ITEM_ID": texts(["a"])}
    made = UserHistory(snapshot(schema, columns), PLACES)
    assert items(made.mask("u", ("click",), negated=False)) == ""
    assert items(made.mask("u", ("*",), negated=False)) == "a"
    assert items(made.mask("u", ("click",), negated=True)) == "a"
