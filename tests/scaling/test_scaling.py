"""A fleet wakes, grows, shrinks and rests, minute by minute, with metrics as late as they are on AWS."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.scaling.promises import WAKE_MIN, broken
from tests.scaling.rules import FILE, bounds_of, scalable_target
from tests.scaling.world import SILENT_AFTER_MIN, Conditions, Minute, Work, World

Fleet = tuple[str, str]
"""An environment and a service."""
MAILER, RECOMMENDER, INGEST = (("prod", service) for service in ("mailer", "recommender", "ingest"))
PUNCTUAL = Conditions(queue_late_min=0, tasks_late_min=(1, 1), tasks_lost_share=0)
LATE = Conditions(tasks_late_min=(3, 3), tasks_lost_share=0)
HOUR = 60
DARK, BLIND = range(30, HOUR).__contains__, range(20, HOUR).__contains__
IN_THE_DARK = replace(LATE, handler_min=HOUR, tasks_lost=DARK, queue_lost=DARK)
HALF_BLIND = replace(LATE, handler_min=20, tasks_lost=BLIND)
ON_HOLD = replace(LATE, handler_min=1, pauses=range(2, 40).__contains__)
POLLING = replace(LATE, handler_min=0)


def messages(count: int, *, at: int = 0, polls: int = 0) -> list[Work]:
    """Messages that come at once."""
    return [Work(at, polls) for _ in range(count)]


def live(
    arrivals: Sequence[Work],
    minutes: int,
    *,
    fleet: Fleet = MAILER,
    conditions: Conditions = LATE,
    folder: Path = FILE.parent,
    desired: int = 0,
    seed: int = 1,
    is_silent: bool = False,
    rest_min: int | None = None,
) -> tuple[World, list[str]]:
    """Let time pass in a world with the rules of a folder; return it with the promises that were broken."""
    bounds = bounds_of(*fleet)
    target = scalable_target(folder, bounds, desired=desired)
    world = World(target, conditions, seed=seed, is_silent=is_silent)
    return world, broken(world.run(arrivals, minutes, rest_min=rest_min), bounds, conditions)


def first(history: Sequence[Minute], is_so: Callable[[Minute], object]) -> int:
    """The first minute of which something is true."""
    return next(number for number, minute in enumerate(history) if is_so(minute))


@pytest.mark.parametrize("conditions", [PUNCTUAL, LATE], ids=["punctual", "late"])
def test_a_sleeping_fleet_wakes_within_minutes(conditions: Conditions) -> None:
    """A task runs three minutes after the metrics show the message, which takes two more at worst."""
    world, faults = live(messages(1, at=10), HOUR, conditions=conditions)
    assert faults == []
    woken = first(world.history, lambda minute: minute.running)
    assert woken <= 10 + conditions.queue_late_min + WAKE_MIN


def test_a_queue_that_was_silent_for_hours_wakes_when_sqs_reports_again() -> None:
    """Up to a quarter of an hour passes before anybody can know; then it is quick."""
    world, faults = live(messages(3, at=5), HOUR, is_silent=True)
    assert faults == []
    woken = first(world.history, lambda minute: minute.running)
    assert 5 + LATE.silence_min <= woken <= 5 + LATE.silence_min + LATE.queue_late_min + WAKE_MIN + 1


def test_a_backlog_gets_the_tasks_that_it_needs_at_once() -> None:
    """In proportion, not one at a time, and no more of them because tasks take minutes to appear."""
    world, faults = live(messages(80), 3 * HOUR, conditions=replace(LATE, handler_min=15))
    assert faults == []
    assert first(world.history, lambda minute: minute.desired >= 8) <= 12
    assert max(minute.desired for minute in world.history) <= 9


def test_a_busy_fleet_keeps_its_tasks_while_only_the_last_messages_are_handled() -> None:
    """The backlog is gone long before the work is: handlers of an hour are not cut off."""
    world, faults = live(messages(36), 4 * HOUR, conditions=replace(LATE, handler_min=HOUR))
    assert faults == []
    assert world.interrupted == 0
    assert world.history[-1].work == 0


def test_a_fleet_that_looks_asleep_is_not_cut_to_one() -> None:
    """Ten busy mailers whose task metrics fail for half an hour remain ten."""
    world, faults = live(messages(400), 3 * HOUR, conditions=HALF_BLIND, desired=10)
    assert faults == []
    assert world.interrupted == 0
    busy = [minute for minute in world.history if minute.visible]
    assert min(minute.desired for minute in busy) == 10


def test_a_fleet_whose_metrics_all_fail_is_left_alone() -> None:
    """Silence says nothing: nobody is stopped because CloudWatch knows nothing for half an hour."""
    world, faults = live(messages(36), 4 * HOUR, conditions=IN_THE_DARK)
    assert faults == []
    assert world.interrupted == 0


def test_a_fleet_that_waits_for_a_dependency_is_not_cut() -> None:
    """While nobody receives anything, because the model is down, it looks asleep: ten mailers remain ten."""
    world, faults = live(messages(400), 4 * HOUR, conditions=ON_HOLD, desired=10)
    assert faults == []
    assert min(minute.desired for minute in world.history[:40]) == 10


def test_a_message_that_comes_back_delayed_keeps_its_task() -> None:
    """The recommender waits for a training of an hour and a half by polls: it is not stopped in between."""
    world, faults = live(messages(1, polls=90), 3 * HOUR, fleet=RECOMMENDER, conditions=POLLING)
    assert faults == []
    at_work = [minute for minute in world.history if minute.running and minute.work]
    assert len(at_work) > HOUR
    assert {minute.running for minute in at_work} == {1}


def test_an_idle_fleet_rests_and_stays_at_rest() -> None:
    """Back to none, also when SQS falls silent hours later, and awake again for the next message."""
    late = SILENT_AFTER_MIN + 3 * HOUR
    world, faults = live(messages(80) + messages(1, at=late), late + HOUR)
    assert faults == []
    rested = first(world.history, lambda minute: not minute.work) + bounds_of(*MAILER).idle_minutes
    asleep = world.history[rested + LATE.queue_late_min + 2 : late]
    assert {minute.desired for minute in asleep} == {0}
    assert max(minute.running for minute in world.history[late:]) == 1
    assert world.history[-1].work == 0


def test_the_fleet_of_an_environment_without_sleep_keeps_its_minimum() -> None:
    """Ingest in prod has one task at any time."""
    world, faults = live(messages(1, at=HOUR), 3 * HOUR, fleet=INGEST, desired=1)
    assert faults == []
    assert min(minute.desired for minute in world.history) == 1


@st.composite
def scenarios(draw: st.DrawFn) -> tuple[list[Work], Conditions, Fleet, bool, int]:
    """Uploads of any size at any time, with tasks and metrics of any quality."""
    environment, service = (
        draw(st.sampled_from(["dev", "prod"])),
        draw(st.sampled_from(["sentiment", "mailer"])),
    )
    burst = st.builds(messages, st.integers(1, 60), at=st.integers(0, 90), polls=st.sampled_from([0, 0, 2]))
    arrivals = [work for each in draw(st.lists(burst, min_size=1, max_size=4)) for work in each]
    outage = draw(st.integers(0, 90))
    conditions = Conditions(
        queue_late_min=draw(st.integers(0, 2)),
        tasks_late_min=(1, draw(st.integers(1, 3))),
        tasks_lost_share=0.1,
        tasks_lost=range(outage, outage + draw(st.integers(0, 30))).__contains__,
        silence_min=draw(st.integers(0, 15)),
        handler_min=draw(st.integers(0, 12)),
    )
    return (
        arrivals,
        conditions,
        (environment, service),
        draw(st.booleans()),
        draw(st.integers(0, 9_999)),
    )


WOKEN_BESIDE_IDLE_TASK = replace(
    LATE, queue_late_min=1, tasks_late_min=(1, 3), tasks_lost_share=0.1, handler_min=5
)
RESTED_AS_WORK_CAME = replace(LATE, tasks_late_min=(1, 2), tasks_lost_share=0.1, handler_min=1)


@given(scenarios())
@example(
    ([*messages(13, at=53), *messages(39, at=88)], WOKEN_BESIDE_IDLE_TASK, ("prod", "sentiment"), False, 398)
)
@example(([*messages(3), *messages(18, at=17)], RESTED_AS_WORK_CAME, MAILER, False, 2474))
@settings(max_examples=25)
def test_whatever_happens_the_promises_hold(
    scenario: tuple[list[Work], Conditions, Fleet, bool, int],
) -> None:
    """No task is stopped while work waits, none is late, none stays for nothing, and all work gets done."""
    arrivals, conditions, fleet, is_silent, seed = scenario
    world, faults = live(
        arrivals,
        24 * HOUR,
        fleet=fleet,
        conditions=conditions,
        is_silent=is_silent,
        seed=seed,
        rest_min=10,
    )
    assert faults == []
    assert world.history[-1].work == 0
    assert world.history[-1].desired == bounds_of(*fleet).min_tasks


MUTANTS = {
    "waking sets the capacity": ('"ChangeInCapacity"', '"ExactCapacity"'),
    "waking looks at task metrics, missing ones as zero": ("FILL(in_flight, REPEAT)", "FILL(running, 0)"),
    "nothing wakes": ("FILL(in_flight, REPEAT) < 1, visible", "FILL(in_flight, REPEAT) < 1, 0"),
    "waking takes three minutes more": ("evaluation_periods  = 1 ", "evaluation_periods  = 4 "),
    "growing reads missing figures as zero": ("FILL(running, REPEAT)", "FILL(running, 0)"),
    "growing counts tasks that are starting again": ("scale_out_cooldown = 420", "scale_out_cooldown = 60"),
    "growing also shrinks": ("disable_scale_in   = true", "disable_scale_in = false"),
    "messages in flight are no work": (" + FILL(in_flight, REPEAT)", ""),
    "delayed messages are no work": (" + FILL(delayed, REPEAT)", ""),
    "resting after a minute": ("evaluation_periods  = each.value.idle_minutes", "evaluation_periods = 1"),
    "nothing rests": ('"LessThanOrEqualToThreshold"', '"GreaterThanThreshold"'),
    "silence is rest": (
        'treat_missing_data  = "notBreaching" # silence',
        'treat_missing_data = "breaching" # ',
    ),
}
"""Changes of the Terraform, each of which must break a promise."""
STORIES: Sequence[tuple[list[Work], int, Conditions, Fleet, int]] = [
    (messages(1, at=10), HOUR, LATE, MAILER, 0),
    (messages(80), 3 * HOUR, replace(LATE, handler_min=15), MAILER, 0),
    (messages(36), 3 * HOUR, replace(LATE, handler_min=HOUR), MAILER, 0),
    (messages(36), 3 * HOUR, IN_THE_DARK, MAILER, 0),
    (messages(400), 3 * HOUR, HALF_BLIND, MAILER, 10),
    (messages(400), 3 * HOUR, ON_HOLD, MAILER, 10),
    (messages(1, polls=90), 3 * HOUR, POLLING, RECOMMENDER, 0),
]


@pytest.mark.parametrize("name", MUTANTS)
def test_changed_rules_break_a_promise(name: str, tmp_path: Path) -> None:
    """The simulation would notice: each of these rules is needed."""
    old, new = MUTANTS[name]
    text = FILE.read_text()
    assert old in text
    (tmp_path / FILE.name).write_text(text.replace(old, new))
    found = [
        fault
        for arrivals, minutes, conditions, fleet, desired in STORIES
        for fault in live(
            arrivals,
            minutes,
            fleet=fleet,
            conditions=conditions,
            desired=desired,
            folder=tmp_path,
        )[1]
    ]
    assert found
