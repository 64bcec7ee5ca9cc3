"""How solutions are made, and what the batch job leaves out of rankings."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from fondly.recommender.domain.history.preferences import EventType
from fondly.recommender.domain.personalize.schemas import DIGEST_CHARS, FILTERED, SOLD_OUT

RECIPE = "aws-user-personalization-v2"
EVENT_WEIGHTS: Mapping[EventType, float] = {
    EventType.LIKED: 1.0,
    EventType.PURCHASED: 0.8,
    EventType.REVIEWED: 0.6,
    EventType.CLICKED: 0.3,
    EventType.VIEWED: 0.2,
    EventType.DISLIKED: 0.1,
}
"""What somebody looked at says less than what they bought, and more than what they regret.

A purchase of which nothing more is known is a better sign than a lukewarm review.

A dislike still shows what the customer shops for, so it keeps a small weight.
"""
SOLUTION: Mapping[str, Any] = {
    "recipeArn": f"arn:aws:personalize:::recipe/{RECIPE}",
    "performAutoTraining": False,
    "solutionConfig": {
        "eventsConfig": {
            "eventParametersList": [
                {"eventType": kind.value, "weight": weight} for kind, weight in EVENT_WEIGHTS.items()
            ]
        },
        "trainingDataConfig": {"excludedDatasetColumns": {kind: list(of) for kind, of in FILTERED.items()}},
    },
}
"""What a solution is created with, besides its name and dataset group.

Source: Amazon Personalize developer guide, "Optimizing a solution with events configuration".
"""
POSSESSIONS = (EventType.LIKED, EventType.PURCHASED, EventType.REVIEWED, EventType.DISLIKED)
"""The kinds of interaction with what somebody has: what they clicked on or looked at may be offered."""
_KINDS = ", ".join(f'"{kind.value}"' for kind in POSSESSIONS)
OFFERED = (
    f"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ({_KINDS})"
    f' | EXCLUDE ItemID WHERE Items.AVAILABILITY IN ("{SOLD_OUT}")'
)
"""The filter of rankings: neither what the customer has nor what is sold out is offered.

Personalize looks at the newest 100 interactions of each kind of event. Source: Amazon Personalize developer
guide, "Filter expressions".
"""


def filter_name(dataset_group: str) -> str:
    """Name the filter by its expression, which cannot be changed: each is created once for a group."""
    return f"{dataset_group}-offered-{sha256(OFFERED.encode()).hexdigest()[:DIGEST_CHARS]}"
