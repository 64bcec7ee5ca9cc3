"""What scores texts: understudy's model, VADER, Comprehend, and the reader of aspects."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber

from fondly.contracts.records import Sentiment, SentimentScores
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.sentiment import scoring
from fondly.evaluation.sentiment.comprehend import comprehend, estimated_usd
from fondly.evaluation.sentiment.reading import Row
from fondly.evaluation.sentiment.scoring import Prior, on_terms, on_texts, timed, understudy, vader
from fondly.sentiment.domain.scores import Score, highest
from understudy.engines.sentiment import Scores, SentimentModel

if TYPE_CHECKING:
    from types_boto3_comprehend.client import ComprehendClient

PRAISE = Row(1, "Excellent, works great.", Sentiment.POSITIVE)
BLAME = Row(2, "Terrible, broke after a day.", Sentiment.NEGATIVE)


@pytest.fixture
def client() -> "ComprehendClient":
    """Comprehend, which must not be called without a stub."""
    return boto3.client("comprehend", region_name="eu-west-1")


@pytest.fixture
def stub(client: "ComprehendClient") -> Iterator[Stubber]:
    """What Comprehend answers; every answer has to be asked for."""
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def test_understudys_model_scores_as_it_does_in_the_server() -> None:
    """The same four scores and the same label."""
    scores = on_texts(understudy())([PRAISE, BLAME])
    model = SentimentModel.load().score([PRAISE.text, BLAME.text])
    assert [each.sentiment for each in scores] == [Sentiment.POSITIVE, Sentiment.NEGATIVE]
    assert [each.scores.positive for each in scores if each.scores] == [each.positive for each in model]


def test_a_long_text_is_scored_in_chunks() -> None:
    """Its neighbours keep their own scores."""
    asked: list[str] = []

    def engine(texts: Sequence[str]) -> list[Score]:
        asked.extend(texts)
        sides = [(1.0, 0.0) if "Excellent" in text else (0.0, 1.0) for text in texts]
        scores = [SentimentScores(positive=good, negative=bad, neutral=0, mixed=0) for good, bad in sides]
        return [Score(sentiment=highest(each), scores=each) for each in scores]

    long = Row(2, "Excellent! " + "x" * 4_980 + ". " + "Terrible. " * 499, Sentiment.MIXED)
    found = on_texts(engine)([PRAISE, long, BLAME])
    assert [len(text) for text in asked] == [23, 4_992, 4_989, 28]
    assert [each.sentiment for each in found] == [Sentiment.POSITIVE, Sentiment.MIXED, Sentiment.NEGATIVE]


def test_the_prior_is_the_models_own_unless_one_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is passed by name."""
    given: list[dict[str, str]] = []

    def load(**options: str) -> object:
        given.append(options)
        return SimpleNamespace(score=lambda _: [Scores(positive=1, negative=0, neutral=0, mixed=0)])

    monkeypatch.setattr(SentimentModel, "load", load)
    understudy()
    understudy(Prior.NATURAL)
    assert given == [{}, {"prior": "natural"}]


def test_speed_does_not_count_what_is_loaded_late() -> None:
    """The first row is scored once before."""
    seen: list[int] = []

    def scorer(rows: Sequence[Row]) -> list[Score]:
        seen.append(len(rows))
        return [Score()] * len(rows)

    found = timed(scorer, [PRAISE, BLAME])
    assert (len(found.scores), seen) == (2, [1, 2])


def test_vaders_polarity_is_its_compound_score() -> None:
    """Its label is neutral near 0."""
    pytest.importorskip("vaderSentiment", reason="the extra fondly-evaluation[baselines] is not installed")
    praise, nothing = vader()(["This is excellent!", "A cable."])
    assert praise.sentiment is Sentiment.POSITIVE
    assert praise.scores is not None
    assert praise.scores.polarity == pytest.approx(0.6114)
    assert nothing.sentiment is Sentiment.NEUTRAL


def test_a_missing_vader_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""
    monkeypatch.setattr(scoring, "find_spec", lambda _: None)
    with pytest.raises(EvaluationError, match="vaderSentiment is not installed"):
        vader()


def test_a_term_is_scored_in_three_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader gets the text and where the term is; a high mixed score is no label, marks are no term."""
    asked: list[tuple[str, int, int]] = []

    class Reader:
        @classmethod
        def load(cls) -> "Reader":
            return cls()

        def polarity(self, text: str, begin: int, end: int) -> SentimentScores:
            if not text[begin:end].isalpha():
                raise ValueError("no word there")
            asked.append((text, begin, end))
            return SentimentScores(positive=0.2, negative=0.3, neutral=0.1, mixed=0.4)

    monkeypatch.setattr(scoring, "AspectReader", Reader)
    rows = [Row(2, "The menu", Sentiment.NEUTRAL, 4, 8), Row(3, "No :-)", Sentiment.POSITIVE, 3, 6)]
    found = on_terms()(rows)
    assert asked == [("The menu", 4, 8)]
    assert [(each.sentiment, each.error) for each in found] == [
        (Sentiment.NEGATIVE, None),
        (None, "NO_WORD_IN_TERM"),
    ]


def test_comprehend_is_asked_for_25_texts_at_a_time(client: "ComprehendClient", stub: Stubber) -> None:
    """Scores are in order; a text with an error gets that instead."""
    for size in (25, 1):
        scored = [
            {"Index": index, "Sentiment": "POSITIVE", "SentimentScore": {"Positive": 1.0000001}}
            for index in reversed(range(size))
            if index != 3
        ]
        failed = [{"Index": 3, "ErrorCode": "INTERNAL_SERVER_ERROR"}] if size > 3 else []
        texts = [f"text {number}" for number in (range(25) if size > 1 else [25])]
        stub.add_response(
            "batch_detect_sentiment",
            {"ResultList": scored, "ErrorList": failed},
            {"TextList": texts, "LanguageCode": "de"},
        )
    found = comprehend(client, "de")([f"text {number}" for number in range(26)])
    assert [number for number, each in enumerate(found) if each.error] == [3]
    assert found[3].error == "INTERNAL_SERVER_ERROR"
    assert found[25].scores == SentimentScores(positive=1, negative=0, neutral=0, mixed=0)


@pytest.mark.parametrize(
    ("texts", "usd"),
    [(["short"], "0.000300"), (["x" * 301, "short"], "0.000700"), (["word " * 2000], "0.010000")],
)
def test_the_cost_is_estimated_in_units_of_100_characters(texts: list[str], usd: str) -> None:
    """At least three for each text, and for each chunk of a long one."""
    assert estimated_usd(texts) == Decimal(usd)
