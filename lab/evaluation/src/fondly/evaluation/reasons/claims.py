"""What each kind of reason claims, and how it is false; see `fondly.contracts.records.ReasonKind`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.records import LIKED_FROM, Customer, Pick, Product, Reason, ReasonKind
from fondly.evaluation.reasons.shop import Category, ShopFacts
from fondly.recommender.domain.history.preferences import Preference

ROUNDING = 1e-9
MIN_LIKENESS = 0.1
"""How alike two names must be, beside what two products have in common by their categories."""
BETTER_BY, RATED_BETTER_BY = Decimal("0.2"), 50
"""How many stars more are better, and from how many ratings on."""
SEVERAL = 3
"""From how many customers with something of both one category goes with another."""
PART_LEVELS = 2
"""How many levels of a category path are a part of the shop."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A pick with its reason, and everything it may be about."""

    shop: ShopFacts
    customer: Customer
    preferences: Mapping[str, Preference]
    pick: Pick

    @property
    def reason(self) -> Reason:
        """Why the product was picked."""
        return self.pick.reason

    @property
    def product(self) -> Product:
        """The picked product."""
        return self.pick.product

    @property
    def own(self) -> Product:
        """The customer's product that the reason is about; call it after `_own_product_problem`."""
        return self.shop.products[self.reason.product_id or ""]

    @property
    def families(self) -> tuple[str, str]:
        """The families of the customer's product and of the pick."""
        family = self.shop.families.family
        return family(self.own.product_id), family(self.product.product_id)


Problem = str | None
"""Why a reason is false; None if it is true."""


def problem_of(claim: Claim) -> Problem:
    """Return why a pick's reason is false, None if the run's records prove it."""
    known = claim.shop.products.get(claim.product.product_id)
    if known is None:
        return "the product is not in the run's catalogue"
    if claim.product != known:
        return "the product's facts differ from those in the run's catalogue"
    check, evidence = CLAIMS[claim.reason.kind]
    if unused := claim.reason.model_dump(exclude_defaults=True).keys() - evidence - {"kind"}:
        return f"{claim.reason.kind} claims nothing by {', '.join(sorted(unused))}"
    problem = _own_product_problem(claim) if evidence >= OWN_PRODUCT else None
    return problem or check(claim)


def _own_product_problem(claim: Claim) -> Problem:
    reason = claim.reason
    if reason.product_id is None:
        return "no product of the customer is named"
    if reason.product_id not in claim.preferences:
        return f"the customer has no product {reason.product_id}"
    own = claim.shop.products.get(reason.product_id)
    if own is None or (reason.product_name, reason.product_brand) != (own.name, own.brand):
        return f"{reason.product_id} has another name in the run's catalogue, or is not in it"
    if reason.review_id is None:
        is_bought = any(one.product_id == own.product_id for one in claim.customer.purchases)
        return None if is_bought else f"no review or purchase of {own.product_id} is named"
    reviews = {review.review_id: review.product_ids for review in claim.customer.reviews}
    if reason.review_id not in reviews:
        return f"the customer has no review {reason.review_id}"
    is_about = reason.product_id in reviews[reason.review_id]
    return None if is_about else f"review {reason.review_id} is not about {reason.product_id}"


def _not_liked(claim: Claim) -> Problem:
    value = claim.preferences[claim.own.product_id].value
    if value is None:
        return f"nothing is known of what the customer thinks of {claim.own.product_id}"
    if value < LIKED_FROM:
        return f"the customer's opinion of {claim.own.product_id} is {value:.2f}, below {LIKED_FROM}"
    return None


def _liked(claim: Claim) -> Problem:
    return _not_liked(claim) or _unlike(claim) or _not_of_one_kind(claim)


def _unlike(claim: Claim) -> Problem:
    ids, shop = (claim.product.product_id, claim.own.product_id), claim.shop
    for name, found, least in (
        ("similarity", shop.similarity(*ids), shop.rules.min_similarity),
        ("name's likeness", shop.likeness(*ids), MIN_LIKENESS),
    ):
        if found < least - ROUNDING:
            return f"its {name} to {claim.own.product_id} is {found:.2f}, below {least}"
    return None


def _also_liked(claim: Claim) -> Problem:
    least = claim.shop.rules.min_linking_customers
    problem = claim.shop.liked.problem(*claim.families, claim.reason.customers, least=least)
    return problem or _not_liked(claim)


def _bought_together(claim: Claim) -> Problem:
    least = claim.shop.rules.min_linking_customers
    return claim.shop.bought.problem(*claim.families, claim.reason.customers, least=least)


def _goes_with(claim: Claim) -> Problem:
    one, other = claim.own.category, claim.product.category
    fits = claim.shop.fits(claim.product.product_id, claim.own.product_id)
    if fits is False or (not fits and claim.shop.needs_fit(claim.product.product_id)):
        return f"it does not fit {claim.own.product_id}"
    if not fits and not claim.shop.authored.goes_with(one, other):
        return f"nobody wrote down that {_path(other)} goes with {_path(one)}, and nothing shows that it fits"
    return None if claim.reason.customers is None else _not_owned_together(claim)


def _not_owned_together(claim: Claim) -> Problem:
    pair = claim.own.category, claim.product.category
    return claim.shop.leaves.problem(*pair, claim.reason.customers, least=SEVERAL)


def _same_shelf(claim: Claim) -> Problem:
    one, other = claim.product.category, claim.own.category
    is_near = len(one) > PART_LEVELS and one[:PART_LEVELS] == other[:PART_LEVELS]
    return None if one and (one == other or is_near) else f"{_path(one)} is not near {_path(other)}"


def _not_of_one_kind(claim: Claim) -> Problem:
    one, other = claim.product.category, claim.own.category
    is_one_kind = claim.shop.authored.same_kind(one, other)
    return None if is_one_kind else f"{_path(one)} is not the kind of {_path(other)}"


def _better_rated(claim: Claim) -> Problem:
    if other_kind := _not_of_one_kind(claim):
        return other_kind
    ours, theirs = claim.product.rating, claim.own.rating
    if ours is None or theirs is None or ours < theirs + BETTER_BY:
        return f"its rating is {ours}, that of {claim.own.product_id} is {theirs}"
    return _too_few_ratings(claim, RATED_BETTER_BY)


def _well_rated(claim: Claim) -> Problem:
    rating, least = claim.product.rating, claim.shop.rules.well_rated_from
    if rating is None or float(rating) < least:
        return f"its rating is {rating}, below {least}"
    return _too_few_ratings(claim, claim.shop.rules.min_ratings)


def _too_few_ratings(claim: Claim, least: int) -> Problem:
    count = claim.product.rating_count
    return f"it has {count} ratings, fewer than {least}" if count is None or count < least else None


def _new(claim: Claim) -> Problem:
    since, days = claim.product.available_from, claim.shop.rules.new_for_days
    if since is None:
        return "it is not known since when the shop sells it"
    age_s = claim.shop.now - since
    if not 0 <= age_s <= days * SECONDS_PER_DAY:
        return f"the shop has sold it for {age_s / SECONDS_PER_DAY:.1f} days, not for 0 to {days}"
    part = claim.reason.category
    if len(part) > PART_LEVELS or not part or claim.product.category[: len(part)] != part:
        return f"{_path(part)} is not its part of the shop"
    has_bought_there = any(one.category[:PART_LEVELS] == part for one in _owned(claim))
    return None if has_bought_there else f"the customer has nothing of {_path(part)}"


def _popular_in_category(claim: Claim) -> Problem:
    category = claim.reason.category
    if not category or claim.product.category[: len(category)] != category:
        return f"it is not in {_path(category)}"
    return _rank_problem(claim, category)


def _rank_problem(claim: Claim, category: Category) -> Problem:
    ranks, out_of = claim.shop.ranks(claim.product.product_id, category)
    claimed = claim.reason.rank
    if claimed is None or claimed not in ranks or claim.reason.out_of != out_of:
        return f"number {claimed} of {claim.reason.out_of} is claimed, it is {ranks[0]} of {out_of}"
    if not claim.shop.is_among_most_popular(claimed, out_of):
        return f"number {claimed} of {out_of} is not among the most popular"
    return None


def _featured(claim: Claim) -> Problem:
    return None if claim.product.product_id in claim.shop.own.pinned else "the shop did not pin it"


def _owned(claim: Claim) -> Iterable[Product]:
    products = claim.shop.products
    return (products[each] for each in claim.preferences if each in products)


def _path(category: Category) -> str:
    return " > ".join(category) or "no category"


OWN_PRODUCT = frozenset({"product_id", "product_name", "product_brand", "review_id"})
_COUNTED = OWN_PRODUCT | {"customers"}
_RANKED = frozenset({"rank", "out_of"})
CLAIMS: Mapping[ReasonKind, tuple[Callable[[Claim], Problem], frozenset[str]]] = {
    ReasonKind.LIKED: (_liked, OWN_PRODUCT),
    ReasonKind.ALSO_LIKED: (_also_liked, _COUNTED),
    ReasonKind.BOUGHT_TOGETHER: (_bought_together, _COUNTED),
    ReasonKind.GOES_WITH: (_goes_with, _COUNTED),
    ReasonKind.ALSO_BOUGHT: (_not_owned_together, _COUNTED),
    ReasonKind.BETTER_RATED: (_better_rated, OWN_PRODUCT),
    ReasonKind.SAME_SHELF: (_same_shelf, OWN_PRODUCT),
    ReasonKind.NEW: (_new, frozenset({"category"})),
    ReasonKind.POPULAR_IN_CATEGORY: (_popular_in_category, _RANKED | {"category"}),
    ReasonKind.WELL_RATED: (_well_rated, frozenset()),
    ReasonKind.POPULAR: (lambda claim: _rank_problem(claim, ()), _RANKED),
    ReasonKind.FEATURED: (_featured, frozenset()),
    ReasonKind.ASSORTMENT: (lambda _: None, frozenset()),
}
"""How each kind of reason is false, and which of a reason's members it uses; all others are absent."""
