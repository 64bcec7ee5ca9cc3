"""What of a run's results could not be found."""

from collections.abc import Sequence

from fondly.operations.formatting import count

EXAMPLES = 3


class Missing:
    """Counts what is missing by kind, with the first few keys of each."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._keys: dict[str, list[str]] = {}

    def note(self, what: str, keys: Sequence[str]) -> None:
        """Note the keys of objects of one kind; `what` names the kind in the plural."""
        if not keys:
            return
        self._counts[what] = self._counts.get(what, 0) + len(keys)
        known = self._keys.setdefault(what, [])
        known.extend(keys[: EXAMPLES - len(known)])

    def lines(self) -> list[str]:
        """Return a line for each kind, with the first few keys: `prompts (12): runs/…/a.json, …`."""
        return [f"{what} ({count(number)}): {self._first(what)}" for what, number in self._counts.items()]

    def _first(self, what: str) -> str:
        more = ["…"] if self._counts[what] > len(self._keys[what]) else []
        return ", ".join([*self._keys[what], *more])
