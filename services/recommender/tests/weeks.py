"""Weekly runs over doubles: each adds to what the histories have."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from encore.recommender.domain import personalize_keys
from encore.recommender.domain.csv_files import Row, csv_file
from encore.recommender.domain.resources import Kind
from encore.recommender.domain.schemas import INTERACTIONS, USERS
from encore.runtime.runs.run import Run
from services.recommender.tests.world import World

Pair = tuple[str, str]
"""A customer and a product."""
BYTES_PER_ROW = 10


class KilledError(Exception):
    """The process was killed here."""


def pairs(first: int, last: int) -> set[Pair]:
    """Interactions with numbers; each customer has two of them."""
    return {(f"C{number // 2}", f"P{number}") for number in range(first, last)}


@dataclass
class Weeks:
    """The runs of a shop that sends what is new every week."""

    world: World
    known: set[Pair] = field(default_factory=set)
    """What the histories have."""

    async def open(self, run_id: str, new: Iterable[Pair] = (), **facts: object) -> None:
        """Prepare a run whose file adds these interactions: its files, and what it counts of them."""
        added = set(new) - self.known
        self.known |= added
        users = {user for user, _ in added}
        await self._put(personalize_keys.interactions(run_id, 1), self.known)
        if added:
            await self._put(personalize_keys.new_interactions(run_id, 1), added)
            rows: list[Row] = [{**dict.fromkeys(USERS.columns), "USER_ID": user} for user in sorted(users)]
            body = csv_file(USERS.columns, rows)
            await self.world.objects.put(personalize_keys.new_users(run_id, 1), body, content_type="text/csv")
        counted = {
            "interactions": len(self.known),
            "new_interactions": len(added),
            "replaced_interactions": 0,
            "new_users": len(users),
            "csv_bytes": BYTES_PER_ROW * len(self.known),
            "new_csv_bytes": BYTES_PER_ROW * len(added),
            "items_bytes": 0,
            "items_digest": "a",
        }
        await self.world.prepare(run_id, **counted | facts)

    async def run(self, run_id: str, new: Iterable[Pair] = (), **facts: object) -> Run:
        """Prepare a run and train to its end."""
        await self.open(run_id, new, **facts)
        return await self.world.finish_training(run_id)

    @property
    def held(self) -> set[Pair]:
        """What Personalize has: by the import jobs in the order of their creation, and single events."""
        found: set[Pair] = set()
        for spec in self.world.personalize.made.values():
            if spec.kind is Kind.IMPORT_JOB and spec.key == "import_interactions":
                rows = self._rows(spec.request["dataSource"]["dataLocation"].removeprefix("s3://data/"))
                found = rows if spec.request["importMode"] == "FULL" else found | rows
        return found | {(each.user_id, each.item_id) for each in self.world.records.events.values()}

    @property
    def trainings(self) -> int:
        """How many versions were ever trained."""
        return sum(arn.startswith(f"arn:{Kind.SOLUTION_VERSION}:") for arn in self.world.personalize.created)

    def jobs(self, run_id: str) -> dict[str, str]:
        """The import jobs of a run: the mode by the key."""
        made = self.world.personalize.made.values()
        mine = (each for each in made if each.kind is Kind.IMPORT_JOB and each.name.startswith(run_id))
        return {each.key.removeprefix("import_"): each.request["importMode"] for each in mine}

    async def _put(self, key: str, rows: Iterable[Pair]) -> None:
        told: list[Row] = [
            {
                "USER_ID": user,
                "ITEM_ID": item,
                "TIMESTAMP": 1_700_000_000,
                "EVENT_TYPE": "liked",
                "EVENT_VALUE": 0.8,
            }
            for user, item in sorted(rows)
        ]
        await self.world.objects.put(key, csv_file(INTERACTIONS.columns, told), content_type="text/csv")

    def _rows(self, folder: str) -> set[Pair]:
        lines = [
            line.split(",")
            for key, body in self.world.objects.stored.items()
            if key.startswith(folder)
            for line in body.decode().splitlines()[1:]
        ]
        return {(line[0], line[1]) for line in lines}


def kill_at(call: int, *methods: tuple[object, str]) -> Callable[[], int]:
    """Have the process killed before the call of this number, from 1, among some methods.

    Returns how many calls there have been; none is counted after the kill.
    """
    calls = 0

    def guarded(method: Any) -> Any:  # noqa: ANN401 - any method
        async def guard(*args: object, **kwargs: object) -> object:
            nonlocal calls
            if calls < call:
                calls += 1
                if calls == call:
                    raise KilledError
            return await method(*args, **kwargs)

        return guard

    for owner, name in methods:
        setattr(owner, name, guarded(getattr(owner, name)))
    return lambda: calls
