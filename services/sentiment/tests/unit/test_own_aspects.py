from fondly.aspects import AspectReader
from fondly.contracts.records import Product
from fondly.sentiment.domain.bill import Bill
from fondly.sentiment.domain.documents import Document
from fondly.sentiment.use_cases.find_aspects import FindAspects
from services.sentiment.tests.world import RUN, World, customer_of

WATCH = Product.model_validate(
    {
        "product_id": "w",
        "name": "Smart watch with strap",
        "category": ("Electronics", "SmartWatches"),
        "bullets": ("Strap: silicone", "Two buttons"),
        "price": 1,
        "currency": "INR",
    }
)


async def found(words: str) -> list[tuple[str, str, str]]:
    """What a review of the watch says: aspect, sentiment, and the words that are its first mention."""
    world = World()
    await world.ingest([customer_of(1)])
    await world.objects.put_lines(f"runs/{RUN}/products.jsonl", [WATCH])
    finder = FindAspects(objects=world.objects, reader=AspectReader.load())
    mentions = (await finder.run(RUN, [Document(words, ("gone", "w"))], Bill("a")))[words]
    return [(one.aspect, str(one.sentiment), words[one.begin : one.end]) for one in mentions]


async def test_praise_and_blame_are_told_apart() -> None:
    """Offsets count code points, also behind an emoji."""
    assert await found("😀 The battery life is excellent. The strap is terrible and broke.") == [
        ("battery", "POSITIVE", "battery life"),
        ("strap", "NEGATIVE", "strap"),
    ]


async def test_the_product_itself_is_no_aspect() -> None:
    """In the review of a watch, "watch" is the product."""
    assert await found("This is a great watch.") == []
