"""What dispatches come to, counted anew: what is kept of them has to be the same."""

from fondly.contracts.delivery import Dispatch
from fondly.runtime.runs.tally import Counts, by_feedback, by_sender


def counts_of(*dispatches: Dispatch) -> Counts:
    """Count dispatches, by whoever counts them."""
    counts = by_sender(dispatches)
    for each in dispatches:
        counts.update(by_feedback(each))
    return counts
