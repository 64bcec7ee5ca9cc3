"""The interactions that a model is fitted to, and what their values say."""

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
        ordered = events
        if not _are_sorted(events):  # as most are: some of those that have been sorted before
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


def _are_sorted(events: Events) -> bool:
    equal = np.ones(max(0, events.user.size - 1), dtype=bool)
    for key in (events.user, events.time, events.item, events.weight):
        if (equal & (key[1:] < key[:-1])).any():
            return False
        equal &= key[1:] == key[:-1]
    return True


_DISLIKED = 0.4
_LIKED = 0.8
_FLOOR = 0.1
_TOP_PERCENTILE = 95


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The scale of values: where it begins and ends. Without one, both are 0."""

    bottom: float
    top: float

    @classmethod
    def of(cls, values: NDArray[np.floating]) -> Self:
        """Derive the scale from values, NaN where there is none.

        It runs from zero to their 95th percentile, or from minus to plus that if any is negative.
        """
        known = values[~np.isnan(values)]
        top = _top(np.abs(known)) if known.size else 0.0
        return cls(-top if known.size and known.min() < 0 else 0.0, top)

    def weights(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return a weight in 0.1..1 for each value: how much the interaction counts for its item.

        Values in the lowest two fifths of the scale are dislikes and weigh 0.1, values in its top fifth
        weigh 1, and the weight grows linearly in between. One to five stars thus weigh 0.1, 0.1, 0.55, 1, 1,
        and a sentiment of -1..1 grows from -0.2 upwards. A missing value (NaN) says nothing against the item
        and weighs 1.

        A dislike still tells where a customer shops. It is drowned by anything liked in the same history,
        and speaks alone where nothing is liked: scores are relative to the best of each user.
        """
        if self.top == 0.0:
            return np.ones(values.size, dtype=np.float32)
        place = (values - self.bottom) / (self.top - self.bottom)
        liking = np.clip((place - _DISLIKED) / (_LIKED - _DISLIKED), 0.0, 1.0)
        weights = _FLOOR + (1.0 - _FLOOR) * liking
        return np.where(np.isnan(values), 1.0, weights).astype(np.float32)


def satisfaction_weights(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the weight of each value on the scale of all of them."""
    return Satisfaction.of(values).weights(values)


def _top(sizes: NDArray[np.floating]) -> float:
    """Return the end of the scale, which a few outliers must not stretch."""
    return float(np.percentile(sizes, _TOP_PERCENTILE, method="higher"))
