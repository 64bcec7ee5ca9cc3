"""The rows of clicks and looks, equal to the events that the dataset group's tracker was told of."""

from collections.abc import Iterator

from encore.recommender.domain.csv_files import Row, is_fit_id
from encore.recommender.domain.customer_events import EVENT_TYPES
from encore.recommender.domain.history import History


def look_rows(history: History) -> Iterator[Row]:
    """Yield a row for each click and look of a customer."""
    for look in history.looks:
        if is_fit_id(look.product_id):
            yield {
                "USER_ID": history.customer_id,
                "ITEM_ID": look.product_id,
                "TIMESTAMP": look.timestamp,
                "EVENT_TYPE": EVENT_TYPES[look.kind].value,
                "EVENT_VALUE": None,
            }
