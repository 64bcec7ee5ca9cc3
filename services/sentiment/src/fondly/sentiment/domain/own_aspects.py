"""Finds what documents say about aspects with a reader that knows the shop's catalogue."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from fondly.aspects import AspectReader, Vocabulary
from fondly.contracts.records import AspectMention, Product
from fondly.sentiment.domain.answers import one_each
from fondly.sentiment.domain.documents import Document


class ShopReader:
    """Reads documents about the products of one catalogue."""

    def __init__(self, reader: AspectReader, products: Sequence[Product]) -> None:
        self._reader = reader
        self._categories = {product.product_id: product.category for product in products}
        self._vocabulary = Vocabulary.of_catalogue(
            names=[product.name for product in products],
            bullets=[product.bullets for product in products],
            categories=[product.category for product in products],
        )
        self._of_category = lru_cache(maxsize=None)(self._vocabulary.without_kind)

    def read(self, documents: Iterable[Document]) -> dict[str, tuple[AspectMention, ...]]:
        """Return the mentions in each document, by its words: of aspects, not of the product itself."""
        return {document.words: self._mentions(document) for document in documents}

    def _mentions(self, document: Document) -> tuple[AspectMention, ...]:
        known = (self._categories[one] for one in document.product_ids if one in self._categories)
        vocabulary = self._of_category(next(known, ()))
        return one_each(
            AspectMention(aspect=found.aspect, sentiment=found.label, begin=found.begin, end=found.end)
            for found in self._reader.read(document.words, vocabulary)
        )
