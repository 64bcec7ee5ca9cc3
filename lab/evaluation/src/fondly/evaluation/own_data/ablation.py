"""What each part of the decision, and each rule, is worth: everything on, beside the same without it."""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from fondly.contracts.records import Customer
from fondly.evaluation.families import FamilyIndex
from fondly.evaluation.frozen import Frozen
from fondly.evaluation.metrics import Change, Interval, bootstrap, change, coverage, gini, largest_share
from fondly.evaluation.own_data.held_out import Hit, Target, hit_of, hold_out
from fondly.evaluation.own_data.picking import Learned, learn_shop, pick_learned
from fondly.evaluation.own_data.reading import Data
from fondly.evaluation.own_data.report import SEED, Announce, latest
from fondly.evaluation.own_data.scoring import read_texts
from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.picking.family_weights import Part
from fondly.recommender.domain.picking.rules import RunRules
from fondly.recommender.domain.shop.families import SharedReviews
from fondly.runtime.runs.pricing import cost_usd

MOST_LISTS = 2_000
"""How many customers get lists: those of whom something is held out, and others drawn by chance."""
TIMED, TIMES = 200, 3
"""How many of them are picked for again to measure the time, and how often: the least time counts."""
PER_CUSTOMERS = 1_000
"""The number of customers that costs are given for."""
HIT_NAMES = ("exact", "family", "leaf")


class Variety(Frozen):
    """How varied lists are: products in any, how unequally they are shown, and the share with the first."""

    coverage_products: float
    exposure_gini: float
    most_frequent_product: float


class Whole(Frozen):
    """The figures with every part."""

    held_out: int
    lists: int
    ranked: int
    """How many customers have a ranking: nobody where too little is left to train on."""
    hits: Mapping[str, Interval]
    variety: Variety
    cpu_ms: float
    """Of one customer's picks."""


class PartFigures(Frozen):
    """What changes when a part or a rule is left out."""

    part: str
    hits: Mapping[str, Change]
    variety: Variety
    """The differences of each figure."""
    cpu_ms: float
    """The difference for one customer."""
    usd: Decimal
    """What the part costs on AWS for a thousand customers with their usual histories."""


class AblationReport(Frozen):
    """What each part is worth on one shop."""

    whole: Whole
    parts: Sequence[PartFigures]


@dataclass(frozen=True, slots=True)
class _Tried:
    """Lists that were made in one way: hits by customer id, in one order, and what they are like."""

    hits: Mapping[str, Hit]
    lists: Sequence[Sequence[str]]
    variety: Variety
    cpu_ms: float

    def found(self, name: str) -> list[bool]:
        return [getattr(hit, name) for hit in self.hits.values()]


def ablate(data: Data, rules: RunRules, announce: Announce = lambda _: None) -> AblationReport:
    """Leave out each part and rule in turn; everything is learned once, from what is not held out."""
    products = {product.product_id: product for product in data.products}
    shared = SharedReviews()
    shared.add(data.customers)
    index = FamilyIndex(products, shared)
    held = hold_out(data.customers, products, index.labels)
    announce("learning")
    learned = learn_shop(
        data.products,
        held.customers,
        texts=read_texts(data.customers, data.shared_texts),
        shared_texts=data.shared_texts,
        rules=rules,
        now=latest(data),
    )
    customers = _chosen(held.customers, held.targets)

    def tried(*without: Part | Rule) -> _Tried:
        announce(f"picking without {without[0]}" if without else "picking")
        shop = replace(learned.shop, without=frozenset(without))
        return _tried(replace(learned, shop=shop), customers, held.targets, index)

    whole = tried()
    return AblationReport(
        whole=Whole(
            held_out=len(whole.hits),
            lists=len(whole.lists),
            ranked=sum(one.customer_id in learned.rankings for one in customers),
            hits={name: bootstrap(whole.found(name), seed=SEED) for name in HIT_NAMES},
            variety=whole.variety,
            cpu_ms=whole.cpu_ms,
        ),
        parts=[_part(part, whole, tried(part), learned) for part in (*Part, *Rule)],
    )


def _chosen(customers: Sequence[Customer], targets: Mapping[str, Target]) -> list[Customer]:
    """Return those of whom something is held out, and others up to `MOST_LISTS`."""
    others = [one for one in customers if one.customer_id not in targets]
    room = max(0, MOST_LISTS - len(targets))
    drawn = random.Random(SEED).sample(others, min(room, len(others)))  # noqa: S311 - no secret
    return [one for one in customers if one.customer_id in targets] + drawn


def _tried(
    learned: Learned,
    customers: Sequence[Customer],
    targets: Mapping[str, Target],
    index: FamilyIndex,
) -> _Tried:
    picked = pick_learned(learned, customers)
    offered = {one.customer_id: [pick.product for pick in one.picks] for one in picked.recommendations}
    lists = [[product.product_id for product in one] for one in offered.values()]
    counts = Counter(each for one in lists for each in one)
    products = learned.shop.catalogue.products
    variety = Variety(
        coverage_products=coverage(lists, len(products)),
        exposure_gini=gini(counts[each] for each in products),
        most_frequent_product=largest_share(lists),
    )
    hits = {
        one: hit_of(offered[one], target, index.labels) for one, target in targets.items() if one in offered
    }
    return _Tried(hits, lists, variety, _cpu_ms(learned, customers[:TIMED]))


def _cpu_ms(learned: Learned, customers: Sequence[Customer]) -> float:
    times = []
    for _ in range(TIMES):
        start = time.process_time()
        pick_learned(learned, customers)
        times.append(time.process_time() - start)
    return min(times) * 1_000 / max(1, len(customers))


def _part(part: Part | Rule, whole: _Tried, without: _Tried, learned: Learned) -> PartFigures:
    before, after = whole.variety.model_dump(), without.variety.model_dump()
    return PartFigures(
        part=part.value,
        hits={name: change(whole.found(name), without.found(name), seed=SEED) for name in HIT_NAMES},
        variety=Variety(**{name: after[name] - before[name] for name in before}),
        cpu_ms=without.cpu_ms - whole.cpu_ms,
        usd=_usd(learned) if part is Part.RANKING else Decimal(0),
    )


def _usd(learned: Learned) -> Decimal:
    """Return what training on, and ranking for, a thousand such customers costs."""
    told = sum(map(len, learned.preferences.values())) / max(1, len(learned.preferences))
    units = {
        "personalize.trained_interactions": Decimal(str(round(told * PER_CUSTOMERS))),
        "personalize.recommendations": Decimal(PER_CUSTOMERS),
    }
    return cost_usd(units)["total"]
