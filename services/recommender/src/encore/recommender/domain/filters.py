"""What Personalize leaves out of rankings, and what it promotes in them.

A filter cannot be changed, so its name has a digest of its expression: each is created once for a dataset
group. Source: Amazon Personalize developer guide, "Filter expressions" and "Promoting items in real-time
recommendations".
"""

from dataclasses import dataclass
from hashlib import sha256

from encore.recommender.domain.engines import Engine
from encore.recommender.domain.preferences import EventType
from encore.recommender.domain.schemas import DIGEST_CHARS

IN_STOCK, SOLD_OUT = "in-stock", "sold-out"
NEW, ESTABLISHED = "new", "established"
POSSESSIONS = (EventType.LIKED, EventType.PURCHASED, EventType.REVIEWED, EventType.DISLIKED)
"""The kinds of interaction with what somebody has: what they clicked on or looked at may be offered."""
_KINDS = ", ".join(f'"{kind.value}"' for kind in POSSESSIONS)
OWNED = f"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ({_KINDS})"
"""What the customer already has; Personalize looks at the newest 100 interactions of each kind of event."""
GONE = f'EXCLUDE ItemID WHERE Items.AVAILABILITY IN ("{SOLD_OUT}")'
PROMOTED = (
    f'INCLUDE ItemID WHERE Items.ARRIVAL IN ("{NEW}") AND Items.AVAILABILITY IN ("{IN_STOCK}") | {OWNED}'
)
"""New products. A promotion's own filter alone decides what is promoted, so it has to leave out as well what
the customer has and what is sold out."""
PROMOTION = "new-products"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a dataset group: its member of a run's step state, what it is for, and its expression."""

    key: str
    purpose: str
    expression: str

    def name(self, dataset_group: str) -> str:
        """The name, at most 63 characters for a group's of 40."""
        digest = sha256(self.expression.encode()).hexdigest()[:DIGEST_CHARS]
        return f"{dataset_group}-{self.purpose}-{digest}"


OFFERED = Filter("filter", "offered", f"{OWNED} | {GONE}")
"""For customers: neither what they have nor what is sold out."""
SOLD = Filter("filter", "in-stock", GONE)
"""For products, which have nothing themselves: nothing that is sold out."""
NEW_PRODUCTS = Filter("promotion_filter", "new", PROMOTED)


def filters_of(engine: Engine, *, promotes: bool) -> tuple[Filter, ...]:
    """Return the filters that a run of this engine needs, with or without a promotion of new products."""
    ranking = SOLD if engine.asks_by_product else OFFERED
    return (ranking, NEW_PRODUCTS) if promotes and engine.asks_campaign else (ranking,)
