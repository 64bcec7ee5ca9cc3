"""What a column's name tells of what became of an order, by its words in `order_columns.toml`."""

from functools import partial

from fondly.ingest.domain.formats.senses import words_of

_words = partial(words_of, table="order_columns.toml")
_ALIKE = {"returned_quantity": "refunded_quantity", "returned_amount": "refunded_amount"}
_SUBJECTS = {"payment": "payment_status", "delivery": "fulfilment_status", "item": "item_status"}


def field_told_by(name: str) -> str | None:
    """Return the field of orders that a name tells of, put together of its words; None if none."""
    words = _words(name)
    for how in ("cancelled", "refunded", "returned"):
        if how in words:
            what = "quantity" if "quantity" in words else "amount" if "amount" in words else "at"
            return None if "other" in words else _ALIKE.get(f"{how}_{what}", f"{how}_{what}")
    if words.isdisjoint({"state", "weak"}):
        return None
    of_subject = next((field for subject, field in _SUBJECTS.items() if subject in words), None)
    return of_subject or (None if "other" in words else "status")


def is_weak(name: str) -> bool:
    """Return whether a column of states may as well be about an address."""
    words = _words(name)
    return "weak" in words and "state" not in words
