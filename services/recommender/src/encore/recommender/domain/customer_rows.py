"""What Personalize gets of one customer, and what of it no run before has told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from encore.contracts.records import Product
from encore.recommender.domain.csv_files import Row
from encore.recommender.domain.history import History
from encore.recommender.domain.looks import look_rows
from encore.recommender.domain.preferences import preferences_of
from encore.recommender.domain.rows import interaction_rows, user_row

UNDATED = 0
"""The time of interactions without one, in what decides a ranking: it must not differ from run to run."""


@dataclass(frozen=True, slots=True)
class CustomerRows:
    """The rows of one customer: an interaction for each product, and one of their own."""

    interactions: list[Row]
    undated: list[Row]
    """The same, with `UNDATED` where a run's time stands for one that is not known."""
    user: Row
    looks: list[Row]
    """Clicks and looks, of which the event tracker was told: equal interactions count once."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since an earlier run: interactions, and whether the customer's own row is."""

    interactions: list[Row]
    """Those of products that are new to the customer, and those that are different now."""
    user: bool
    replaced: int
    """How many interactions that were told before are different now, or gone."""


def customer_rows(history: History, products: Mapping[str, Product]) -> CustomerRows:
    """Return the rows of a customer with all that is known of them."""
    customer = history.customer
    preferences = preferences_of(customer, history.scores)
    dated = interaction_rows(customer, preferences, default_timestamp=UNDATED, seen_at=history.seen_at)
    return CustomerRows(
        interactions=list(dated),
        undated=list(interaction_rows(customer, preferences, default_timestamp=UNDATED)),
        user=user_row(customer, preferences, products),
        looks=list(look_rows(history)),
    )


def changes(before: CustomerRows | None, now: CustomerRows) -> Changes:
    """Compare a customer's rows with those of an earlier run, if they were known to one."""
    if before is None:
        return Changes(now.interactions, user=True, replaced=0)
    known = _by_product(before.interactions)
    new = [row for row in now.interactions if known.get(row["ITEM_ID"]) != row]
    same = sum(known.get(row["ITEM_ID"]) == row for row in now.interactions)
    return Changes(new, user=before.user != now.user, replaced=len(known) - same)


def _by_product(rows: Iterable[Row]) -> dict[object, Row]:
    return {row["ITEM_ID"]: row for row in rows}
