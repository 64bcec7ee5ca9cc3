"""Checks every reason of a run, part by part: memory grows with the catalogue and the claimed pairs."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel

from fondly.contracts.records import Customer, Pick, ReasonKind, Recommendation
from fondly.evaluation.families import FamilyIndex
from fondly.evaluation.frozen import Frozen
from fondly.evaluation.reasons.claims import Claim, problem_of
from fondly.evaluation.reasons.counts import gathered
from fondly.evaluation.reasons.shop import ShopFacts
from fondly.evaluation.reasons.stored_run import StoredRun
from fondly.recommender.domain.history.preferences import (
    Preference,
    Scores,
    liked_products,
    preferences_of,
)
from fondly.recommender.domain.shop.families import SharedReviews
from fondly.recommender.domain.study.co_purchases import MAX_EVIDENCE, MAX_OWNED

OF_LEAVES = frozenset({ReasonKind.GOES_WITH, ReasonKind.ALSO_BOUGHT})
"""Kinds of which the number of customers is that of the owners of two leaf categories."""
SHOWN = 20
"""How many false reasons a report describes."""
Announce = Callable[[str], None]


class FalseReason(Frozen):
    """A reason that the run's records do not prove."""

    customer_id: str
    product_id: str
    kind: ReasonKind
    why: str


class ReasonReport(BaseModel):
    """How many reasons of each kind were checked and are false, and the first false ones."""

    run_id: str
    customers: int
    checked: dict[ReasonKind, int]
    false: dict[ReasonKind, int]
    first_false: list[FalseReason]


@dataclass
class _Tally:
    checked: Counter[ReasonKind] = field(default_factory=Counter)
    false: Counter[ReasonKind] = field(default_factory=Counter)
    first: list[FalseReason] = field(default_factory=list)
    customers: int = 0

    def add(self, customer_id: str, pick: Pick, why: str | None) -> None:
        kind = pick.reason.kind
        self.checked[kind] += 1
        self.false[kind] += why is not None
        if why is not None and len(self.first) < SHOWN:
            found = FalseReason(
                customer_id=customer_id, product_id=pick.product.product_id, kind=kind, why=why
            )
            self.first.append(found)


async def check_reasons(run: StoredRun, announce: Announce = lambda _: None) -> ReasonReport:
    """Recompute every reason of a run from its products, customers, scores and rules."""
    announce("reading products, reviews and purchases")
    shop = await _shop(run)
    announce("reading what reasons claim")
    for part in run.recommended:
        _claim_pairs(await run.recommendations(part), shop)
    announce("counting who links what")
    async for told in run.everybody():
        _count(told.customers, told.scores, shop)
    announce("checking reasons")
    tally = _Tally()
    for part in run.recommended:
        await _check_part(run, part, shop, tally)
    return ReasonReport(
        run_id=run.run_id,
        customers=tally.customers,
        checked=dict(tally.checked),
        false=dict(+tally.false),
        first_false=tally.first,
    )


async def _shop(run: StoredRun) -> ShopFacts:
    products, shared = await run.products(), SharedReviews()
    people: Counter[str] = Counter()
    async for told in run.everybody():
        shared.add(told.customers)
        for customer in told.customers:
            people.update({product_id for product_id, _ in (*_reviewed(customer), *_bought(customer))})
    stored = await run.rules()
    index = FamilyIndex(products, shared)
    return ShopFacts(products, index, people, stored.rules, stored.shop, run.now)


def _claim_pairs(recommendations: Sequence[Recommendation], shop: ShopFacts) -> None:
    """Note which pairs reasons claim, so that only those are counted."""
    family = shop.families.family
    for recommendation in recommendations:
        for pick in recommendation.picks:
            own = shop.products.get(pick.reason.product_id or "")
            if own is None:
                continue
            families = family(own.product_id), family(pick.product.product_id)
            if pick.reason.kind is ReasonKind.BOUGHT_TOGETHER:
                shop.bought.claim(*families)
            elif pick.reason.kind is ReasonKind.ALSO_LIKED:
                shop.liked.claim(*families)
            elif pick.reason.kind in OF_LEAVES and pick.reason.customers:
                shop.leaves.claim(own.category, pick.product.category)


def _count(customers: Sequence[Customer], scores: Scores, shop: ShopFacts) -> None:
    family, products = shop.families.family, shop.products
    for customer in customers:
        reviewed, bought = _reviewed(customer), _bought(customer)
        about = [(product_id, told) for product_id, told in (*reviewed, *bought) if product_id in products]
        families = gathered((family(product_id), told) for product_id, told in about)
        heavy = len({told for _, told in (*reviewed, *bought)}) > MAX_EVIDENCE or len(families) > MAX_OWNED
        shop.bought.add(families, heavy=heavy)
        leaves = gathered((products[product_id].category, told) for product_id, told in about)
        shop.leaves.add(leaves, heavy=heavy)
        liked = liked_products(customer, scores) & products.keys()
        opinions = gathered(
            (family(product_id), told) for product_id, told in reviewed if product_id in liked
        )
        shop.liked.add(opinions, heavy=heavy)


def _reviewed(customer: Customer) -> list[tuple[str, str]]:
    """Return each product of each review, with the review's name among the customer's evidence."""
    return [
        (each, f"review {review.review_id}") for review in customer.reviews for each in review.product_ids
    ]


def _bought(customer: Customer) -> list[tuple[str, str]]:
    """Return each bought product, with the name of its purchases: all of one product are one evidence."""
    return [(each.product_id, f"purchase of {each.product_id}") for each in customer.purchases]


async def _check_part(run: StoredRun, part: int, shop: ShopFacts, tally: _Tally) -> None:
    told = await run.told(part)
    customers = {one.customer_id: one for one in told.customers}
    for recommendation in await run.recommendations(part):
        tally.customers += 1
        customer = customers.get(recommendation.customer_id) or Customer(
            customer_id=recommendation.customer_id
        )
        preferences: Mapping[str, Preference] = {
            one.product_id: one for one in preferences_of(customer, told.scores)
        }
        for pick in recommendation.picks:
            claim = Claim(shop, customer, preferences, pick)
            tally.add(customer.customer_id, pick, problem_of(claim))
