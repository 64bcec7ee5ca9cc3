"""How SES behaves: by default as for a new account, in which every identity is verified."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from understudy.disturbance import Disturbance

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class SesOptions:
    """The account, and what goes wrong.

    Source: Amazon SES Developer Guide, "Service quotas": a sandbox sends 200 emails a day, one a second.
    """

    production: bool = False
    """Whether the account may send to anybody; in the sandbox only to verified identities."""
    emails_per_day: float = 200.0
    """-1 is no limit."""
    emails_per_s: float = 1.0
    identities: frozenset[str] | None = None
    """The addresses and domains that are verified; without it, all are but those under
    `.invalid`."""
    configuration_sets: frozenset[str] | None = None
    """Those that exist; without it, all do."""
    events_arn: str | None = None
    """The topic or queue that gets what happens to emails with a configuration set."""
    event_types: frozenset[str] = frozenset({"Bounce", "Complaint"})
    """What it gets: Send, Delivery, Bounce, Complaint."""
    folder: Path | None = None
    """Where accepted emails are kept; without it, they are counted only."""
    disturbance: Disturbance = field(default_factory=Disturbance)
    """Befalls `SendEmail` before anything is accepted."""
    drop_rate: float = 0.0
    """The share of accepted emails whose reply is torn off: the connection drops half way."""
    fail_rate: float = 0.0
    """The share of accepted emails that are answered with a server error all the same."""
    chance: random.Random = field(default_factory=random.Random, compare=False)
    """Draws the last two."""
