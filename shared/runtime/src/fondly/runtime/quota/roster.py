"""Which tasks use a quota, and what they want of it.

Those count whose beats keep changing, whatever their clocks say. What the task itself has said counts for it
once the others have read it: until then they use the quota as they did before.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

ALIVE_S = 10.0
"""How long a task counts after its last new beat."""
FORGET_S = 60.0
"""After so long without a new beat its place is removed."""
HEARD_S = 3.0
"""After so long all live tasks have read what one has said, because they beat as often."""


def beat(number: int, wants_per_s: float) -> str:
    """Return what a task writes: a text that is new each time, with what it wants."""
    return f"{number} {wants_per_s:.3g}"


@dataclass(frozen=True)
class _Said:
    """What the task has said of itself, and the others' beats at that time."""

    at: float
    wants_per_s: float
    beats: Mapping[str, str]


class Roster:
    """What one task has seen of the others; times are seconds of its own monotonic clock."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, float]] = {}
        self.is_known = False
        """Whether all others have heard of the task."""
        self._heard_per_s = 0.0
        self._unheard: list[_Said] = []

    def join(self) -> None:
        """Begin anew: nobody knows what the task wants."""
        self.is_known, self._heard_per_s, self._unheard = False, 0.0, []

    def see(self, now: float, beats: Mapping[str, str], *, wants_per_s: float) -> None:
        """Take account of the others' beats, read when the task said what it wants."""
        self._seen = {
            member: (text, self._seen[member][1] if self._seen.get(member, ("",))[0] == text else now)
            for member, text in beats.items()
        }
        self._unheard.append(_Said(now, wants_per_s, beats))
        for number, said in reversed(list(enumerate(self._unheard, start=1))):
            if self._is_heard(now, said):
                self.is_known, self._heard_per_s = True, said.wants_per_s
                self._unheard = self._unheard[number:]
                break

    @property
    def granted_per_s(self) -> float:
        """What the task wants as far as all others know it; less if it has since said less."""
        return min(self._heard_per_s, *(said.wants_per_s for said in self._unheard), math.inf)

    def others(self, now: float) -> list[float]:
        """What each of the others wants who uses the quota; infinite if it does not say."""
        return [_wants(text) for text in self._alive(now).values()]

    def gone(self, now: float) -> list[str]:
        """Those whose places can be removed."""
        return [member for member, (_, since) in self._seen.items() if now - since > FORGET_S]

    def _alive(self, now: float) -> dict[str, str]:
        return {member: text for member, (text, since) in self._seen.items() if now - since < ALIVE_S}

    def _is_heard(self, now: float, said: _Said) -> bool:
        """Whether all others have written, and so read, since; who came later has read it as well."""
        alive = self._alive(now)
        return now - said.at >= HEARD_S or all(said.beats.get(each) != text for each, text in alive.items())


def _wants(text: str) -> float:
    """Tasks of an older release only count."""
    _, _, wants = text.partition(" ")
    return float(wants) if wants else math.inf
