"""What a customer would object to in their list, counted over all lists."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

from fondly.contracts.records import Pick, Product, ReasonKind, Recommendation
from fondly.evaluation.frozen import Frozen
from fondly.evaluation.metrics import largest_share, share
from fondly.recommender.domain.history.preferences import EventType, Preference

Fits = Callable[[Product, Sequence[Product]], bool | None]
"""Whether an accessory fits anything of what is owned; None for a product that is of use by itself."""
IMPERSONAL = frozenset(
    {
        ReasonKind.POPULAR,
        ReasonKind.POPULAR_IN_CATEGORY,
        ReasonKind.WELL_RATED,
        ReasonKind.ASSORTMENT,
        ReasonKind.FEATURED,
    }
)
"""The reasons that say nothing of the customer."""
MANY = 3
"""From so many impersonal reasons on a list reads like anybody's."""
GENDERS: Mapping[str, str] = {
    **dict.fromkeys(("women", "womens", "woman", "ladies", "girls", "damen", "mädchen"), "female"),
    **dict.fromkeys(("men", "mens", "man", "gentlemen", "boys", "herren", "jungen"), "male"),
}
_WORD = re.compile(r"[^\W\d_]+")
_APOSTROPHES = str.maketrans("", "", "'\N{RIGHT SINGLE QUOTATION MARK}")
_BETWEEN = re.compile(r"\s*[,;|()]\s*|\s+[-\N{EN DASH}]\s+")
_SIZE = re.compile(r"(?:EU|US|UK)?\s?(?:\d{2,3}(?:[x/]\d{2})?|\d?X{0,4}[SL]|M)")


class QualityFigures(Frozen):
    """Shares of picks, but where another whole is named; None where there is nothing to count among."""

    picks_a_list: float
    most_frequent_product: float
    """The share of lists that hold the product which most lists hold."""
    fitting_accessories: float | None
    """Of what is useless without something that it fits."""
    other_gender: float | None
    """Of picks for a gender, for customers who own something for one."""
    owned_size: float | None
    """Of picks whose model is in stock in a size that the customer owns in the department."""
    owned_already: float
    """Of a title or a family that the customer has."""
    goes_with_disliked: float | None
    """Of the picks that are said to go with something."""
    impersonal: float
    impersonal_lists: float
    """Of lists: those with `MANY` impersonal reasons or more."""


@dataclass(frozen=True)
class Quality:
    """The lists of a shop's customers, with what each customer has and thinks."""

    recommendations: Sequence[Recommendation]
    preferences: Mapping[str, Sequence[Preference]]
    products: Mapping[str, Product]
    family: Callable[[str], str]
    fits: Fits

    def figures(self) -> QualityFigures:
        """Return everything that is counted."""
        every = list(self._every())
        accessories = (self.fits(pick.product, owned) for pick, owned, _ in every)
        gendered = (_is_for_others(pick.product, owned) for pick, owned, _ in every)
        sized = (self._has_owned_size(pick.product, owned) for pick, owned, _ in every)
        claimed = (
            pick.reason.product_id in disliked
            for pick, _, disliked in every
            if pick.reason.kind is ReasonKind.GOES_WITH
        )
        told = [[pick.reason.kind in IMPERSONAL for pick in one.picks] for one in self.recommendations]
        return QualityFigures(
            picks_a_list=fmean(map(len, told)) if told else 0.0,
            most_frequent_product=largest_share(
                [[pick.product.product_id for pick in one.picks] for one in self.recommendations]
            ),
            fitting_accessories=_known_share(accessories),
            other_gender=_known_share(gendered),
            owned_size=_known_share(sized),
            owned_already=share(self._is_owned(pick.product, owned) for pick, owned, _ in every),
            goes_with_disliked=_known_share(claimed),
            impersonal=share(each for one in told for each in one),
            impersonal_lists=share(sum(one) >= MANY for one in told),
        )

    def _every(self) -> Iterator[tuple[Pick, Sequence[Product], frozenset[str]]]:
        """Yield each pick with what its customer owns, and the ids of what they dislike."""
        for one in self.recommendations:
            known = self.preferences[one.customer_id]
            owned = [self.products[each.product_id] for each in known if each.product_id in self.products]
            disliked = frozenset(each.product_id for each in known if each.event_type is EventType.DISLIKED)
            yield from ((pick, owned, disliked) for pick in one.picks)

    def _is_owned(self, product: Product, owned: Iterable[Product]) -> bool:
        own, name = self.family(product.product_id), product.name.casefold()
        return any(own == self.family(each.product_id) or name == each.name.casefold() for each in owned)

    def _has_owned_size(self, product: Product, owned: Iterable[Product]) -> bool | None:
        """Return None where no size that the customer owns is to be had."""
        mine = {size for each in owned if each.category[:1] == product.category[:1] for size in sizes(each)}
        if mine.isdisjoint(self._sizes_in_stock[self.family(product.product_id)]):
            return None
        return not mine.isdisjoint(sizes(product))

    @cached_property
    def _sizes_in_stock(self) -> Mapping[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for product in self.products.values():
            if product.in_stock is not False:
                found[self.family(product.product_id)] |= sizes(product)
        return found


def sizes(product: Product) -> set[str]:
    """Return the sizes that a product's variant, or else the last parts of its name, says: `M`, `38`."""
    parts = _BETWEEN.split(product.variant) if product.variant else _BETWEEN.split(product.name)[1:]
    return {part.upper() for part in parts if _SIZE.fullmatch(part.upper())}


def genders(product: Product) -> set[str]:
    """Return for whom a product is by the words of its category and name; both or none for anybody."""
    text = " ".join((*product.category, product.name)).translate(_APOSTROPHES)
    return {GENDERS[word] for each in _WORD.findall(text) if (word := each.casefold()) in GENDERS}


def _is_for_others(product: Product, owned: Iterable[Product]) -> bool | None:
    found, theirs = genders(product), {gender for each in owned for gender in genders(each)}
    return found.isdisjoint(theirs) if found and theirs else None


def _known_share(found: Iterable[bool | None]) -> float | None:
    known = [each for each in found if each is not None]
    return fmean(known) if known else None
