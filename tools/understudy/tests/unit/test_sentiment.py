"""The sentiment engine: required results and edge cases."""

import pytest

from understudy.engines.sentiment import SentimentModel
from understudy.engines.sentiment.features import features, statements, tokens

POSITIVE = (
    "Great sound and very easy to set up",
    "Love this kettle, it boils quickly",
    "Excellent quality, highly recommended",
    "Works perfectly with my laptop",
    "Very happy with the purchase",
    "Nice and sturdy, good value for money",
    "The picture is sharp and the colours are beautiful",
    "Not bad at all",
    "Fast charging, no problems so far",
    "Comfortable to wear 👍",
)
NEGATIVE = (
    "Stopped working after a week",
    "Terrible build quality, do not buy",
    "The strap broke on the day it came",
    "Waste of money",
    "Not worth the price",
    "Very disappointed with the battery",
    "Poor sound and a weak signal",
    "It does not fit and support was useless",
    "Too noisy and overpriced 😡",
    "Worst headphones I have ever owned",
)
MIXED = (
    "Great sound but the battery is terrible",
    "Excellent screen. However, the speakers are awful and it crashes.",
    "Easy to install and good looking, but slow, noisy and unreliable",
)
NEUTRAL = ("I bought this for my brother on Tuesday.", "It arrived in a brown box.")


@pytest.fixture(scope="module")
def model() -> SentimentModel:
    """Return the packaged model."""
    return SentimentModel.load()


@pytest.mark.parametrize(
    ("label", "texts", "floor"),
    [("POSITIVE", POSITIVE, 0.9), ("NEGATIVE", NEGATIVE, 0.9), ("MIXED", MIXED, 0.6)],
)
def test_clear_reviews_get_the_right_label(
    model: SentimentModel, label: str, texts: tuple[str, ...], floor: float
) -> None:
    """Nearly all reviews that any reader would agree on get that label."""
    right = [scores.label == label for scores in model.score(texts)]
    assert sum(right) / len(right) >= floor


def test_factual_sentences_are_neutral(model: SentimentModel) -> None:
    """A sentence without an opinion gets no sentiment."""
    assert "NEUTRAL" in {scores.label for scores in model.score(NEUTRAL)}


def test_scores_add_up_to_one_and_the_label_is_the_largest(model: SentimentModel) -> None:
    """The four scores are a distribution, whatever the text."""
    for scores in model.score([*POSITIVE, *NEGATIVE, *MIXED, "", "…", "x" * 5000]):
        values = {
            "POSITIVE": scores.positive,
            "NEGATIVE": scores.negative,
            "NEUTRAL": scores.neutral,
            "MIXED": scores.mixed,
        }
        assert sum(values.values()) == pytest.approx(1)
        assert min(values.values()) >= 0
        assert values[scores.label] == max(values.values())


def test_a_score_does_not_depend_on_its_batch(model: SentimentModel) -> None:
    """The same text gets the same scores alone, in a batch and again."""
    together = model.score([*POSITIVE, *NEGATIVE])
    assert together == [model.score([text])[0] for text in (*POSITIVE, *NEGATIVE)]


@pytest.mark.parametrize(
    "text", ["बहुत अच्छा उत्पाद है", "Das Kabel ist kaputt gegangen", "とても良い", "12345", "   "]
)
def test_unreadable_text_is_neutral(model: SentimentModel, text: str) -> None:
    """Where the model recognises nothing, it claims nothing."""
    assert model.score([text])[0].label == "NEUTRAL"


def test_praise_and_blame_in_separate_sentences_count_as_mixed(model: SentimentModel) -> None:
    """A text with both has a higher mixed score than either half."""
    praise = "The screen is excellent and beautiful. I love the sound."
    blame = "The battery is awful. It crashes and the support is terrible."
    alone = [scores.mixed for scores in model.score([praise, blame])]
    assert model.score([f"{praise} {blame}"])[0].mixed > max(alone)


def test_negation_marks_the_words_within_its_reach() -> None:
    """Until the clause ends, `good` after `not` is a different feature from `good`."""
    found = list(features(tokens("Not really good, but nice")))
    assert "NOT_good" in found
    assert "good" not in found
    assert "nice" in found


def test_split_contractions_are_read_like_ordinary_ones() -> None:
    """Tokenised corpora and reviews spell the same negation differently."""
    assert tokens("I ca n't, it's fine") == tokens("I can't, it 's fine".replace("can't", "ca n't"))
    assert tokens("does n't work") == tokens("doesn't work")


def test_statements_split_at_sentence_ends_and_turns() -> None:
    """Each statement is likely to express one opinion."""
    parts = statements(tokens("It works. Nice but loud!"))
    assert parts == [["it", "works", "."], ["nice"], ["but", "loud", "!"]]
