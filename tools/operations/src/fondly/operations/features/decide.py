"""A person's decision on the features of a product."""

from collections.abc import Iterator, Sequence

from fondly.contracts.clock import utc_now
from fondly.mailer.domain.facts.edited_features import UnfitFeatureError, edited_features, sellers_words
from fondly.mailer.domain.facts.features import ProductFeatures
from fondly.mailer.domain.words.lists import WordLists
from fondly.operations.errors import OperationError


def decided(
    product_id: str, texts: Sequence[str], stored: ProductFeatures | None, *, by: str, language: str
) -> tuple[ProductFeatures, list[str]]:
    """Return the record of a decision, and what the person should know about it.

    Raises `OperationError` for a text that cannot be a feature and for a language without word lists.
    """
    try:
        lists = WordLists.load(language)
    except LookupError as error:
        raise OperationError(str(error)) from error
    try:
        features = edited_features(texts, lists)
    except UnfitFeatureError as error:
        raise OperationError(str(error)) from error
    record = ProductFeatures(
        product_id=product_id,
        product_name=stored.product_name if stored else "",
        digest=stored.digest if stored else "",
        features=features,
        edited=True,
        edited_by=" ".join(by.split()),
        updated_at=utc_now(),
    )
    return record, list(_warnings(record, lists, is_new=stored is None))


def _warnings(record: ProductFeatures, lists: WordLists, *, is_new: bool) -> Iterator[str]:
    if is_new:
        yield f"no features of product {record.product_id} were stored before: is the id right?"
    if words := sellers_words(record.features, lists):
        yield f"stored, but sellers praise with these words and the model may not: {', '.join(words)}"
