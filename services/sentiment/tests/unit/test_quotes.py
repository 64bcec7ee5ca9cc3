"""What of reviews may be quoted."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from fondly.contracts import object_keys
from fondly.contracts.records import (
    AspectMention,
    Customer,
    ProductQuotes,
    Quote,
    Review,
    Sentiment,
    SentimentScores,
    SharedText,
)
from fondly.sentiment.domain.quotes import BestQuotes, Candidate, candidates
from fondly.sentiment.domain.readings import Reading
from fondly.sentiment.domain.scores import Score
from services.sentiment.tests.world import RUN, World, customer_of, product_of

LIKES = SentimentScores(positive=1, negative=0, neutral=0, mixed=0)
TELLING = "The lid closes firmly and it is easy to clean."


def quoted(*texts: str, sentiment: Sentiment = Sentiment.POSITIVE, stars: int | None = None) -> list[str]:
    """What is quoted of a product with one review for each of these texts."""
    rating = None if stars is None else Decimal(stars)
    reviews = [
        Review(review_id=f"r{n}", product_ids=("p",), text=text, rating=rating)
        for n, text in enumerate(texts)
    ]
    readings = {one.document: Reading(Score(sentiment, LIKES)) for one in reviews}
    return best_of(list(candidates([Customer(customer_id="c", reviews=tuple(reviews))], (), readings)))


def best_of(*parts: Sequence[Candidate]) -> list[str]:
    """The best quotes of some parts' candidates."""
    best = BestQuotes({"p": product_of("p")})
    for take in (best.add, best.compare):
        for found in parts:
            take(found)
    return [quote.text for one in best.chosen() for quote in one.quotes]


def test_a_telling_sentence_is_quoted_letter_by_letter() -> None:
    """Whole sentences, without those around them that say less."""
    assert quoted(f"Good. {TELLING} Thank you!") == [TELLING]


@pytest.mark.parametrize(
    "sentence",
    [
        "Nice and good and very nice.",
        "it is easy to clean and light.",
        "It is easy to clean, but the lid leaks.",
        "Is it easy to clean and light?",
        "It is VERY easy to clean at home.",
        "It is easy to clean as Suresh told me.",
        "My daughter finds it easy to clean.",
        "It is easy on my back pain.",
        "Easy to clean and cheap at this price.",
        "Easy to use and delivered on time.",
        "Easy to clean, go for it guys.",
        "It is easy to clean :) and light.",
        "Easy to clean.",
    ],
)
def test_other_sentences_are_not_quoted(sentence: str) -> None:
    """No substance, not whole, a turn, a question, shouting; people, health, price, delivery; stock."""
    assert quoted(sentence) == []


def test_the_names_of_the_product_may_stand_inside() -> None:
    """A capital shows a name unless the product is called so."""
    assert quoted("This Kettle is easy to clean daily.") == ["This Kettle is easy to clean daily."]


def test_what_two_reviews_say_is_not_quoted() -> None:
    """A reader of two quotes would notice: it is stock praise, or a copied review."""
    assert quoted(TELLING, f"Good! {TELLING.upper().capitalize()}") == []


def test_only_the_content_are_quoted() -> None:
    """By the words, and by the stars where there are any."""
    assert quoted(TELLING, sentiment=Sentiment.MIXED) == []
    assert quoted(TELLING, stars=3) == []
    assert quoted(TELLING, stars=4) == [TELLING]


def test_sentences_that_praise_more_come_first_and_none_with_blame() -> None:
    """An aspect that the sentence itself praises is substance; one that it blames keeps it out."""
    texts = {
        "The quality is good and nice.": [("quality", Sentiment.POSITIVE)],
        "The lid of it is good.": [("lid", Sentiment.POSITIVE)],
        "The lid and the cord are good.": [("lid", Sentiment.POSITIVE), ("cord", Sentiment.POSITIVE)],
        "The handle is easy to burn.": [("handle", Sentiment.NEGATIVE)],
    }
    assert of_shared(texts) == ["The lid and the cord are good.", "The lid of it is good."]


def of_shared(texts: dict[str, list[tuple[str, Sentiment]]]) -> Sequence[str]:
    """What is quoted of shared texts in which these aspects were found."""
    readings = {
        text: Reading(
            Score(Sentiment.POSITIVE, LIKES),
            aspects=tuple(
                AspectMention(aspect=aspect, sentiment=sentiment, begin=4, end=8)
                for aspect, sentiment in said
            ),
        )
        for text, said in texts.items()
    }
    shared = [SharedText(product_id="p", text=text) for text in texts]
    return best_of(list(candidates((), shared, readings)))


async def test_a_runs_quotes_are_chosen_when_its_products_are_totalled() -> None:
    """From the candidates of all parts, and stored before the run is announced."""
    world = World()
    await world.ingest([customer_of(1, TELLING)], [customer_of(2, "It heats the water quickly and quietly.")])
    await world.score_all()
    [found] = await world.objects.get_lines(object_keys.quotes(RUN), ProductQuotes)
    assert {quote.text for quote in found.quotes} == {TELLING, "It heats the water quickly and quietly."}


def test_of_many_candidates_the_most_telling_are_chosen_whatever_part_they_come_in() -> None:
    """Those that somebody else wrote in another part are not."""
    telling = {f"The lid of {number:02} closes.": number // 4 for number in range(40)}
    copied = "The lid of 36 closes."
    parts = [
        [Candidate(product_id="p", opinion_id=f"o{number}", telling=telling[text], quote=Quote(text=text))]
        for number, text in enumerate([*telling, copied])
    ]
    best = ["The lid of 37 closes.", "The lid of 38 closes.", "The lid of 39 closes."]
    assert best_of(*parts) == best_of(*reversed(parts)) == best
