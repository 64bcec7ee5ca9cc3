"""A run's results are fetched into a folder, with what its customers said."""

import json
from decimal import Decimal
from pathlib import Path

from encore.contracts import object_keys
from encore.contracts.records import (
    AspectMention,
    Customer,
    Product,
    ProductSentiment,
    Recommendation,
    RecommendationSource,
    Review,
    ScoredReview,
    Sentiment,
    SentimentSummary,
)
from encore.runtime.storage import DynamoDBItems
from encore.stack.collect import collect
from encore.stack.observer import Observer, observe
from encore.stack.provision import Resources
from encore.stack.sentiment_figures import exported
from tools.stack.tests.gallery_pages import listed, packed

RUN = "run-0123456789abcdef"
MESSAGE = b"Subject: Hello\r\nContent-Type: text/plain\r\n\r\nHello"
REVIEW = Review(review_id="r", product_ids=("p",), text="😀 The lid <b>leaks</b>")
SCORED = ScoredReview(
    review_id="r",
    customer_id="c",
    product_ids=("p",),
    sentiment=Sentiment.NEGATIVE,
    aspects=(AspectMention(aspect="lid", sentiment=Sentiment.NEGATIVE, begin=6, end=9),),
)


async def store_run(observer: Observer) -> None:
    """Store a run of one customer with one review and one email."""
    objects = observer.objects
    kettle = Product(product_id="p", name="Kettle", category=("Home",), price=Decimal(9), currency="INR")
    picks = Recommendation(customer_id="c", source=RecommendationSource.POPULARITY, picks=())
    await objects.put_lines(object_keys.products(RUN), [kettle])
    await objects.put_lines(object_keys.customers(RUN, 1), [Customer(customer_id="c", reviews=(REVIEW,))])
    await objects.put_lines(object_keys.sentiment(RUN, 1), [SCORED])
    await objects.put_lines(
        object_keys.product_sentiment(RUN), [ProductSentiment(product_id="p", negative=1)]
    )
    await objects.put_lines(object_keys.recommendations(RUN, 1), [picks])
    await objects.put(object_keys.email(RUN, "c"), MESSAGE, content_type="message/rfc822")
    record = {"run_id": RUN, "customer_id": "c", "subject": "Hello", "preheader": "", "copy_source": "ai"}
    await DynamoDBItems(observer.dynamodb, observer.resources.tables["emails"]).put_all([record])


async def test_reviews_and_opinions_are_in_the_gallery(resources: Resources, tmp_path: Path) -> None:
    """Each email has its customer's reviews, each category its products."""
    async with observe(resources) as observer:
        await store_run(observer)
        assert await observer.sentiment(RUN) is None
        said = SentimentSummary(texts=1, scored=1, empty=0, labels={Sentiment.NEGATIVE: 1})
        await observer.objects.put_lines(object_keys.sentiment_summary(RUN), [said])
        assert await observer.sentiment(RUN) == said
        await collect(observer, RUN, 1, tmp_path, {"run_id": RUN, "sentiment": exported(said)})
    page = tmp_path / "index.html"
    assert [row[-1] for row in listed(page)["emails"]] == [0b10]
    ((review,),) = packed(page, "bodies-0")["reviews"]
    assert review["pieces"][1] == {"text": "lid", "aspect": "lid", "sentiment": "NEGATIVE"}
    assert review["pieces"][2] == {"text": " <b>leaks</b>"}
    (category,) = packed(page, "categories")
    assert category["products"] == [{"name": "Kettle", "labels": "1 negative", "aspects": []}]
    assert json.loads((tmp_path / "summary.json").read_text())["sentiment"]["labels"] == {"NEGATIVE": 1}
    assert (tmp_path / "emails" / "c.eml").read_bytes() == MESSAGE


async def test_a_run_that_failed_early_has_an_empty_gallery(resources: Resources, tmp_path: Path) -> None:
    """Whatever it has not stored is left out, also if it has parts that nobody has finished."""
    async with observe(resources) as observer:
        await collect(observer, RUN, 2, tmp_path, {"run_id": RUN, "sentiment": None})
    assert listed(tmp_path / "index.html")["emails"] == []
    assert (tmp_path / "rejects.jsonl").read_bytes() == b""
