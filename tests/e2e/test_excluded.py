"""Customers who get no email, and what is sold out, through the running services; ingest is played here."""

import json
import os
from urllib.request import urlopen

import pytest

from fondly.contracts import object_keys
from fondly.contracts.records import Customer, Exclusion, Purchase, Recommendation
from services.recommender.tests.fakes import Shop, made_up_shop
from tests.support.pipeline import Pipeline
from tests.support.played_ingest import PlayedIngest

pytestmark = pytest.mark.timeout(700)
SHOP = made_up_shop(customers=48, part_size=24)


@pytest.fixture
def ingest(pipeline: Pipeline) -> PlayedIngest:
    """Ingest's part in a run."""
    return PlayedIngest(pipeline)


def paid_calls() -> dict[str, object]:
    """What understudy has been asked so far, by operation."""
    with urlopen(f"{os.environ['AWS_ENDPOINT_URL_COMPREHEND']}/_understudy/usage", timeout=10) as answer:  # noqa: S310 - loopback
        return dict(json.load(answer))


def with_texts(shop: Shop) -> list[list[Customer]]:
    """The shop's customers, whose reviews have words of their own."""
    return [
        [
            one.model_copy(
                update={
                    "reviews": tuple(
                        review.model_copy(update={"text": f"Good, says {review.review_id}."})
                        for review in one.reviews
                    )
                }
            )
            for one in part
        ]
        for part in shop.parts
    ]


async def test_nobody_is_asked_anything_for_a_run_without_anybody_to_mail(
    pipeline: Pipeline, ingest: PlayedIngest
) -> None:
    """It is finished with 0 emails, and understudy has had no call, of Comprehend, Personalize or Bedrock."""
    await pipeline.quiet()
    before = paid_calls()
    parts = [
        [one.model_copy(update={"exclusion": Exclusion.NO_CONSENT}) for one in part]
        for part in with_texts(SHOP)
    ]
    finished = await ingest.run("run-nobody", SHOP.products, *parts)
    assert (finished.status, finished.counts["emails"], finished.counts["reviews_scored"]) == (
        "finished",
        0,
        0,
    )
    assert finished.counts["reviews_left_out"] == sum(len(one.reviews) for part in parts for one in part)
    assert await pipeline.emails("run-nobody") == {}
    assert paid_calls() == before
    assert not {"comprehend", "personalize", "bedrock"} & finished.cost_usd.keys()


async def test_the_others_get_emails_with_what_is_in_stock(pipeline: Pipeline, ingest: PlayedIngest) -> None:
    """One customer in three is mailed; two products in three are sold out; some have only bought things."""
    products = [
        one.model_copy(update={"in_stock": place % 3 == 0}) for place, one in enumerate(SHOP.products)
    ]
    causes = (None, Exclusion.NO_CONSENT, Exclusion.UNDER_AGE)
    bought = Purchase(order_id="O", product_id=products[0].product_id, timestamp=1_700_000_000)
    parts = [
        [
            one.model_copy(
                update={
                    "exclusion": causes[n % 3],
                    "purchases": (bought,),
                    **({"reviews": ()} if n % 2 else {}),
                }
            )
            for n, one in enumerate(part)
        ]
        for part in with_texts(SHOP)
    ]
    finished = await ingest.run("run-some", products, *parts)
    mailed = {one.customer_id for part in parts for one in part if one.exclusion is None}
    assert (finished.status, finished.counts["emails"]) == ("finished", len(mailed))
    assert set(await pipeline.emails("run-some")) == mailed
    written = {
        review.review_id for part in parts for one in part for review in one.reviews if not one.exclusion
    }
    assert finished.counts["reviews_scored"] == finished.counts["texts_asked"] == len(written)
    for part in (1, 2):
        key = object_keys.recommendations("run-some", part)
        for one in await pipeline.observer.objects.get_lines(key, Recommendation):
            assert [pick.product.product_id for pick in one.picks if not pick.product.in_stock] == []
            assert bought.product_id not in {pick.product.product_id for pick in one.picks}
            assert 3 <= len(one.picks) <= 5
