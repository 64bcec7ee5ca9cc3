import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.engines.sentiment.front import NEGATION_REACH_WORDS, features
from understudy.engines.sentiment.pieces import Pieces

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "play", "##ing", "##er", "good", "!", "_", "e", "##e", "5"]
PIECES = Pieces(VOCABULARY)


def spelled(*words: str, most: int = 100) -> list[str]:
    """Return the pieces of words, by name."""
    return [VOCABULARY[number] for number in PIECES.of(list(words), most)]


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("good", ["good"]),
        ("playing", ["play", "##ing"]),
        ("player", ["play", "##er"]),
        ("played", ["[UNK]"]),
        ("zebra", ["[UNK]"]),
        ("good!", ["good", "!"]),
        ("good_play", ["good", "_", "play"]),
        ("é", ["e"]),
        ("good5", ["[UNK]"]),
        ("", []),
        ("x" * 101, ["[UNK]"]),
    ],
)
def test_a_word_is_spelled_with_the_longest_pieces_first(word: str, pieces: list[str]) -> None:
    """Signs stand alone, accents are dropped, and what cannot be spelled is unknown as a whole."""
    assert spelled(word) == ["[CLS]", *pieces, "[SEP]"]


def test_a_long_text_is_cut_before_its_end() -> None:
    """The end is always there."""
    assert spelled("good", "good", "good", "good", most=4) == ["[CLS]", "good", "good", "[SEP]"]


@settings(max_examples=30)
@given(st.lists(st.text(max_size=8), max_size=8), st.integers(2, 20))
def test_any_text_has_a_beginning_and_an_end(words: list[str], most: int) -> None:
    """And no more pieces than are wanted."""
    found = PIECES.of(words, most)
    assert (found[0], found[-1]) == (VOCABULARY.index("[CLS]"), VOCABULARY.index("[SEP]"))
    assert len(found) <= most


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("good sound", ["good", "sound", "good sound"]),
        ("not good", ["not", "NOT_good", "not NOT_good"]),
        ("isn't good", ["isn't", "NOT_good", "isn't NOT_good"]),
        ("not good , loud", ["not", "NOT_good", "not NOT_good", ",", "loud"]),
        ("not good but loud", ["not", "NOT_good", "not NOT_good", "but", "loud"]),
        ("!!! 99", ["!", "0"]),
        ("", []),
    ],
)
def test_words_and_pairs_are_features_and_negated_words_are_others(text: str, found: list[str]) -> None:
    """Until the clause ends; numbers are alike, and so are one mark and a row of them."""
    assert list(features(text.split())) == found


def test_a_negation_reaches_so_many_words() -> None:
    """And not the next one."""
    words = ["not", *(f"w{chr(97 + number)}" for number in range(NEGATION_REACH_WORDS + 1))]
    single = [feature for feature in features(words) if " " not in feature]
    assert [word.startswith("NOT_") for word in single[1:]] == [True] * NEGATION_REACH_WORDS + [False]


@given(st.lists(st.text(alphabet="abc.,!n't", min_size=1, max_size=5), max_size=12))
def test_no_feature_joins_two_clauses(words: list[str]) -> None:
    """A pair is of words that stand together in one."""
    for feature in features(words):
        assert not any(part in {".", ",", "!", ""} for part in feature.split(" ")) or " " not in feature
