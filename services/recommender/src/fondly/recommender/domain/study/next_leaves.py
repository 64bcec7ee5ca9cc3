"""From which categories customers buy next."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property

from fondly.recommender.domain.shop.durables import Durables
from fondly.recommender.domain.shop.taxonomy import Category, same_audience
from fondly.recommender.domain.study.co_purchases import CoPurchases

PRIOR_CUSTOMERS = 8.0
"""How many customers the guess from the tree of categories counts as, beside those who bought both."""
SIZE_POWER = 0.6
"""How much more a leaf category with more customers and products is guessed: their number to this power."""
SAME, SIBLING, PART, ROOT, ELSEWHERE = 2.0, 1.5, 2.0, 0.3, 0.04
"""How much more or less by how near it is: itself, of one parent, of one part of the shop, of one root."""
RANDOM = 0.1
"""How much a customer of two leaf categories counts at least, where no more have both than by chance."""
MOST_AGAIN = 0.9
"""How likely it is at most that a customer's next product is of the same leaf category."""
KEPT = 40
"""How many leaf categories are kept for each one owned."""

Weights = Mapping[Category, float]


class NextLeaves:
    """Says how likely each leaf category comes next after one that a customer has bought from.

    Those who bought from both are counted; a guess by nearness and size stands in where there are few of them
    (Dirichlet smoothing: Zhai and Lafferty, "A study of smoothing methods for language models", 2004).
    """

    def __init__(self, bought: CoPurchases, products: Mapping[Category, int], durables: Durables) -> None:
        self._bought, self._durables = bought, durables
        self._sizes = {
            leaf: float(count + bought.leaves.owners[leaf]) ** SIZE_POWER
            for leaf, count in products.items()
            if leaf
        }
        self.repeats = bought.repeats()
        self._usual = self._usual_again()
        self.after: Callable[[Category], Weights] = cache(self._best_after)
        """Returns the likelihoods of the most likely next leaf categories; they sum to 1 at most."""
        self.again: Callable[[Category], float] = cache(self._again)
        """Returns how much of what customers of a leaf category have besides is of it too, from 0 to 1.

        Where there are few, it is also what is usual in the department, and of titles at least that.
        """

    @cached_property
    def anywhere(self) -> Weights:
        """The likelihoods for a customer of whom nothing is known."""
        total = sum(self._sizes.values())
        return {leaf: size / total for leaf, size in self._sizes.items()}

    def _best_after(self, owned: Category) -> Weights:
        return dict(sorted(self._after(owned), key=lambda found: (-found[1], found[0]))[:KEPT])

    def _again(self, leaf: Category) -> float:
        found, usual = self.repeats.get(leaf), self._usual.get(leaf[:1], 0.0)
        within, further = (found.within, found.further) if found else (0, 0)
        again = (within + PRIOR_CUSTOMERS * usual) / (further + PRIOR_CUSTOMERS)
        return min(MOST_AGAIN, max(again, usual) if self._durables.is_title(leaf) else again)

    def _usual_again(self) -> Mapping[Category, float]:
        """Return the same for each department."""
        within, further = Counter[Category](), Counter[Category]()
        for leaf, one in self.repeats.items():
            within[leaf[:1]] += one.within
            further[leaf[:1]] += one.further
        return {department: within[department] / count for department, count in further.items() if count}

    def _after(self, owned: Category) -> Iterator[tuple[Category, float]]:
        guesses = {leaf: size * self._nearness(owned, leaf) for leaf, size in self._sizes.items()}
        total = sum(guesses.values()) or 1.0
        bought = self._bought.leaves
        counts = {
            link.to: link.customers * max(RANDOM, bought.beyond_chance(owned, link.to, link.customers))
            for link in bought.of(owned)
        }
        again, repeats = self.again(owned), self.repeats.get(owned)
        counts[owned] = max(repeats.repeated if repeats else 0, sum(counts.values()) * again / (1 - again))
        customers = sum(counts.values())
        for leaf, guess in guesses.items():
            share = PRIOR_CUSTOMERS * guess / total + counts.get(leaf, 0)
            yield leaf, share / (PRIOR_CUSTOMERS + customers)

    def _nearness(self, owned: Category, leaf: Category) -> float:
        if not same_audience(owned, leaf):
            return 0.0
        if leaf == owned:
            return 0.0 if self._durables.is_durable(leaf) else SAME
        if leaf[:-1] == owned[:-1]:
            return SIBLING
        if leaf[:2] == owned[:2]:
            return PART
        return ROOT if leaf[:1] == owned[:1] else ELSEWHERE
