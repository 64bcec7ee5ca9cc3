"""Which tasks use a quota: those whose beats keep changing, whatever their clocks say."""

from collections.abc import Mapping

ALIVE_S = 10.0
"""How long a task counts after its last new beat."""
FORGET_S = 60.0
"""After so long without a new beat its place is removed."""


class Roster:
    """What one task has seen of the others; times are seconds of its own monotonic clock."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, float]] = {}

    def see(self, now: float, beats: Mapping[str, str]) -> None:
        """Take account of the others' beats."""
        self._seen = {
            member: (beat, self._seen[member][1] if self._seen.get(member, ("",))[0] == beat else now)
            for member, beat in beats.items()
        }

    def alive(self, now: float) -> int:
        """How many others use the quota."""
        return sum(now - since < ALIVE_S for _, since in self._seen.values())

    def gone(self, now: float) -> list[str]:
        """Those whose places can be removed."""
        return [member for member, (_, since) in self._seen.items() if now - since > FORGET_S]
