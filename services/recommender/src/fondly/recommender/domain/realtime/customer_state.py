"""What the tables say of one customer at this moment, and which texts can be a customer's id."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from fondly.contracts.consent import Contact
from fondly.contracts.records import RecommendationSource
from fondly.recommender.domain.history import customer_events, earlier_picks
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.preferences import preferences_of
from fondly.recommender.domain.personalize import rankings
from fondly.recommender.domain.realtime.current_picks import Edition, Wanted
from fondly.recommender.domain.shop.taxonomy import departments

MAX_CHARS = 256
_UNFIT = frozenset({"Cc", "Cs"})
"""Control characters, and halves of what was no UTF-8."""
Items = Iterable[Mapping[str, Any]]


def keys(customer_id: str, run_id: str) -> list[dict[str, str]]:
    """Return the keys of a customer's items: their events, ranking, last picks, and the run's picks."""
    return [
        {"customer_id": customer_id, "run_id": kept}
        for kept in (customer_events.EVENTS, rankings.RANKING, earlier_picks.LATEST, run_id)
    ]


def wanted_of(
    customer_id: str, edition: Edition, *, histories: Items, recommendations: Items, contacts: Items
) -> Wanted:
    """Return all that is known of a customer from their items in three tables."""
    found = {str(item["run_id"]): dict(item) for item in recommendations}
    history = next(map(History.from_item, histories), None)
    if events := found.get(customer_events.EVENTS):
        known = history or History(customer_id=customer_id, run_id="")
        history = known.with_events(customer_events.from_item(events))
    if history and history.exclusion:
        return Wanted(customer_id, is_known=True, exclusion=history.exclusion)
    kept, latest = found.get(rankings.RANKING), found.get(earlier_picks.LATEST)
    # A run that ranked nothing for them picked by popularity, although a ranking of an earlier one is kept.
    is_ranked = found.get(edition.run_id, {}).get("source") != RecommendationSource.POPULARITY
    before = earlier_picks.LatestPicks.model_validate(latest).before(edition.run_id) if latest else ()
    emails = before[: edition.rules.rules.emails_without_repeats]
    off = (department for one in contacts for department in Contact.model_validate(one).topics_off)
    return Wanted(
        customer_id,
        preferences=tuple(preferences_of(history.customer, history.scores)) if history else (),
        ranked=rankings.KeptRanking.from_item(kept).product_ids if kept and is_ranked else (),
        emailed=frozenset(product_id for email in emails for product_id in email.product_ids),
        unwanted=departments(off),
        is_known=history is not None,
    )


def id_problem(customer_id: str) -> str | None:
    """Return what keeps a text from being anybody's id, as the end of a sentence on it; None if nothing."""
    if not 1 <= len(customer_id) <= MAX_CHARS:
        return f"has {len(customer_id)} characters, expected 1 to {MAX_CHARS}"
    if customer_id.isspace():
        return "is blank"
    if any(unicodedata.category(one) in _UNFIT for one in customer_id):
        return "has a control character, or one that is not valid UTF-8"
    return None
