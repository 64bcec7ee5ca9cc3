import json
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from understudy.personalize.batch import infer
from understudy.personalize.errors import JobFailedError
from understudy.personalize.event_rules import EventRules
from understudy.personalize.plan import DatasetSnapshot, TrainingPlan
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.tables import Column, Table, TextsBuilder
from understudy.personalize.trained import PersonalModel
from understudy.personalize.training import item_content, select_interactions, train
from understudy.wire.service import Params

Event = tuple[str, str, int, str, float]  # user, item, time, type, value

INTERACTIONS = Schema(
    "Interactions",
    (
        Field("USER_ID", "string"),
        Field("ITEM_ID", "string"),
        Field("TIMESTAMP", "long"),
        Field("EVENT_TYPE", "string"),
        Field("EVENT_VALUE", "float", nullable=True),
    ),
)
ITEMS = Schema(
    "Items",
    (
        Field("ITEM_ID", "string"),
        Field("KIND", "string", categorical=True, nullable=True),
        Field("CODE", "string", nullable=True),
        Field("TEXT", "string", textual=True, nullable=True),
    ),
)


def table(schema: Schema, rows: Sequence[Sequence[object]]) -> DatasetSnapshot:
    """Return a dataset of rows; None is null in string columns."""
    columns: dict[str, Column] = {}
    for field, values in zip(schema.fields, zip(*rows, strict=True), strict=True):
        if field.type == "string":
            builder = TextsBuilder()
            builder.extend([None if value is None else str(value) for value in values])
            columns[field.name] = builder.build()
        else:
            columns[field.name] = np.array(values, dtype=np.float64)
    return DatasetSnapshot(schema, Table(columns, len(rows)))


def plan(
    events: Sequence[Event],
    items: Sequence[Sequence[object]] = (),
    *,
    solution: Params | None = None,
    excluded: Mapping[str, frozenset[str]] | None = None,
) -> TrainingPlan:
    """Return a plan for these events and items."""
    datasets = {"Interactions": table(INTERACTIONS, events)}
    if items:
        datasets["Items"] = table(ITEMS, items)
    return TrainingPlan(datasets, EventRules.of(solution or {}), excluded or {})


def weights(solution: Params, *events: Event) -> list[float]:
    """Return the weights of the events that a solution keeps."""
    kept = select_interactions(plan(events, solution=solution)).events.weight
    return [float(weight) for weight in kept]


def parameters(*entries: Params) -> Params:
    """Return a solution with rules for event types."""
    return {"solutionConfig": {"eventsConfig": {"eventParametersList": list(entries)}}}


VIEW: Event = ("u", "a", 1, "View", np.nan)
BUY: Event = ("u", "b", 2, "buy", np.nan)


def test_without_rules_every_event_counts_in_full() -> None:
    """No event type is preferred unless the solution says so."""
    assert weights({}, VIEW, BUY) == [1, 1]


def test_listed_event_types_have_their_weight_and_others_are_left_out() -> None:
    """Types are matched without regard to case; an unlisted type is not trained on."""
    rules = parameters({"eventType": "view", "weight": 0.2}, {"eventType": "BUY", "weight": 0.8})

    assert weights(rules, VIEW, BUY, ("u", "c", 3, "share", 1.0)) == pytest.approx([0.2, 0.8])
    assert weights({"eventType": "buy"}, VIEW, BUY) == [1]


def test_a_threshold_leaves_out_lower_values_and_missing_ones() -> None:
    """A threshold applies per type or to the whole solution."""
    events: list[Event] = [("u", "a", 1, "rate", 5), ("u", "b", 2, "rate", 3.5), VIEW]

    assert len(weights({"solutionConfig": {"eventValueThreshold": "3.6"}}, *events)) == 1
    rules = parameters({"eventType": "rate", "eventValueThreshold": "3.5"}, {"eventType": "view"})
    assert len(weights(rules, *events)) == 3


def test_low_values_are_dislikes_unless_the_column_is_excluded() -> None:
    """One star of five weighs little; without the column every event counts in full."""
    events: list[Event] = [("u", "a", 1, "rate", 5), ("u", "b", 2, "rate", 1)]
    excluded = {"Interactions": frozenset({"EVENT_VALUE"})}

    assert weights({}, *events) == pytest.approx([1, 0.1])
    assert select_interactions(plan(events, excluded=excluded)).events.weight.tolist() == [1, 1]


@pytest.mark.parametrize("threshold", ["much", "nan", "1,5"])
def test_a_threshold_must_be_a_number(threshold: str) -> None:
    """The service model accepts any text, so the service checks it."""
    with pytest.raises(ValueError, match=threshold):
        EventRules.of({"solutionConfig": {"eventValueThreshold": threshold}})


def test_rules_by_type_need_event_types() -> None:
    """EVENT_TYPE cannot be excluded while a rule needs it."""
    excluded = {"Interactions": frozenset({"EVENT_TYPE"})}

    with pytest.raises(JobFailedError, match="event_type"):
        select_interactions(plan([VIEW], solution={"eventType": "view"}, excluded=excluded))


def test_content_is_the_item_data_that_training_may_use() -> None:
    """Parts of categorical strings and textual words, but neither plain strings nor excluded columns."""
    items: list[list[object]] = [["a", "All|Light", "x1", "A lamp"], ["b", None, "x2", None]]
    catalogue = ["b", "a", "c"]

    full = item_content(plan([VIEW], items), catalogue)
    less = item_content(plan([VIEW], items, excluded={"Items": frozenset({"KIND"})}), catalogue)

    assert full.labels == [[], ["KIND=All", "KIND=Light"], []]
    assert full.texts == less.texts == ["", "A lamp", ""]
    assert less.labels == [[], [], []]


def taste(users: int, each: int) -> list[Event]:
    """Return events of users with two tastes."""
    return [
        (f"u{user}", f"{'ab'[user % 2]}{(user + 3 * step) % 20}", step, "buy", np.nan)
        for user in range(users)
        for step in range(each)
    ]


def personal(events: list[Event]) -> PersonalModel:
    """Return a model that recommends items for users."""
    return train(plan(events))


def test_training_and_batch_recommend_users_their_own_taste() -> None:
    """From tables to output lines: users with taste a get items of taste a."""
    model = personal(taste(200, 6))

    body = infer(model, [b'{"userId": "u0"}\n', b"\n", b'{"userId": "u1"}'], num_results=5)

    first, second = (json.loads(line) for line in body.splitlines())
    assert {item[0] for item in first["output"]["recommendedItems"]} == {"a"}
    assert {item[0] for item in second["output"]["recommendedItems"]} == {"b"}
    assert first["input"] == {"userId": "u0"}


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"{", "{"),
        (b"\xff", "\ufffd"),
        (b"[1]", [1]),
        (b'{"userId": 7}', {"userId": 7}),
        (b'{"userId": ""}', {"userId": ""}),
    ],
)
def test_a_line_without_a_user_is_returned_with_an_error(line: bytes, shown: object) -> None:
    """The other lines are still answered, in order."""
    model = personal(taste(200, 6))

    body = infer(model, [b'{"userId": "u0"}', line, b'{"userId": "u1"}'], num_results=2)

    first, bad, last = (json.loads(each) for each in body.splitlines())
    assert (bad["input"], bad["output"]) == (shown, None)
    assert bad["error"]
    assert len(first["output"]["recommendedItems"]) == len(last["output"]["recommendedItems"]) == 2


@pytest.mark.parametrize(
    ("events", "solution", "reason"),
    [
        (taste(100, 6), {}, "fewer than 1000 interactions"),
        (taste(200, 6), {"eventType": "view"}, "filtering by event type: view"),
        (taste(1_100, 1), {}, "fewer than 25 users with at least 2 interactions each"),
        (taste(3_000, 1) + taste(26, 2), {}, "Less than 1% of users"),
    ],
)
def test_too_little_data_fails_with_the_reason(events: list[Event], solution: Params, reason: str) -> None:
    """Each of AWS's minimums has its own text."""
    with pytest.raises(JobFailedError, match=reason):
        train(plan(events, solution=solution))
