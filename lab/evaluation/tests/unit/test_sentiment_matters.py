"""What customers write decides what they are shown, and what they are told that they liked."""

from collections.abc import Sequence

import pytest

from fondly.contracts.records import ReasonKind, Recommendation, Sentiment, SentimentScores
from fondly.evaluation.own_data.picking import Picked, pick_products
from fondly.evaluation.own_data.reading import Data, read_data
from fondly.evaluation.own_data.scoring import read_texts
from fondly.evaluation.sample import write_sample
from fondly.recommender.domain.picking.rules import Rules, RunRules
from fondly.sentiment.domain.readings import Reading, Readings
from fondly.sentiment.domain.scores import Score

NOW = 1_800_000_000
LIKINGS = {ReasonKind.LIKED, ReasonKind.ALSO_LIKED}
OPPOSITE = {Sentiment.POSITIVE: Sentiment.NEGATIVE, Sentiment.NEGATIVE: Sentiment.POSITIVE}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """A sample of a shop with enough data to train on; its reviews have no stars."""
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    write_sample(path, customers=500, products=100)
    return read_data(path)


@pytest.fixture(scope="module")
def texts(data: Data) -> Readings:
    """What the texts say."""
    return read_texts(data.customers, data.shared_texts)


@pytest.fixture(scope="module")
def truly_picked(data: Data, texts: Readings) -> Sequence[Recommendation]:
    """What everybody gets by what the texts say."""
    return picked(data, texts).recommendations


def flipped(reading: Reading) -> Reading:
    """Praise read as blame, and blame as praise."""
    score = reading.score
    if score.sentiment is None or score.scores is None:
        return reading
    scores = SentimentScores(
        positive=score.scores.negative,
        negative=score.scores.positive,
        neutral=score.scores.neutral,
        mixed=score.scores.mixed,
    )
    return Reading(Score(OPPOSITE.get(score.sentiment, score.sentiment), scores), reading.language)


def picked(data: Data, texts: Readings) -> Picked:
    """Pick for everybody, as a run does."""
    rules = RunRules(rules=Rules())
    return pick_products(
        data.products,
        data.customers,
        texts=texts,
        shared_texts=data.shared_texts,
        rules=rules,
        now=NOW,
    )


def test_flipped_scores_change_the_picks(
    data: Data, texts: Readings, truly_picked: Sequence[Recommendation]
) -> None:
    """Most customers get other products, and nobody is told of the same liking."""
    true = truly_picked
    false = picked(data, {words: flipped(reading) for words, reading in texts.items()}).recommendations
    changed = sum(
        {pick.product.product_id for pick in one.picks} != {pick.product.product_id for pick in other.picks}
        for one, other in zip(true, false, strict=True)
    )
    assert changed > len(true) / 2
    for one, other in zip(true, false, strict=True):
        liked, then = (
            {pick.reason.product_id for pick in each.picks if pick.reason.kind in LIKINGS}
            for each in (one, other)
        )
        assert not liked & then


def test_nobody_is_told_of_a_liking_that_their_words_do_not_show(
    data: Data, texts: Readings, truly_picked: Sequence[Recommendation]
) -> None:
    """Every liking that a reason names is of a review that counts as one."""
    by_id = {customer.customer_id: customer for customer in data.customers}
    told = 0
    for one in truly_picked:
        reviews = {review.review_id: review for review in by_id[one.customer_id].reviews}
        for reason in (pick.reason for pick in one.picks if pick.reason.kind in LIKINGS):
            assert reason.review_id is not None
            scores = texts[reviews[reason.review_id].document].score.scores
            assert scores is not None
            assert scores.is_liking
            told += 1
    assert told > 0
