"""What related items do to recommendations on a file of a shop: hits, and the order of what goes together.

Of each customer with products of two families or more, what they reviewed last is held out, and once more
what they reviewed first. How often is its family, leaf category or level 2 among the picks? And where its
leaf is one that goes with something the customer has, how far up in that leaf is its family? Each customer
is tried under several ids, as an order of their own decides between what is about equally good.
"""

import argparse
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from encore.contracts.records import Customer
from encore.evaluation.families import FamilyIndex
from encore.evaluation.own_data.held_out import Target, hit_of, hold_out
from encore.evaluation.own_data.picking import Learned, learn_shop
from encore.evaluation.own_data.reading import read_data
from encore.evaluation.own_data.scoring import read_texts
from encore.recommender.domain.candidates import Candidates
from encore.recommender.domain.engines import SimilarRecipe
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.picks import pick
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.domain.shopper import Shopper

IDS = 3
WITHOUT = "without"
RESAMPLES, SEED = 2_000, 0


@dataclass
class Figures:
    """What was found: hits of each trial, and of each target that goes with something its reciprocal rank."""

    hits: list[tuple[bool, bool, bool]] = field(default_factory=list)
    ranks: dict[tuple[int, str], float] = field(default_factory=dict)
    """The mean over a customer's ids, by fold and customer."""


def main() -> None:
    """Measure with each recipe beside without, and print the table."""
    options = _options()
    data = read_data(options.csv)
    products = {one.product_id: one for one in data.products}
    shared = SharedReviews()
    shared.add(data.customers)
    index = FamilyIndex(products, shared)
    texts = read_texts(data.customers, data.shared_texts)
    times = [one.timestamp for customer in data.customers for one in customer.reviews if one.timestamp]
    learn = partial(
        learn_shop,
        data.products,
        texts=texts,
        shared_texts=data.shared_texts,
        shared=shared,
        rules=RunRules(rules=Rules()),
        now=max(times, default=0),
    )
    found: dict[str, Figures] = {name: Figures() for name in (WITHOUT, *SimilarRecipe)}
    for fold, customers in enumerate((data.customers, list(map(_reversed, data.customers)))):
        held = hold_out(customers, products, index.labels)
        without = learn(customers=held.customers)
        for name, figures in found.items():
            learned = without if name == WITHOUT else without.relating(SimilarRecipe(name))
            _measure(figures, fold, learned, held.targets, index)
    _show(found)


def _measure(
    figures: Figures, fold: int, learned: Learned, targets: dict[str, Target], index: FamilyIndex
) -> None:
    for customer_id, target in targets.items():
        ranks: list[float] = []
        for number in range(IDS):
            shopper = Shopper(
                learned.shop,
                learned.preferences[customer_id],
                learned.rankings.get(customer_id, ()),
                f"{customer_id}/{number}" if number else customer_id,
            )
            hit = hit_of([one.product for one in pick(shopper).picks], target, index.labels)
            figures.hits.append((hit.family, hit.leaf, hit.level_2))
            ranks += _ranks(Candidates(shopper), target, index)
        if ranks:
            figures.ranks[fold, customer_id] = float(np.mean(ranks))


def _ranks(candidates: Candidates, target: Target, index: FamilyIndex) -> list[float]:
    """Return the reciprocal rank of the target's family in each of its leaves that completes something."""
    ranks = []
    for leaf in sorted(target.leaves & candidates.completing.keys()):
        order = candidates.products(leaf)
        place = next((n for n, one in enumerate(order) if index.labels(one) & target.families), None)
        before = {index.family(one) for one in order[:place]}
        ranks.append(0.0 if place is None else 1 / (1 + len(before)))
    return ranks


def _show(found: dict[str, Figures]) -> None:
    without = found[WITHOUT]
    targets = len(without.ranks)
    table = Table("related items", "family", "leaf", "level 2", f"reciprocal rank of {targets}", "change")
    for name, figures in found.items():
        hits = np.array(figures.hits).mean(axis=0)
        ranks = np.array([figures.ranks[key] for key in without.ranks])
        changes = ranks - np.array(list(without.ranks.values()))
        low, high = _interval(changes)
        change = f"{changes.mean():+.4f} ({low:+.4f} to {high:+.4f})"
        table.add_row(name, *(f"{one:.4f}" for one in hits), f"{ranks.mean():.4f}", change)
    Console(width=120).print(table)


def _interval(values: np.ndarray) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean."""
    chance = np.random.default_rng(SEED)
    means = [chance.choice(values, values.size).mean() for _ in range(RESAMPLES)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def _reversed(customer: Customer) -> Customer:
    turned = {"reviews": customer.reviews[::-1], "purchases": customer.purchases[::-1]}
    return customer.model_copy(update=turned)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("csv", type=Path, help="a file that ingest accepts")
    return parser.parse_args()


if __name__ == "__main__":
    main()
