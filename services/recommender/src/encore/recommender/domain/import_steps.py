"""Where a run's step state keeps what it has decided to import, so that every poll goes on with the same."""

from collections.abc import Mapping
from datetime import datetime

from encore.recommender.domain.imports import INTERACTIONS, ITEMS, USERS, Imports, Mode

DATASETS = (INTERACTIONS, ITEMS, USERS)
EVENTS = "put_events"
REASON = "import_reason"
SIZE_BYTES = "import_bytes"
EVENTS_PUT_AT = "events_put_at"
DECIDED = (*(f"import_mode_{each}" for each in DATASETS), EVENTS, REASON, SIZE_BYTES)
YES = "yes"


def decided(imports: Imports) -> dict[str, str]:
    """Return what a run's step state keeps of its imports."""
    return {
        **{f"import_mode_{name}": mode.value for name, mode in imports.modes.items()},
        EVENTS: YES if imports.events else "",
        REASON: imports.reason,
        SIZE_BYTES: str(imports.size_bytes),
    }


def is_decided(step: Mapping[str, str]) -> bool:
    """Whether a run has decided what it imports; one of an earlier release imports everything."""
    return bool(step.get(DECIDED[0]) or step.get(f"import_{INTERACTIONS}"))


def mode_of(step: Mapping[str, str], dataset: str) -> Mode:
    """Return how a dataset is imported; before anything is decided, all of it."""
    return Mode(step.get(f"import_mode_{dataset}") or Mode.FULL)


def puts_events(step: Mapping[str, str]) -> bool:
    """Whether the new interactions are put one by one."""
    return step.get(EVENTS) == YES


def size_bytes(step: Mapping[str, str]) -> int:
    """Return what is ingested."""
    return int(step.get(SIZE_BYTES) or step["csv_bytes"])


def events_put_at(step: Mapping[str, str]) -> datetime | None:
    """Return when the run put its last event; None if it has put none."""
    found = step.get(EVENTS_PUT_AT)
    return datetime.fromisoformat(found) if found else None
