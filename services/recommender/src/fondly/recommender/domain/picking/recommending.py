"""Recommends to all customers of a part, one after the other: nothing that is in enough lists already."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from fondly.contracts.records import Customer, Recommendation, RecommendationSource, Review, Sentiment
from fondly.recommender.domain.history.complaints import SafetyCase, complaint_of, safety_cases
from fondly.recommender.domain.history.earlier_picks import Earlier
from fondly.recommender.domain.history.history import Told
from fondly.recommender.domain.history.preferences import (
    Mentions,
    mentions_by_review,
    own_aspects,
    own_products,
    preferences_of,
    scores_by_review,
)
from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.picking.picks import Selection, pick
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.shop import Shop


@dataclass(frozen=True, slots=True)
class Recommended:
    """The recommendations of some customers, how many picks each rule had to yield for, and safety cases."""

    recommendations: list[Recommendation] = field(default_factory=list)
    yielded: Counter[Rule] = field(default_factory=Counter)
    cases: list[SafetyCase] = field(default_factory=list)

    @property
    def unsafe(self) -> int:
        """How many customers speak of danger."""
        return len({one.customer_id for one in self.cases})


def recommend(
    told: Told,
    rankings: Mapping[str, Sequence[str]],
    shop: Shop,
    earlier: Mapping[str, Earlier] = MappingProxyType({}),
    *,
    unwanted: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Recommended:
    """Recommend to all who may be mailed, in order: nothing unwanted, nor what is in enough lists already."""
    done, scores, mentions = Recommended(), scores_by_review(told.scored), mentions_by_review(told.scored)
    names = {one.customer_id for one in mailed(told.customers)}
    lists, most_lists, shown_often = Counter[str](), shop.most_lists(len(names)), set[str]()
    for customer in told.customers:
        name = customer.customer_id
        reviews = told.reviews.get(name, ())
        cases = list(safety_cases(name, reviews))
        done.cases.extend(cases)
        if name not in names:
            continue
        emails = earlier.get(name, ())[: shop.rules.emails_without_repeats]
        emailed = {product_id for email in emails for product_id in email.product_ids}
        preferences = preferences_of(customer, told.scores)
        said = (
            (one, scores.get((name, one.review_id)))
            for one in reviews
            if customer.returned.isdisjoint(one.product_ids)
        )
        shopper = Shopper(
            shop,
            preferences,
            rankings.get(name, ()),
            name,
            emailed,
            unwanted.get(name, frozenset()),
            shown_often,
            complaint=complaint_of(said, cases, preferences),
            returned=customer.returned,
        )
        selection = pick(shopper)
        done.yielded.update(selection.yielded)
        picked = [one.product.product_id for one in selection.picks]
        lists.update(picked)
        shown_often.update(one for one in picked if lists[one] >= most_lists)
        done.recommendations.append(_recommendation(customer, shopper, selection, mentions, reviews))
    return done


def _recommendation(
    customer: Customer, shopper: Shopper, selection: Selection, mentions: Mentions, reviews: Sequence[Review]
) -> Recommendation:
    products = shopper.shop.catalogue.products
    return Recommendation(
        customer_id=customer.customer_id,
        name=customer.name,
        email=customer.email,
        language=customer.language,
        time_zone=customer.time_zone,
        source=RecommendationSource.PERSONALIZE if shopper.ranked else RecommendationSource.POPULARITY,
        picks=selection.picks,
        praised=own_aspects(customer, mentions, products, Sentiment.POSITIVE),
        blamed=own_aspects(customer, mentions, products, Sentiment.NEGATIVE),
        owned=own_products(shopper.preferences, products, reviews),
        complaint=shopper.complaint,
    )


def mailed(customers: Iterable[Customer]) -> list[Customer]:
    """Return the customers who may get an email."""
    return [one for one in customers if one.exclusion is None]
