"""What customers have, and what their own reviews praise and blame."""

from collections.abc import Sequence

from fondly.contracts.records import AspectMention, Customer, ProductAspect, ScoredReview, Sentiment
from fondly.recommender.domain.history.history import Told
from fondly.recommender.domain.history.preferences import (
    MAX_ASPECTS,
    Preference,
    mentions_by_review,
    own_aspects,
    own_products,
)
from fondly.recommender.domain.picking.recommending import recommend
from services.recommender.tests.fakes import product, review
from services.recommender.tests.shops import shop_of

PRODUCTS = {one.product_id: one for one in (product("P1", "Watch"), product("P2", "Watch, black"))}
GOOD, BAD = Sentiment.POSITIVE, Sentiment.NEGATIVE


def mention(aspect: str, sentiment: Sentiment = GOOD, begin: int = 0) -> AspectMention:
    """What a text says about an aspect, from this character on."""
    return AspectMention(aspect=aspect, sentiment=sentiment, begin=begin, end=begin + len(aspect))


def scored(review_id: str, *aspects: AspectMention, customer_id: str = "C") -> ScoredReview:
    """A scored review of the customer's."""
    return ScoredReview(review_id=review_id, customer_id=customer_id, product_ids=(), aspects=aspects)


def told(
    reviews: Sequence[ScoredReview], sentiment: Sentiment = GOOD, *, products: Sequence[str] = ("P1",)
) -> list[tuple[str, str]]:
    """The products and aspects told of a customer whose reviews are all about the same products."""
    customer = Customer(customer_id="C", reviews=tuple(review(one.review_id, *products) for one in reviews))
    found = own_aspects(customer, mentions_by_review(reviews), PRODUCTS, sentiment)
    return [(one.product_id, one.aspect) for one in found]


def test_only_aspects_with_the_wanted_sentiment_are_told() -> None:
    """What is mentioned with neither or with both is neither praised nor blamed."""
    others = (mention("strap", Sentiment.NEUTRAL), mention("price", Sentiment.MIXED))
    reviews = [scored("R1", mention("battery"), mention("screen", BAD), *others)]
    assert told(reviews) == [("P1", "battery")]
    assert told(reviews, BAD) == [("P1", "screen")]


def test_aspects_come_in_the_order_of_the_reviews_and_of_their_words() -> None:
    """An aspect of the same product is told once, where it comes first."""
    first = scored("R1", mention("screen", begin=20), mention("battery", begin=5))
    second = scored("R2", mention("strap"), mention("battery"))
    assert [aspect for _, aspect in told([first, second])] == ["battery", "screen", "strap"]
    assert [aspect for _, aspect in told([second, first])] == ["strap", "battery", "screen"]


def test_a_review_of_several_products_counts_for_the_first_in_the_catalogue() -> None:
    """A product that the run does not know has no name to tell."""
    reviews = [scored("R1", mention("battery"))]
    assert told(reviews, products=("gone", "P2", "P1")) == [("P2", "battery")]
    assert told(reviews, products=("gone",)) == []


def test_no_more_than_a_handful_is_told() -> None:
    """The first ones."""
    reviews = [scored("R1", *(mention(f"part {n}", begin=n) for n in range(30)))]
    assert told(reviews) == [("P1", f"part {n}") for n in range(MAX_ASPECTS)]


def test_recommendations_tell_what_their_customers_own_reviews_say() -> None:
    """With the product's name; another customer's review with the same id tells nothing."""
    people = [Customer(customer_id=name, reviews=(review("R", "P1"),)) for name in ("C", "D")]
    about = [scored("R", mention("battery"), mention("strap", BAD, begin=9))]
    mine, other = recommend(Told(people, about, {}), {}, shop_of(list(PRODUCTS.values()))).recommendations
    assert mine.praised == (ProductAspect(product_id="P1", product_name="Watch", aspect="battery"),)
    assert mine.blamed == (ProductAspect(product_id="P1", product_name="Watch", aspect="strap"),)
    assert (other.praised, other.blamed) == ((), ())


def test_tells_what_the_customer_has_and_thinks_of_it() -> None:
    """A product that is not in the catalogue is left out."""
    preferences = [
        Preference(product_id="P1", value=-0.9),
        Preference(product_id="gone", value=0.9),
        Preference(product_id="P2"),
    ]
    found = own_products(preferences, PRODUCTS)
    assert [(one.product_id, one.polarity, one.is_disliked) for one in found] == [
        ("P1", -0.9, True),
        ("P2", None, False),
    ]
