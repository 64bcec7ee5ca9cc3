"""A run's turn in the dataset group, and when its silence ends it.

Each check of the run whose turn it is leaves a new beat. A run that waits looks at every poll of its own:
once the beat has stayed the same for so many of them, it takes the turn over. The polls are SQS's delayed
messages, so SQS is the only clock: no two machines' clocks are compared.
"""

from typing import NamedTuple


class Turn(NamedTuple):
    """The run whose turn it is, and the sign of life of its last check."""

    owner: str
    beat: str


class Look(NamedTuple):
    """What a waiting run saw of the turn, and the number of its poll at which it first saw just that."""

    turn: Turn
    poll: int

    @classmethod
    def parse(cls, text: str) -> "Look | None":
        """Read what `text` wrote; None for anything else."""
        owner, _, rest = text.partition(" ")
        beat, _, poll = rest.partition(" ")
        return cls(Turn(owner, beat), int(poll)) if poll.isdecimal() else None

    @property
    def text(self) -> str:
        """The look in one string, for the run's step state."""
        return f"{self.turn.owner} {self.turn.beat} {self.poll}"

    def silent_polls(self, turn: Turn, poll: int) -> int:
        """Return for how many polls the turn has shown no sign of life; zero if it has, or is another's."""
        return poll - self.poll if self.turn == turn else 0
