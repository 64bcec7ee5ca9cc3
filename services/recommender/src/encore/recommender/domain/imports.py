"""How what is new reaches Personalize: all of it anew, as an addition, record by record, or not at all.

Sources: Amazon Personalize developer guide, "Import modes" (an addition has at least 1,000 interactions and
at most 1 GB) and "How new data influences batch recommendations": a version that exists knows nothing of what
is imported in bulk later, but considers the events of its customers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from encore.recommender.domain.standing import KnownDataset, Standing
from encore.runtime.runs.run import Run

FEWEST_ROWS = 1_000
"""Interactions that an import needs, in each mode."""
MOST_ADDED_BYTES = 10**9
"""What an addition may have."""
MOST_EVENTS = 20_000
"""Interactions that are put one by one at most; it takes about a minute."""
INTERACTIONS, USERS, ITEMS = "interactions", "users", "items"


class Mode(StrEnum):
    """How the new rows of one dataset get there."""

    FULL = "full"
    """All that is known, in place of what was imported before."""
    INCREMENTAL = "incremental"
    """The new rows, in addition."""
    RECORDS = "records"
    """The new rows one by one: `PutEvents` and `PutUsers`. Products are put before (`TellProducts`)."""
    NONE = "none"
    """There are none."""

    @property
    def is_job(self) -> bool:
        """Whether an import job does it."""
        return self in {Mode.FULL, Mode.INCREMENTAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What a run has for Personalize, and how much of it is new to the histories."""

    run_id: str
    interactions: int
    new_interactions: int
    """Rows that the histories did not have as they are, the replaced ones among them."""
    replaced: int
    """Rows that change something which Personalize was told before."""
    new_users: int
    whole_bytes: int
    """Interactions and users."""
    new_bytes: int
    items_bytes: int
    items_digest: str
    after: str | None
    """The run that had been the last to change the histories; None if nobody knows."""

    @classmethod
    def of(cls, run: Run) -> Self:
        """Read a run's step state; in one that an earlier release has prepared, everything is new."""
        step = run.step
        interactions = int(step.get("interactions") or 0)
        items_bytes = int(step.get("items_bytes") or 0)
        whole_bytes = max(0, int(step.get("csv_bytes") or 0) - items_bytes)
        return cls(
            run_id=run.run_id,
            interactions=interactions,
            new_interactions=int(step.get("new_interactions") or interactions),
            replaced=int(step.get("replaced_interactions") or 0),
            new_users=int(step.get("new_users") or 0),
            whole_bytes=whole_bytes,
            new_bytes=int(step.get("new_csv_bytes") or whole_bytes),
            items_bytes=items_bytes,
            items_digest=step.get("items_digest", ""),
            after=step.get("history_after") if "new_interactions" in step else None,
        )

    @property
    def nothing_new(self) -> bool:
        """Whether the histories are as they were before the run."""
        return self.after is not None and not (self.new_interactions or self.replaced or self.new_users)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """What a run imports, dataset by dataset."""

    modes: Mapping[str, Mode]
    events: bool
    """Whether the new interactions are put one by one, maybe beside an import of everything."""
    size_bytes: int
    reason: str
    """Why everything is imported anew; empty if it is not."""

    def without_interactions(self, delta: Delta) -> Self:
        """Return the rest, where there are fewer than an import needs and nothing is trained on them.

        The size is that of the catalogue: users without interactions are a few bytes each.
        """
        return replace(
            self,
            modes={**self.modes, INTERACTIONS: Mode.NONE},
            events=False,
            size_bytes=delta.items_bytes if self.modes[ITEMS] is Mode.FULL else 0,
        )


def imports(
    delta: Delta,
    standing: Standing,
    datasets: Mapping[str, KnownDataset],
    *,
    only_full: bool,
    reuses: bool,
) -> Imports:
    """Return what a run imports into these `datasets`.

    `reuses` says that the rankings are asked of a version that exists and learns from events alone.
    """
    reason = "imports are set to full" if only_full else _unclear(delta, standing, datasets)
    reason = reason or _too_much(delta)
    events = 0 < delta.new_interactions <= MOST_EVENTS and reuses and delta.after is not None
    if reason:
        interactions = users = Mode.FULL
    else:
        interactions, users = _interactions(delta, events=events), _users(delta)
    items = _items(delta, standing, datasets, anew=bool(reason))
    events = events or interactions is Mode.RECORDS
    return Imports(
        modes={INTERACTIONS: interactions, USERS: users, ITEMS: items},
        events=events,
        size_bytes=_bytes(delta, interactions, items, events=events),
        reason=reason,
    )


def can_reach_a_version(delta: Delta, standing: Standing) -> bool:
    """Whether all that is new can be put as events, which a version that exists considers."""
    return _is_next(delta, standing) and delta.new_interactions <= MOST_EVENTS


def _is_next(delta: Delta, standing: Standing) -> bool:
    """Whether Personalize has all that the histories had before the run, maybe with some that it added."""
    return (
        delta.after is not None
        and standing.importing in {"", delta.run_id}
        and standing.imported in {delta.after, delta.run_id}
    )


def _unclear(delta: Delta, standing: Standing, datasets: Mapping[str, KnownDataset]) -> str:
    """Return why nobody knows that what is new is all that Personalize lacks; empty if it is."""
    if delta.after is None:
        return "the run does not say what is new"
    if standing.importing not in {"", delta.run_id}:
        return f"the import of {standing.importing} was not finished"
    for name in (INTERACTIONS, USERS):
        known = standing.datasets.get(name)
        if known is None or known != datasets.get(name):
            return f"the dataset of {name} is new, or has another schema"
    if not _is_next(delta, standing):
        return f"what {delta.after or 'an earlier run'} learned was not imported"
    return ""


def _too_much(delta: Delta) -> str:
    if delta.replaced:
        return f"{delta.replaced:,} rows replace others"
    if delta.new_bytes > MOST_ADDED_BYTES:
        return f"{delta.new_bytes:,} bytes are new"
    return ""


def _interactions(delta: Delta, *, events: bool) -> Mode:
    if not delta.new_interactions:
        return Mode.NONE
    return Mode.RECORDS if events or delta.new_interactions < FEWEST_ROWS else Mode.INCREMENTAL


def _users(delta: Delta) -> Mode:
    if not delta.new_users:
        return Mode.NONE
    return Mode.RECORDS if delta.new_users < FEWEST_ROWS else Mode.INCREMENTAL


def _items(delta: Delta, standing: Standing, datasets: Mapping[str, KnownDataset], *, anew: bool) -> Mode:
    same = delta.items_digest and delta.items_digest == standing.items_digest and not standing.telling
    known = standing.datasets.get(ITEMS)
    return Mode.FULL if anew or not same or known != datasets.get(ITEMS) else Mode.NONE


def _bytes(delta: Delta, interactions: Mode, items: Mode, *, events: bool) -> int:
    size = delta.items_bytes if items is Mode.FULL else 0
    if interactions is Mode.FULL:
        size += delta.whole_bytes
    if interactions is not Mode.FULL or events:
        size += delta.new_bytes
    return size
