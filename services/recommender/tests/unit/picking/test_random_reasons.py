"""Every reason of every list is true: worked out anew from the records of random shops."""

import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from hypothesis import given

from fondly.contracts.records import Customer, Pick, Product, ReasonKind
from fondly.recommender.domain.shop.fitting import fits
from fondly.recommender.domain.shop.taxonomy import Category
from services.recommender.tests.cases import CASES, Case
from services.recommender.tests.shops import DAY, NOW


class Records:
    """What is known of a case, counted without the code that picks."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._family = case.shop.catalogue.family
        self._kinds = case.shop.kinds
        self._products = {one.product_id: one for one in case.products}
        self._own = {one.product_id: one for one in case.preferences}

    def prove(self, pick: Pick) -> bool:
        """Return whether a pick's reason is true."""
        return self._checks[pick.reason.kind](pick)

    @property
    def _checks(self) -> Mapping[ReasonKind, Callable[[Pick], bool]]:
        return {
            ReasonKind.LIKED: lambda pick: self._names_own(pick) and self._likes(pick),
            ReasonKind.ALSO_LIKED: lambda pick: self._likes(pick) and self._is_linked(pick, delighted=True),
            ReasonKind.BOUGHT_TOGETHER: lambda pick: self._keeps(pick) and self._is_linked(pick),
            ReasonKind.GOES_WITH: self._goes_with,
            ReasonKind.ALSO_BOUGHT: lambda pick: pick.reason.customers is not None and self._goes_with(pick),
            ReasonKind.BETTER_RATED: self._is_better_rated,
            ReasonKind.NEW: self._is_new,
            ReasonKind.SAME_SHELF: self._is_same_shelf,
            ReasonKind.POPULAR: self._is_popular,
            ReasonKind.POPULAR_IN_CATEGORY: self._is_popular,
            ReasonKind.WELL_RATED: lambda pick: _is_rated(pick.product, Decimal("4.2")),
            ReasonKind.FEATURED: lambda pick: pick.product.product_id in self._case.decisions.pinned,
            ReasonKind.ASSORTMENT: lambda _: True,
        }

    def _names_own(self, pick: Pick) -> bool:
        own = self._own[str(pick.reason.product_id)]
        return (own.review_id, self._named(pick).name) == (pick.reason.review_id, pick.reason.product_name)

    def _named(self, pick: Pick) -> Product:
        return self._products[str(pick.reason.product_id)]

    def _likes(self, pick: Pick) -> bool:
        return (self._own[str(pick.reason.product_id)].value or 0) >= 0.7

    def _keeps(self, pick: Pick) -> bool:
        """Return whether the product that a reason names did not disappoint the customer."""
        return self._names_own(pick) and (self._own[str(pick.reason.product_id)].value or 0) > -0.2

    def _is_new(self, pick: Pick) -> bool:
        part = pick.reason.category
        is_known = any(_is_in(self._products[one], part) for one in self._own if one in self._products)
        is_new = 0 <= NOW - (pick.product.available_from or 0) <= 30 * DAY
        return is_new and is_known and bool(part) and _is_in(pick.product, part)

    def _is_same_shelf(self, pick: Pick) -> bool:
        one, other = pick.product.category, self._named(pick).category
        is_near = len(one) > 2 and one[:2] == other[:2]
        return self._keeps(pick) and bool(one) and (one == other or is_near)

    def _is_linked(self, pick: Pick, *, delighted: bool = False) -> bool:
        """Return whether two customers or more link both, and more have both than would by chance."""
        both = {self._family(pick.product.product_id), self._family(str(pick.reason.product_id))}
        bought = self._families(one.product_ids for one in self._case.known())
        liked = self._families(_reviewed(one) for one in self._case.delighted())
        owners = sum(both <= each for each in (liked if delighted else bought))
        links = sum(len(each) * (len(each) - 1) / 2 for each in bought)
        one, other = (sum(len(each) - 1 for each in bought if family in each) for family in both)
        is_drawn = sum(both <= each for each in bought) > one * other / (2 * links or 1)
        return self._names_own(pick) and pick.reason.customers == owners >= 2 and is_drawn

    def _families(self, owned: Iterable[Iterable[str]]) -> list[set[str]]:
        return [set(map(self._family, each)) for each in owned]

    def _goes_with(self, pick: Pick) -> bool:
        both = {pick.product.category, self._named(pick).category}
        leaves = [{self._products[each].category for each in one.product_ids} for one in self._case.known()]
        counted = pick.reason.customers
        return (
            self._keeps(pick)
            and self._fits(pick)
            and counted in {None, sum(both <= owned for owned in leaves)}
        )

    def _fits(self, pick: Pick) -> bool:
        facts = self._case.shop.catalogue.facts
        taking = facts(pick.product.product_id).attributes
        found = fits(taking, facts(str(pick.reason.product_id)).owned)
        return bool(found) if taking.needs_fit else found is not False

    def _is_better_rated(self, pick: Pick) -> bool:
        own, product = self._named(pick), pick.product
        is_alike = own.category == product.category or not self._kinds(own.category).isdisjoint(
            self._kinds(product.category)
        )
        is_better = own.rating is not None and _stars(product) - _stars(own) >= Decimal("0.2")
        if self._case.shop.is_collected(product.category):
            return False
        return self._names_own(pick) and is_alike and is_better and (product.rating_count or 0) >= 50

    def _is_popular(self, pick: Pick) -> bool:
        category = pick.reason.category
        peers = [self._people(one) for one in self._products.values() if _is_in(one, category)]
        rank = 1 + sum(people > self._people(pick.product) for people in peers)
        return (pick.reason.rank, pick.reason.out_of) == (rank, len(peers)) and rank <= math.ceil(
            len(peers) / 4
        )

    def _people(self, product: Product) -> int:
        people = sum(product.product_id in one.product_ids for one in self._case.known())
        return max(people, product.rating_count or 0)


def _reviewed(customer: Customer) -> list[str]:
    return [product_id for review in customer.reviews for product_id in review.product_ids]


def _is_in(product: Product, category: Category) -> bool:
    return product.category[: len(category)] == category


def _stars(product: Product) -> Decimal:
    return product.rating or Decimal(0)


def _is_rated(product: Product, least: Decimal = Decimal(0)) -> bool:
    return (product.rating_count or 0) >= 10 and _stars(product) >= least


@given(CASES)
def test_every_reason_is_true(case: Case) -> None:
    """It names the customer's own product and review, and counts the customers and ranks that there are."""
    records = Records(case)
    assert [pick.reason for pick in case.selection().picks if not records.prove(pick)] == []
