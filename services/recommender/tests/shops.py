"""Small shops to pick from, as the recommender learns them from a run."""

from collections.abc import Iterable, Mapping, Sequence

from fondly.contracts.records import Customer, Product, ProductSentiment, Reason, Review
from fondly.recommender.domain.history.preferences import Preference, Scores, liked_products
from fondly.recommender.domain.picking.candidates import Candidates
from fondly.recommender.domain.picking.picks import Selection
from fondly.recommender.domain.picking.reasons import Reasons
from fondly.recommender.domain.picking.rules import DEFAULT_PICKS, Rules
from fondly.recommender.domain.picking.run_rules import RunRules
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.catalogue import Catalogue
from fondly.recommender.domain.shop.families import SharedReviews
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.domain.shop.taxonomy import Category
from fondly.recommender.domain.study.co_purchases import CoPurchases
from services.recommender.tests.fakes import product, review, scores

NOW = 1_800_000_000
DAY = 86_400


def shop_of(
    products: Iterable[Product],
    customers: Sequence[Customer] = (),
    *,
    scores: Scores | None = None,
    sentiments: Iterable[ProductSentiment] = (),
    rules: Rules | None = None,
    shop: ShopRules | None = None,
    picks: int = DEFAULT_PICKS,
    now: int = NOW,
) -> Shop:
    """The shop that a run with these records knows."""
    shared = SharedReviews()
    shared.add(customers)
    catalogue = Catalogue(products, sentiments, shared)
    bought = CoPurchases(family=catalogue.family, category=catalogue.category)
    bought.add(customers, lambda one: liked_products(one, scores or {}))
    run_rules = RunRules(rules=rules or Rules(), picks=picks, shop=shop or ShopRules())
    return Shop.of(catalogue, bought, run_rules, now=now)


def shelf(category: Category, count: int, **facts: object) -> list[Product]:
    """So many unlike products of one category, called `tea0`, `tea1` and so on after its leaf."""
    leaf = category[-1].casefold()
    return [product(f"{leaf}{n}", f"{leaf}{n}", category, **facts) for n in range(count)]


def buyer(customer_id: str, *product_ids: str) -> Customer:
    """A customer who bought each product by a review of its own."""
    return Customer(
        customer_id=customer_id, reviews=tuple(own_review(customer_id, one) for one in product_ids)
    )


def own_review(customer_id: str, product_id: str) -> Review:
    """The customer's review of one product."""
    return review(f"{customer_id}-{product_id}", product_id)


def delighted(*customers: Customer) -> Scores:
    """The scores of customers who praise all that they bought."""
    return {(one.customer_id, about.review_id): scores(0.9) for one in customers for about in one.reviews}


def likes(*product_ids: str) -> list[Preference]:
    """A customer who likes these products."""
    return [Preference(product_id=one, value=0.9, review_id=f"my-{one}") for one in product_ids]


def owns(*product_ids: str) -> list[Preference]:
    """A customer who has these products and says nothing about them."""
    return [Preference(product_id=one, review_id=f"my-{one}") for one in product_ids]


def dislikes(*product_ids: str) -> list[Preference]:
    """A customer whom these products disappointed."""
    return [Preference(product_id=one, value=-0.9, review_id=f"my-{one}") for one in product_ids]


def ids(selection: Selection) -> list[str]:
    """The picked products, best first."""
    return [one.product.product_id for one in selection.picks]


def leaves(selection: Selection) -> Mapping[str, Category]:
    """The leaf category of each picked product."""
    return {one.product.product_id: one.product.category for one in selection.picks}


def reasons_for(shop: Shop, preferences: Sequence[Preference], *product_ids: str) -> list[Reason]:
    """The reasons for picking these products."""
    shopper = Shopper(shop, preferences)
    offers = [shop.offers[product_id] for product_id in product_ids]
    return Reasons(shopper, Candidates(shopper).completing).of(offers)


def reason_for(shop: Shop, preferences: Sequence[Preference], product_id: str = "pick") -> Reason:
    """The reason for one pick."""
    (reason,) = reasons_for(shop, preferences, product_id)
    return reason
