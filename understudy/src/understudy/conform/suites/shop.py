"""What the checks of Personalize share: states, schemas, a group with datasets, and rows to import."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from understudy.conform.check import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from understudy.conform.world import World

CREATION = ("CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE")
FAILED_CREATION = ("CREATE PENDING", "CREATE IN_PROGRESS", "CREATE FAILED")
ENDS = frozenset({"ACTIVE", "CREATE FAILED", "CREATE STOPPED", "COMPLETED", "FAILED"})
"""The states that do not change by themselves."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The last description of a resource or job, and the states in which it was seen."""

    description: Mapping[str, Any]
    states: Sequence[str]

    def differences(self, *paths: Sequence[str]) -> list[Difference]:
        """Return a difference unless the states are those of one of the paths, in its order.

        A state that was passed between two looks may be missing, the last may not.
        """
        if any(self.states[-1] == path[-1] and _in_order(self.states, path) for path in paths):
            return []
        expected = " or ".join(" > ".join(path) for path in paths)
        return [Difference("states", expected, f"{' > '.join(self.states)} {self.reason}".strip())]

    @property
    def reason(self) -> str:
        """Why it failed, in the words of the service."""
        return str(self.description.get("failureReason", ""))


def follow(world: World, describe: Callable[[], Mapping[str, Any]], state: str) -> Followed:
    """Look at a resource until its state, the member `state`, is final or the time is up."""
    deadline = world.clock() + world.target.timeout_s
    states: list[str] = []
    while True:
        description = describe()
        if not states or states[-1] != description[state]:
            states.append(str(description[state]))
        if states[-1] in ENDS or world.clock() > deadline:
            return Followed(description, states)
        world.sleep(world.target.poll_s)


def _in_order(states: Sequence[str], path: Sequence[str]) -> bool:
    left = iter(path)
    return all(state in left for state in states)


SERVICE = "personalize"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
INTERACTIONS: Sequence[Mapping[str, Any]] = (
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "EVENT_TYPE", "type": "string"},
)
ITEMS: Sequence[Mapping[str, Any]] = (
    {"name": "ITEM_ID", "type": "string"},
    {"name": "GENRE", "type": "string", "categorical": True},
    {"name": "PRICE", "type": "float"},
    {"name": "NEW", "type": "boolean"},
)
USERS, ITEM_COUNT, EVENTS_EACH = 200, 50, 6
_SINCE = 1_700_000_000
_SERVED = ("ACTIVE",)


def avro(name: str, fields: Sequence[Mapping[str, Any]], **changes: Any) -> str:  # noqa: ANN401 - any member
    """Return a schema as text."""
    namespace = "com.amazonaws.personalize.schema"
    schema = {
        "type": "record",
        "name": name,
        "namespace": namespace,
        "fields": list(fields),
        "version": "1.0",
    }
    return json.dumps(schema | changes)


def schema(world: World, name: str = "Interactions") -> str:
    """Return the ARN of a schema."""
    fields = {"Interactions": INTERACTIONS, "Items": ITEMS}[name]
    asked = {"name": world.name(f"schema-{name.lower()}"), "schema": avro(name, fields)}
    return world.once(f"schema {name}", lambda _: _create(world, "Schema", asked))


def group(world: World) -> str:
    """Return the ARN of an active dataset group."""
    return world.once("group", lambda _: made(world, "DatasetGroup", {"name": world.name("group")}))


def dataset(world: World, name: str = "Interactions") -> str:
    """Return the ARN of an active dataset of the group."""
    asked = {
        "name": world.name(f"dataset-{name.lower()}"),
        "datasetType": name,
        "schemaArn": schema(world, name),
        "datasetGroupArn": group(world),
    }
    return world.once(f"dataset {name}", lambda _: made(world, "Dataset", asked))


def tracker(world: World) -> str:
    """Return the ARN of the group's active event tracker."""
    asked = {"name": world.name("tracker"), "datasetGroupArn": group(world)}
    return world.once("tracker", lambda _: made(world, "EventTracker", asked))


def made(world: World, noun: str, asked: Mapping[str, Any]) -> str:
    """Create a resource and return its ARN once it is active; raise RuntimeError if it gets elsewhere."""
    arn = _create(world, noun, asked)
    followed = followed_by_arn(world, noun, arn)
    if followed.states[-1] not in _SERVED:
        raise RuntimeError(f"{arn} is {followed.states[-1]}: {followed.reason}")
    return arn


def followed_by_arn(world: World, noun: str, arn: str) -> Followed:
    """Return what became of a resource."""
    key = noun[0].lower() + noun[1:]

    def describe() -> Mapping[str, Any]:
        found: Mapping[str, Any] = world.call(SERVICE, f"Describe{noun}", {f"{key}Arn": arn})[key]
        return found

    return follow(world, describe, "status")


def interactions_csv(
    rows: int | None = None, *, header: str = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"
) -> bytes:
    """Return interactions in which every user takes six items, or only so many rows of them."""
    lines = [
        f"u{user},i{(user * 7 + step * 5) % ITEM_COUNT},{_SINCE + step},view"
        for user in range(USERS)
        for step in range(EVENTS_EACH)
    ]
    return "\n".join([header, *lines[:rows]]).encode()


def _create(world: World, noun: str, asked: Mapping[str, Any]) -> str:
    answer = world.call(SERVICE, f"Create{noun}", asked)
    return str(answer[f"{noun[0].lower()}{noun[1:]}Arn"])
