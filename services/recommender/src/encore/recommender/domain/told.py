"""What a run reads of its customers: what its file tells, completed by what earlier files told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from encore.contracts.records import Customer, ScoredReview
from encore.recommender.domain.history import History
from encore.recommender.domain.preferences import Scores, scores_by_review


@dataclass(frozen=True, slots=True)
class FilePart:
    """One part as the run's file has it, and by customer id what was known before the run."""

    customers: Sequence[Customer]
    scored: Sequence[ScoredReview]
    earlier: Mapping[str, History] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """One part's customers with all that is known of them, and the scores of all their reviews.

    `scored` are the reviews of the run's file alone: what earlier ones said of aspects is not kept.
    """

    customers: Sequence[Customer]
    scored: Sequence[ScoredReview]
    scores: Scores


def completed(found: FilePart) -> Told:
    """Complete a part's customers by what was known of them earlier."""
    scores = scores_by_review(found.scored)
    whole, known = list(found.customers), dict(scores)
    for place, customer in enumerate(found.customers):
        if before := found.earlier.get(customer.customer_id):
            history = History.of(customer, scores, run_id=before.run_id, now=0).after(before)
            whole[place] = history.completing(customer)
            for review, polarity in history.scores.items():
                known.setdefault(review, polarity)  # the file's own scores say more than a polarity
    return Told(whole, found.scored, known)
