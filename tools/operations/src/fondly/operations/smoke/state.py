"""What a smoke test knows of itself: kept in its folder, so that whoever was killed goes on from there."""

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel

from fondly.contracts.object_keys import UPLOADS

FILE = "smoke.json"


class Outcome(StrEnum):
    """The answer to an open question."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "could not be asked"


class Verdict(BaseModel):
    """An open question about AWS, what was seen, and what to change in which file."""

    question: str
    outcome: Outcome = Outcome.NOT_ASKED
    seen: str
    change: str = ""


class SmokeState(BaseModel):
    """How far a smoke test is; `seed` names its upload, and draws what is in it."""

    environment: str
    seed: int
    by_stand_in: bool
    """Whether understudy answers: then nothing is proved about AWS."""
    done: list[str] = []
    refused: str | None = None
    """At which step it ended early, and why."""
    run_id: str = ""
    counts: dict[str, int] = {}
    cost_usd: Decimal = Decimal(0)
    calls: int = 0
    """The recorded calls."""
    verdicts: list[Verdict] = []

    @property
    def key(self) -> str:
        """The key of the upload."""
        return f"{UPLOADS}smoke-{self.seed}.csv"

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Return the state that the folder has; None if it has none."""
        path = folder / FILE
        return cls.model_validate_json(path.read_bytes()) if path.is_file() else None

    def save(self, folder: Path) -> None:
        """Replace the folder's state: whoever is killed leaves the earlier one, whole."""
        draft = folder / f"{FILE}.new"
        draft.write_text(self.model_dump_json(indent=2), "utf-8")
        draft.replace(folder / FILE)
