"""The sentiment engine: required results and edge cases."""

import hashlib
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from sentiment_training.challenge import MOST_CONFIDENCE_UNREAD, cases, challenge
from understudy.engines.sentiment import Prior, Scores, SentimentModel
from understudy.engines.sentiment.model import WEIGHTS_FOLDER

LEAST_CHALLENGE = 0.8
MOST_BYTES = 15_000_000

POSITIVE = (
    "Great sound and very easy to set up",
    "Love this kettle, it boils quickly",
    "Excellent quality, highly recommended",
    "Works perfectly with my laptop",
    "Very happy with the purchase",
    "Nice and sturdy, good value for money",
    "The picture is sharp and the colours are beautiful",
    "Fast charging, no problems so far",
    "Comfortable to wear 👍",
    "I bought it two years ago and it has never let me down. My sister wanted one as well.",
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
NEUTRAL = (
    "I bought this for my brother on Tuesday.",
    "It arrived in a brown box.",
    "The bag has two pockets and a zip.",
    "Hair dryer",
    "Garden hose 20 m",
)
KINDS = {
    "marks": (("⭐⭐⭐⭐⭐ again", "POSITIVE"), ("a mere 1/10", "NEGATIVE"), ("10 on 10", "POSITIVE")),
    "emoji": (("This blender 🥰", "POSITIVE"), ("🤬🤬🤬", "NEGATIVE"), ("Got mine today 🎉", "POSITIVE")),
    "negation": (
        ("Not a single scratch on it", "POSITIVE"),
        ("I would not buy this twice", "NEGATIVE"),
        ("It never jams", "POSITIVE"),
        ("There is nothing I'd improve", "POSITIVE"),
        ("I don't believe it's good", "NEGATIVE"),
    ),
    "idioms": (
        ("It blew my mind", "POSITIVE"),
        ("Cheap as chips and does the job", "POSITIVE"),
        ("Chuck it in the bin", "NEGATIVE"),
        ("Don't touch it with a barge pole", "NEGATIVE"),
    ),
    "hinglish": (
        ("yeh fan bahut achha chal raha hai", "POSITIVE"),
        ("itni ghatiya awaaz hai", "NEGATIVE"),
        ("sab ko mast laga", "POSITIVE"),
    ),
    "misspelt": (
        ("exellant qualty", "POSITIVE"),
        ("very disapointng", "NEGATIVE"),
        ("sooooo usefull", "POSITIVE"),
    ),
}
FOREIGN = (
    "बहुत अच्छा उत्पाद है",
    "Das Gerät ist nach zwei Wochen kaputt gegangen",
    "Muy buen producto, llegó antes de tiempo",
    "Produit conforme et livraison rapide",
    "とても良い",
    "https://shop.example/great-product",
    "12345",
    "zxcvbn qwert plokij",
    "   ",
)


@pytest.fixture(scope="module")
def model() -> SentimentModel:
    """Return the packaged model."""
    return SentimentModel.load()


def highest(scores: Scores) -> float:
    """Return the highest of the four scores."""
    return max(scores.positive, scores.negative, scores.neutral, scores.mixed)


@pytest.mark.parametrize(
    ("label", "texts", "floor"),
    [
        ("POSITIVE", POSITIVE, 0.9),
        ("NEGATIVE", NEGATIVE, 0.9),
        ("MIXED", MIXED, 0.6),
        ("NEUTRAL", NEUTRAL, 0.6),
    ],
)
def test_clear_reviews_get_the_right_label(
    model: SentimentModel, label: str, texts: tuple[str, ...], floor: float
) -> None:
    """Nearly all texts that any reader would agree on get that label."""
    right = [scores.label == label for scores in model.score(texts)]
    assert sum(right) / len(right) >= floor


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_odd_short_verdicts_are_read(model: SentimentModel, kind: str) -> None:
    """Marks, emoji, negation, idioms, Hindi in Latin letters and misspellings: at most one is wrong."""
    texts, labels = zip(*KINDS[kind], strict=True)
    wrong = [
        (text, scores.label)
        for text, label, scores in zip(texts, labels, model.score(texts), strict=True)
        if scores.label != label
    ]
    assert len(wrong) <= 1, wrong


def test_the_challenge_set_is_passed(model: SentimentModel) -> None:
    """At least four fifths of the frozen odd short texts are read as any reader would read them."""
    tallies = challenge(model).values()
    assert sum(tally.total for tally in tallies) == len(cases()) == 200
    assert sum(tally.right for tally in tallies) / len(cases()) >= LEAST_CHALLENGE


@pytest.mark.parametrize("text", FOREIGN)
def test_unreadable_text_is_neutral_without_confidence(model: SentimentModel, text: str) -> None:
    """Where the model recognises nothing, it claims nothing."""
    [scores] = model.score([text])
    assert scores.label == "NEUTRAL"
    assert highest(scores) < MOST_CONFIDENCE_UNREAD


def test_scores_add_up_to_one_and_the_label_is_the_largest(model: SentimentModel) -> None:
    """The four scores are a distribution, whatever the text."""
    for scores in model.score([*POSITIVE, *NEGATIVE, *MIXED, *FOREIGN, "", "…", "x" * 5000, "\x00\ud83d"]):
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
    """The same text gets the very same scores alone, in any batch, and in a fresh model."""
    texts = [*POSITIVE, *NEGATIVE, *MIXED, *NEUTRAL, *FOREIGN, " ".join(POSITIVE)]
    alone = {text: model.score([text])[0] for text in texts}
    shuffled = random.Random(3).sample(texts, len(texts))  # noqa: S311 - the same order every time
    for scorer in (model, SentimentModel.load()):
        assert scorer.score(shuffled) == [alone[text] for text in shuffled]


def test_threads_may_share_a_model(model: SentimentModel) -> None:
    """The server scores batches in several threads at once."""
    texts = [*POSITIVE, *NEGATIVE, *MIXED]
    expected = model.score(texts)
    with ThreadPoolExecutor(4) as pool:
        assert all(found == expected for found in pool.map(model.score, [texts] * 12))


def test_praise_and_blame_in_separate_sentences_count_as_mixed(model: SentimentModel) -> None:
    """A text with both has a higher mixed score than either half."""
    praise = "The screen is excellent and beautiful. I love the sound."
    blame = "The battery is awful. It crashes and the support is terrible."
    alone = [scores.mixed for scores in model.score([praise, blame])]
    assert model.score([f"{praise} {blame}"])[0].mixed > max(alone)


def test_the_natural_prior_expects_praise(model: SentimentModel) -> None:
    """With the prior of a shop's reviews, every readable text has a larger share of praise."""
    natural = SentimentModel.load(Prior.NATURAL)
    texts = [*NEGATIVE, *MIXED]
    for even, mostly in zip(model.score(texts), natural.score(texts), strict=True):
        assert mostly.positive / (mostly.positive + mostly.negative) > even.positive / (
            even.positive + even.negative
        )


def test_weights_are_the_recorded_ones_and_small() -> None:
    """The files are those whose checksums are recorded beside them, and no others."""
    lines = [line.split() for line in (WEIGHTS_FOLDER / "SHA256SUMS").read_text().splitlines()]
    recorded = {name: checksum for checksum, name in lines}
    files = {path.name: path.read_bytes() for path in WEIGHTS_FOLDER.iterdir() if path.name != "SHA256SUMS"}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} == recorded
    assert sum(map(len, files.values())) <= MOST_BYTES
