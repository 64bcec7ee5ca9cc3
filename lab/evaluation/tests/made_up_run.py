"""A made-up run with one list, and the report on its reasons."""

from collections.abc import Sequence

from fondly.contracts import object_keys
from fondly.contracts.records import (
    Customer,
    Pick,
    Product,
    Reason,
    Recommendation,
    RecommendationSource,
    ScoredReview,
    Sentiment,
    SentimentScores,
)
from fondly.evaluation.reasons.checking import ReasonReport, check_reasons
from fondly.evaluation.reasons.stored_run import StoredRun
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.preferences import scores_by_review
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.picking.run_rules import RunRules
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.study import learned_keys
from lab.evaluation.tests.shops import a_customer, a_product
from tests.support.stores import InMemoryObjects

RUN = "run-1"
DAY_S = 86_400
NOW = 1_800_000_000
PRODUCTS = [
    a_product("tv", "Electronics", "TVs", rating=4.0, rating_count=100),
    a_product("tv-better", "Electronics", "TVs", rating=4.5, rating_count=200),
    a_product("tv-rare", "Electronics", "TVs", rating=5.0, rating_count=3),
    a_product("cable", "Electronics", "HDMI Cables", name="HDMI thingcable", rating=4.1, rating_count=90),
    a_product("sofa", "Home", "Sofas", rating=3.0, rating_count=10),
    a_product("tent", "Outdoor", "Tents", available_from=NOW - 10 * DAY_S),
    a_product("old-tent", "Outdoor", "Tents", available_from=NOW - 90 * DAY_S),
    a_product("lamp", "Home", "Lamps"),
    a_product("lantern", "Home", "Lamps", "Lanterns", available_from=NOW - 10 * DAY_S),
]
BY_ID = {product.product_id: product for product in PRODUCTS}
CUSTOMERS = [
    a_customer("ann", "tv", "lamp"),
    a_customer("ben", "tv", "sofa"),
    a_customer("cem", "tv", "sofa"),
    a_customer("dan", "sofa", "tv"),
    a_customer("eva", ("tv", "sofa")),  # one review under both links nothing
]
DISLIKED = {"ann-1", "dan-0"}  # Ann's lamp, and Dan's sofa
SHOP_RULES = ShopRules(pinned=("tent",), complements={"TVs": ("Sofas",)})


def scored(customer: Customer) -> list[ScoredReview]:
    """Return clear opinions: everything is liked, but what is in `DISLIKED`."""
    found = []
    for review in customer.reviews:
        good = 0.05 if review.review_id in DISLIKED else 0.95
        scores = SentimentScores(positive=good, negative=round(1 - good, 2), neutral=0, mixed=0)
        found.append(
            ScoredReview(
                review_id=review.review_id,
                customer_id=customer.customer_id,
                product_ids=review.product_ids,
                sentiment=Sentiment.POSITIVE,
                scores=scores,
            )
        )
    return found


def picked(product: Product | str, **reason: object) -> Pick:
    """Return a pick with a reason."""
    known = BY_ID[product] if isinstance(product, str) else product
    return Pick(product=known, reason=Reason.model_validate(reason))


async def checked(
    picks: Sequence[Pick],
    customer_id: str = "ann",
    customers: Sequence[Customer] = CUSTOMERS,
    products: Sequence[Product] = PRODUCTS,
) -> ReasonReport:
    """Store a run of two parts in which a customer of the first has these picks, and check it."""
    objects = InMemoryObjects()
    await objects.put_lines(learned_keys.products(RUN), products)
    rules = RunRules(rules=Rules(), shop=SHOP_RULES).model_dump_json().encode()
    await objects.put(object_keys.run_rules(RUN), rules, content_type="application/json")
    for part, own in ((1, customers[:2]), (2, customers[2:])):
        await objects.put_lines(object_keys.customers(RUN, part), own)
        scores = [each for customer in own for each in scored(customer)]
        await objects.put_lines(object_keys.sentiment(RUN, part), scores)
        known = scores_by_review(scores)
        histories = [History.of(one, known, run_id=RUN, now=NOW) for one in own]
        await objects.put_lines(learned_keys.history(RUN, part), histories)
    recommendation = Recommendation(
        customer_id=customer_id, source=RecommendationSource.PERSONALIZE, picks=tuple(picks)
    )
    await objects.put_lines(object_keys.recommendations(RUN, 1), [recommendation])
    run = StoredRun(run_id=RUN, objects=objects, parts=(1, 2), recommended=(1,), now=NOW)
    return await check_reasons(run)
