"""A run's state: its table of transitions, and runs that an earlier release has begun."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fondly.contracts.events import RecommenderPoll, Round
from fondly.recommender.domain.run_state import (
    TRAINING,
    TRANSITIONS,
    Outcome,
    Passed,
    Phase,
    RecommenderBundle,
    RecommenderState,
)
from fondly.runtime.runs.run import StageName
from services.recommender.tests.world import ENOUGH, RUN, TOO_LITTLE, World

README = Path(__file__).parents[2] / "README.md"
RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "samples/runs-of-0.1.0.json").read_text("utf-8")
)
"""The ledger's items of runs of release 0.1.0 by what they wait for."""


def diagram() -> Iterator[str]:
    """Yield the lines of the diagram in Mermaid's language, which reads a hyphen as part of an arrow."""
    yield "stateDiagram-v2"
    yield f"    [*] --> {next(iter(TRANSITIONS))}"
    for phase, following in TRANSITIONS.items():
        for outcome, then in following.items():
            yield f"    {phase.replace('-', '_')} --> {then.replace('-', '_')}: {outcome}"
        if not following:
            yield f"    {phase.replace('-', '_')} --> [*]"


def test_the_readme_shows_the_phases_as_they_are() -> None:
    """The diagram is what the program goes by."""
    assert "\n".join(("```mermaid", *diagram(), "```")) in README.read_text("utf-8")


def test_no_phase_is_begun_again_by_the_late_end_of_the_one_before() -> None:
    """A write whose answer was lost is made again, perhaps when another worker is further on."""
    later = RecommenderState().having(phase=Phase.STUDY)
    assert later.passing(Phase.PREPARE, Passed()) == later


def test_every_phase_of_the_training_may_begin_again_or_go_without() -> None:
    """What is gone is made again from the first one; too little data leads to the selection."""
    for phase in TRAINING:
        assert TRANSITIONS[phase][Outcome.MADE_AGAIN] is Phase.SET_UP
        assert TRANSITIONS[phase][Outcome.TOO_LITTLE_DATA] is Phase.WEIGH
    with pytest.raises(KeyError):
        TRANSITIONS[Phase.SELECT][Outcome.DONE]


async def deliver_until(world: World, phase: Phase) -> None:
    """Deliver one message after another until the run is in a phase."""
    while (await world.state()).phase is not phase:
        if world.bundles_delivered < len(world.polls.bundles):
            owner, in_round, bundle = world.polls.bundles[world.bundles_delivered]
            world.bundles_delivered += 1
            await world.deliver(RecommenderBundle(round=in_round, bundle=bundle), owner)
        else:
            await world.deliver_next_poll()


@pytest.mark.parametrize("name", RECORDED)
async def test_a_run_of_the_release_before_ends_well(name: str) -> None:
    """Wherever it was: its item is read, and nothing is made, paid or asked for a second time."""
    world, item = World(), RECORDED[name]
    await world.open(TOO_LITTLE if name == "popularity" else ENOUGH)
    phase = {"popularity": Phase.SELECT, "turn-lost": Phase.SET_UP}.get(name) or Phase(name)
    if phase is not Phase.BEGIN:
        await world.start()
    await deliver_until(world, phase)
    world.runs.table.items[RUN, "run"] = item
    made = world.personalize.creations
    state = await world.state()
    assert (state.phase is phase) or (state.phase, phase) == (Phase.WEIGH, Phase.SELECT)
    await world.deliver(RecommenderPoll(attempt=state.attempt))
    await world.deliver_sent()
    run, state = await world.ledger.run(RUN), await world.state()
    assert run.stage(StageName.RECOMMENDER).done == {1, 2}
    assert state.is_ranked is (name != "popularity")
    assert state.trainings == (0 if name == "popularity" else 1)
    assert len({one for one in world.personalize.created if "solution version" in one}) == state.trainings
    assert world.personalize.creations >= made
    assert state.turn_lost_to is None
    assert run.passed(Round.SELECT) == {1}
