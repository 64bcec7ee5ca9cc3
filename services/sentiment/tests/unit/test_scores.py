import pytest

from fondly.contracts.records import (
    AspectMention,
    Customer,
    Opinion,
    Review,
    Sentiment,
    SentimentScores,
    SharedText,
)
from fondly.sentiment.domain.answers import mentions_of, one_each
from fondly.sentiment.domain.readings import Reading, review_opinions, scored_reviews, shared_opinions
from fondly.sentiment.domain.scores import SCORE, Score, combined, score_of
from fondly.sentiment.domain.totals import CategoryTally, RunTally, product_sentiment


def score(sentiment: Sentiment, positive: float, negative: float) -> Score:
    """A score whose remainder is neutral."""
    neutral = round(1 - positive - negative, 6)
    return Score(sentiment, SentimentScores(positive=positive, negative=negative, neutral=neutral, mixed=0))


PRAISE = score(Sentiment.POSITIVE, 0.9, 0.05)
BLAME = score(Sentiment.NEGATIVE, 0.05, 0.9)


def mention(aspect: str, sentiment: Sentiment, begin: int = 0) -> AspectMention:
    """A mention of an aspect."""
    return AspectMention(aspect=aspect, sentiment=sentiment, begin=begin, end=begin + len(aspect))


def opinion(opinion_id: str, *aspects: AspectMention, polarity: float = 1.0) -> Opinion:
    """A positive opinion on product `p`."""
    return Opinion(
        product_id="p",
        opinion_id=opinion_id,
        sentiment=Sentiment.POSITIVE,
        polarity=polarity,
        aspects=aspects,
    )


def test_a_score_reads_back_as_written() -> None:
    """Confidences to the last digit, and errors."""
    scores = SentimentScores(positive=0.123457, negative=0.3, neutral=1 / 3, mixed=0)
    for each in (Score(Sentiment.MIXED, scores), Score(error="InvalidRequestException"), Score()):
        assert SCORE.read(SCORE.write(each)) == each


def test_a_reply_in_single_precision_is_stored_within_bounds() -> None:
    """Confidences that are slightly outside 0 to 1 are clamped; more digits than they mean are dropped."""
    found = score_of(
        {
            "Sentiment": "POSITIVE",
            "SentimentScore": {"Positive": 1.0000001, "Negative": -1e-9, "Neutral": 0.12345678},
        }
    )
    assert found.scores == SentimentScores(positive=1, negative=0, neutral=0.123457, mixed=0)


def test_chunks_that_agree_make_a_document_that_says_the_same() -> None:
    """The mean, weighted by length."""
    found = combined([(300, PRAISE), (100, score(Sentiment.POSITIVE, 0.5, 0.05))])
    assert found.sentiment is Sentiment.POSITIVE
    assert found.scores is not None
    assert found.scores.positive == pytest.approx(0.8 - 0.05)
    assert found.scores.mixed == pytest.approx(0.1)


def test_chunks_that_contradict_each_other_make_a_mixed_document() -> None:
    """What praise and blame have in common becomes mixed; the four still add up to 1."""
    found = combined([(100, PRAISE), (100, BLAME)])
    assert found.sentiment is Sentiment.MIXED
    assert found.scores is not None
    assert sum(found.scores.model_dump().values()) == pytest.approx(1, abs=1e-5)


def test_a_document_with_an_unscored_chunk_is_unscored() -> None:
    """Half of a document's words may not say what the whole says."""
    assert combined([(100, PRAISE), (100, Score(error="InvalidRequestException"))]).scores is None


def test_every_review_is_returned_scored_or_not() -> None:
    """Reviews without a score stay in the list, so later stages see all of them."""
    customer = Customer(
        customer_id="c",
        reviews=(
            Review(review_id="r1", product_ids=("p1", "p2"), text="good"),
            Review(review_id="r2", product_ids=("p1",), text="odd"),
            Review(review_id="r3", product_ids=("p1",)),
        ),
    )
    found = scored_reviews(
        [customer],
        {
            "good": Reading(PRAISE, "en", (mention("strap", Sentiment.POSITIVE),)),
            "odd": Reading(Score(error="E")),
        },
    )
    assert [(one.review_id, one.sentiment, one.error) for one in found] == [
        ("r1", "POSITIVE", None),
        ("r2", None, "E"),
        ("r3", None, None),
    ]
    assert (found[0].language, found[0].aspects[0].aspect) == ("en", "strap")
    opinions = list(review_opinions(found))
    assert [(one.product_id, one.opinion_id) for one in opinions] == [("p1", "r1"), ("p2", "r1")]


def test_a_shared_text_is_an_opinion_under_a_lasting_name() -> None:
    """The same words in a later run replace it instead of counting twice."""
    texts = [SharedText(product_id="p", text=words) for words in ("good", "good ", "silent")]
    found = shared_opinions(texts, {"good": Reading(PRAISE)})
    assert [one.opinion_id for one in found] == [texts[0].text_id] * 2
    assert found[0].polarity == pytest.approx(0.85)


def test_an_aspect_is_mentioned_once_with_one_verdict() -> None:
    """Neutral mentions give way; praise and blame together are mixed."""
    found = one_each(
        [
            mention("strap", Sentiment.NEGATIVE, 40),
            mention("strap", Sentiment.NEUTRAL, 10),
            mention("dial", Sentiment.POSITIVE, 20),
            mention("dial", Sentiment.NEGATIVE, 30),
        ]
    )
    assert found == (
        mention("strap", Sentiment.NEGATIVE, 10),
        mention("dial", Sentiment.MIXED, 20),
    )


def test_only_qualities_are_aspects() -> None:
    """Comprehend also finds persons and brands."""
    glad = {"MentionSentiment": {"Sentiment": "POSITIVE"}}
    mentions = [
        {"Text": "Strap ", "BeginOffset": 0, "EndOffset": 5, "Type": "ATTRIBUTE", **glad},
        {"Text": "Zoë", "BeginOffset": 9, "EndOffset": 12, "Type": "PERSON", **glad},
    ]
    assert [one.aspect for one in mentions_of({"Entities": [{"Mentions": mentions}]})] == ["strap"]


def test_a_product_counts_all_opinions_and_tells_aspects_from_two_on() -> None:
    """One mention is an anecdote."""
    strap = mention("strap", Sentiment.POSITIVE)
    found = product_sentiment(
        "p", [opinion("a", strap), opinion("b", strap, mention("dial", Sentiment.NEGATIVE), polarity=0.5)]
    )
    assert (found.positive, found.polarity) == (2, 0.75)
    assert [(one.aspect, one.praised) for one in found.aspects] == [("strap", 2)]


def test_a_text_about_variants_counts_once_for_their_category() -> None:
    """The same review stands under each colour."""
    strap = mention("strap", Sentiment.NEGATIVE)
    tally = CategoryTally()
    opinions = [opinion(str(number), strap) for number in range(5)]
    for _ in range(3):
        tally.add(opinions)
    category = tally.total(("Watches",))
    assert (category.products, category.scored) == (3, 5)
    assert [(one.aspect, one.blamed) for one in category.aspects] == [("strap", 5)]


def test_the_most_praised_aspects_have_many_mentions_and_mostly_praise() -> None:
    """Ninety of a hundred come before five of five, and before three of a hundred."""
    tally = RunTally()
    for aspect, praised, blamed in (("strap", 90, 10), ("dial", 5, 0), ("box", 3, 97)):
        for sentiment, amount in ((Sentiment.POSITIVE, praised), (Sentiment.NEGATIVE, blamed)):
            for _ in range(amount):
                tally.add(sentiment, [mention(aspect, sentiment)])
    tally.add(None, [])
    summary = tally.summary(texts=210, empty=1, languages={"en": 205})
    assert [one.aspect for one in summary.praised] == ["strap", "dial", "box"]
    assert [one.aspect for one in summary.blamed] == ["box", "strap"]
    assert summary.scored == 205
