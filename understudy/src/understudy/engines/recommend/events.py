"""Interactions as arrays, and as the ordered history of each user."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Interactions, one per position of four arrays of equal length.

    `user` and `item` are codes from zero, `time` is in any ordered unit, and `weight` is how much an
    interaction counts for its item: 1 for an ordinary one, little for a dislike, 0 for one that must
    recommend nothing.
    """

    user: NDArray[np.int32]
    item: NDArray[np.int32]
    time: NDArray[np.int64]
    weight: NDArray[np.float32]
    n_users: int
    n_items: int

    def select(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """Return the events at `rows`, a mask or positions; codes keep their meaning."""
        return type(self)(
            user=self.user[rows],
            item=self.item[rows],
            time=self.time[rows],
            weight=self.weight[rows],
            n_users=self.n_users,
            n_items=self.n_items,
        )


@dataclass(frozen=True, slots=True)
class Histories:
    """Events sorted by user and time, with each event's position in its user's history.

    `step` counts a user's distinct times from zero, oldest first. Events at the same time share a
    step, so the order of rows has no meaning where times are equal. `age` counts the same steps
    backwards from the latest event.
    """

    events: Events
    step: NDArray[np.int32]
    age: NDArray[np.int32]
    length: NDArray[np.int32]

    @classmethod
    def of(cls, events: Events) -> Self:
        """Return `events` as histories, the same ones in whatever order the rows stand."""
        ordered = events.select(np.lexsort((events.weight, events.item, events.time, events.user)))
        user, time = ordered.user, ordered.time
        new_user = np.r_[True, user[1:] != user[:-1]] if user.size else np.zeros(0, bool)
        new_step = new_user.copy()
        new_step[1:] |= time[1:] != time[:-1]
        starts = np.flatnonzero(new_user)
        sizes = np.diff(np.r_[starts, user.size])
        counter = np.cumsum(new_step)
        step = counter - np.repeat(counter[starts], sizes)
        last = np.repeat(step[starts + sizes - 1], sizes)
        return cls(
            events=ordered,
            step=step.astype(np.int32),
            age=(last - step).astype(np.int32),
            length=np.repeat(sizes, sizes).astype(np.int32),
        )
