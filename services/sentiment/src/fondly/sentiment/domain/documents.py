"""A part's documents: its customers' reviews, and the texts of which only the product is known."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from fondly.contracts.records import Customer, SharedText


@dataclass(frozen=True)
class Document:
    """The words of one review or shared text, on one line, and the products that they are about."""

    words: str
    product_ids: tuple[str, ...]


def documents(
    customers: Iterable[Customer],
    shared_texts: Iterable[SharedText] = (),
    *,
    left_out: Container[str] = (),
) -> list[Document]:
    """Return one document for each distinct wording, in order of first appearance, with all its products.

    Reviews by customers who are `left_out` are none, because nothing may be paid for on their account. Words
    that somebody else has written as well are a document all the same.
    """
    products: dict[str, dict[str, None]] = {}
    for customer in customers:
        if customer.customer_id in left_out:
            continue
        for review in customer.reviews:
            products.setdefault(review.document, {}).update(dict.fromkeys(review.product_ids))
    for shared in shared_texts:
        products.setdefault(shared.document, {})[shared.product_id] = None
    return [Document(words, tuple(about)) for words, about in products.items() if words]
