"""What a search of everything has found, what it has looked into, and what nobody can look into."""

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel

from fondly.operations.cleanup.report import Row
from fondly.operations.customers.traces import Trace
from fondly.operations.formatting import count, counted

SHOWN = 1_000
"""How many places are listed; all are counted."""


class Place(BaseModel):
    """Where something is left."""

    where: str
    """A table's name, or `objects`."""
    name: str
    """The key of the item or of the object."""
    version: str | None = None
    """The version of the object."""
    is_latest: bool = True
    trace: Trace


class Unseen(BaseModel):
    """Something that was not looked into, and why."""

    what: str
    count: int = 1
    why: str
    examples: Sequence[str] = ()


class Proof(BaseModel):
    """A search of everything: every item of every table, every version of every object."""

    tables: int = 0
    items: int = 0
    objects: int = 0
    versions: int = 0
    bytes: int = 0
    """The bytes of the objects, as they are stored."""
    found: list[Place] = []
    found_places: int = 0
    """How many places there are; `found` lists the first."""
    others: int = 0
    """Places of other customers who have the same address."""
    suppressions: int = 0
    """Entries that stay as digests, so that nobody writes to them again."""
    unseen: list[Unseen] = []

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left where it was looked for."""
        return self.found_places == 0

    @property
    def verdict(self) -> str:
        """What was searched and what was found, in one line."""
        searched = (
            f"searched {count(self.items)} items of {count(self.tables)} tables and {count(self.versions)} "
            f"versions of {count(self.objects)} objects"
        )
        if self.is_clean:
            return f"{searched}: nothing is left of them"
        found = self.found_places
        return f"{searched}: {counted(found, 'place')} still name{'s' if found == 1 else ''} them"


class Findings:
    """Collects what a search finds."""

    def __init__(self) -> None:
        self.proof = Proof()
        self._unseen: dict[tuple[str, str], list[str]] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def found(self, place: Place) -> None:
        """Note a place."""
        self.proof.found_places += 1
        if len(self.proof.found) < SHOWN:
            self.proof.found.append(place)

    def unseen(self, what: str, why: str, *, count: int = 1, example: str = "") -> None:
        """Note what was not looked into."""
        self._counts[what, why] += count
        examples = self._unseen.setdefault((what, why), [])
        if example and len(examples) < SHOWN:
            examples.append(example)

    def closed(self) -> Proof:
        """Return all of it."""
        found = sorted(self.proof.found, key=lambda each: (each.where, each.name, each.version or ""))
        unseen = [
            Unseen(what=what, why=why, count=count, examples=sorted(self._unseen[what, why]))
            for (what, why), count in self._counts.items()
        ]
        return self.proof.model_copy(update={"found": found, "unseen": unseen})


class Forgotten(BaseModel):
    """What was deleted or is left, by kind, and what a search of everything has found afterwards."""

    rows: Sequence[Row]
    proof: Proof | None
    """None after a dry run, or if the search could not be made."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing has failed, and nothing is left where it was looked for."""
        return not any(row.failed for row in self.rows) and (self.proof is None or self.proof.is_clean)
