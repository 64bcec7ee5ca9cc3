import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.aspects import AspectReader
from fondly.aspects.words import LONGEST_SENTENCE_WORDS
from fondly.contracts.records import Sentiment

READER = AspectReader.load()


def verdicts(text: str) -> dict[str, Sentiment]:
    """What a text says of each aspect that it mentions once."""
    return {mention.aspect: mention.label for mention in READER.read(text)}


def of_term(text: str, term: str) -> Sentiment:
    """What a text says of a term."""
    begin = text.index(term)
    scores = READER.polarity(text, begin, begin + len(term))
    return max(Sentiment, key=lambda label: getattr(scores, label.lower()))


def test_praise_and_blame_are_told_apart_in_one_sentence() -> None:
    """Each aspect gets the opinion of its own clause."""
    assert verdicts("The picture is superb, but the sound is tinny and weak.") == {
        "picture quality": Sentiment.POSITIVE,
        "sound": Sentiment.NEGATIVE,
    }
    assert verdicts("Terrible battery, great screen.") == {
        "battery": Sentiment.NEGATIVE,
        "screen": Sentiment.POSITIVE,
    }


@pytest.mark.parametrize(
    ("text", "term", "label"),
    [
        ("The battery is not good.", "battery", Sentiment.NEGATIVE),
        ("The battery isn't bad at all.", "battery", Sentiment.POSITIVE),
        ("I have no complaints about the sound.", "sound", Sentiment.POSITIVE),
        ("Not only is the screen bright, it is huge.", "screen", Sentiment.POSITIVE),
    ],
)
def test_negation_turns_an_opinion(text: str, term: str, label: Sentiment) -> None:
    """A negated opinion counts for the other side."""
    assert of_term(text, term) is label


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("The sound could be better.", "sound"),
        ("I wish the strap was softer and better.", "strap"),
        ("The display should have been brighter.", "display"),
        ("The handle is too short.", "handle"),
    ],
)
def test_wishes_and_excess_blame(text: str, term: str) -> None:
    """What could be better is not good, and too much of anything is too much."""
    assert of_term(text, term) is Sentiment.NEGATIVE


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("I ordered it with the larger hard drive.", "hard drive"),
        ("The remote takes two AAA batteries.", "remote"),
        ("We sat at the bar and asked for the menu.", "menu"),
    ],
)
def test_a_term_without_an_opinion_is_neutral(text: str, term: str) -> None:
    """Telling what one did is neither praise nor blame."""
    assert of_term(text, term) is Sentiment.NEUTRAL


@pytest.mark.parametrize(
    ("text", "term", "label"),
    [
        ("The staff was rude.", "staff", Sentiment.NEGATIVE),
        ("Overpriced food and a long wait.", "food", Sentiment.NEGATIVE),
        ("The laptop's fan runs hot.", "fan", Sentiment.NEGATIVE),
        ("The touchpad works like a charm.", "touchpad", Sentiment.POSITIVE),
        ("Installation guy never came.", "Installation", Sentiment.NEGATIVE),
        ("Sound is not up to the mark.", "Sound", Sentiment.NEGATIVE),
    ],
)
def test_idioms_of_reviews_are_known(text: str, term: str, label: Sentiment) -> None:
    """Words that only in reviews are opinions."""
    assert of_term(text, term) is label


def test_offsets_are_code_points() -> None:
    """Emoji and Devanagari before a mention do not shift it."""
    text = "👍🏽 बहुत अच्छा! Picture quality 😍 is superb, बैटरी: battery life is poor 👎"
    mentions = READER.read(text)
    assert [mention.text for mention in mentions] == ["Picture quality", "battery life"]
    assert all(text[mention.begin : mention.end] == mention.text for mention in mentions)
    assert [mention.label for mention in mentions] == [Sentiment.POSITIVE, Sentiment.NEGATIVE]


@given(st.text(st.sampled_from("battery is sound İß great. न👍\n\u200b,!'-5"), max_size=60))
def test_any_text_is_read_with_true_offsets(text: str) -> None:
    """No text fails, and a mention is what stands at its offsets; scores add up to 1."""
    for mention in READER.read(f"The battery {text} sound"):
        scores = mention.scores
        assert f"The battery {text} sound"[mention.begin : mention.end] == mention.text
        assert scores.positive + scores.negative + scores.neutral + scores.mixed == pytest.approx(1)


def test_the_same_text_always_gets_the_same_answer() -> None:
    """Another reader, loaded again, agrees to the last digit."""
    text = "Great sound, but the battery is terrible and the app needs work."
    assert AspectReader.load().read(text) == READER.read(text)


def test_reading_and_asking_for_a_term_agree() -> None:
    """The polarity of a mention is that of its term."""
    text = "Good product. The mic is muffled though."
    [mention] = READER.read(text)
    assert READER.polarity(text, mention.begin, mention.end) == mention.scores


def test_a_term_without_words_is_an_error() -> None:
    """Only words can be judged."""
    with pytest.raises(ValueError, match="no word at 4 to 5"):
        READER.polarity("Fine - really", 4, 5)


def test_endless_sentences_are_cut() -> None:
    """What is far away in a text without full stops has no say, and every mention is found."""
    text = "battery " + "lorem " * LONGEST_SENTENCE_WORDS + "terrible"
    assert of_term(text, "battery") is Sentiment.NEUTRAL
    assert len(READER.read("battery " * 1_000)) == 1_000
