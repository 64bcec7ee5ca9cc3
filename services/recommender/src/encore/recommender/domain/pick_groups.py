"""Which customers of a run get the same products, over all its parts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from encore.contracts.picks_report import PicksReport
from encore.contracts.records import Product, Recommendation


class PickGroups:
    """Counts the customers by their list of products, in any order; a list takes about 200 bytes."""

    def __init__(self) -> None:
        self._customers: Counter[tuple[str, ...]] = Counter()

    def add(self, recommendations: Iterable[Recommendation]) -> None:
        """Count the customers of a part; those without any pick share nothing and are left out."""
        lists = (tuple(sorted(pick.product.product_id for pick in each.picks)) for each in recommendations)
        self._customers.update(found for found in lists if found)

    def report(self, products: Mapping[str, Product]) -> PicksReport:
        """Return what all customers added so far come to; `products` is the catalogue by id."""
        customers, lists = self._customers.total(), len(self._customers)
        ids, largest = self._largest()
        return PicksReport(
            customers=customers,
            lists=lists,
            largest_group=largest,
            shared_picks=tuple(products[each].name for each in ids if each in products and largest > 1),
        )

    def _largest(self) -> tuple[Sequence[str], int]:
        """The most frequent list and its customers; of equally frequent ones that of the least ids."""
        return min(self._customers.items(), key=lambda each: (-each[1], each[0]), default=((), 0))
