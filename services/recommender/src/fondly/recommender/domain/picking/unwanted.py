"""The departments of the shop that customers want nothing of, as they have said on the preference page."""

from collections.abc import Iterable

from fondly.recommender.domain.shop.taxonomy import Category


def departments(names: Iterable[str]) -> frozenset[str]:
    """Return departments, the first levels of category paths, in the form that `is_of` compares."""
    return frozenset(name.strip().casefold() for name in names)


def is_of(category: Category, unwanted: frozenset[str]) -> bool:
    """Return whether a category is of one of these departments; a product without any is of none."""
    return bool(unwanted and category) and category[0].strip().casefold() in unwanted
