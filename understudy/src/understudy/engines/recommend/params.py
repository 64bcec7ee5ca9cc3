"""The hybrid's parameters, with values tuned on public review data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridParams:
    """Exponents, weights and bounds of the hybrid; the letters are those of its formulae."""

    distance_discount: float = 0.4
    """a: how fast a pair's strength decays with the distance between its two interactions."""
    back: float = 0.1
    """back: how strongly a later item recommends an earlier one."""
    length_discount: float = 0.1
    """gl: how much less each pair of a long history counts."""
    source_popularity: float = 0.2
    """ai: damping of popular items as evidence."""
    target_popularity: float = 0.2
    """aj: damping of popular items as recommendations."""
    history_decay: float = 0.6
    """dec: what remains of an interaction's weight with each newer one."""
    content_decay: float = 0.7
    """The same, for content similarity."""
    content_weight: float = 0.4
    popularity_weight: float = 0.2
    max_distance: int = 50
    """Pairs farther apart in a history are not counted, so memory and time stay linear."""
    neighbours: int = 100
    content_neighbours: int = 300
    candidates: int = 100
    """How many of the best items are put in a learned order."""
    learned_steps: int = 3
    """How many of each user's steps, from the last but one on, are learned from."""
