"""How texts are read before the sentiment models see them."""

import pytest

from understudy.engines.sentiment.front import features
from understudy.engines.sentiment.lexicon import Lexicon, familiarity
from understudy.engines.sentiment.pieces import Pieces
from understudy.engines.sentiment.reading import tokens

KNOWN = "the battery is terrible excellent good so comfortable it works one star and sound nice"
LEXICON = Lexicon(KNOWN.split(), ["terrible", "excellent", "comfortable"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("★★★☆☆", "three stars"),
        ("⭐⭐⭐⭐", "four stars"),
        ("7/10", "four stars"),
        ("3.5 out of 5 for sound", "four stars for sound"),
        ("1 out of 10", "one star"),
        ("95/100", "five stars"),
        ("0/5", "zero stars"),
        ("Four stars!", "four stars !"),
        ("a single star", "one star"),
        ("-3 stars", "zero stars"),
        ("A++", "five stars"),
        ("***** fine", "five stars fine"),
    ],
)
def test_ratings_become_a_number_of_stars(text: str, expected: str) -> None:
    """However a rating is written, the models see the same words."""
    assert " ".join(tokens(text)) == expected


@pytest.mark.parametrize(
    "text", ["open 24/7", "on 5/10/2025", "1/2 inch", "model 10/20", "7 starships", "12/5"]
)
def test_other_figures_are_not_ratings(text: str) -> None:
    """Dates, fractions and counts keep their meaning."""
    assert "star" not in " ".join(tokens(text)).replace("starships", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("🥳", "great"),
        ("👍🏽", "great"),
        ("❤️", "great"),
        ("💩", "terrible"),
        ("good :-)", "good great"),
        (":'(", "terrible"),
        ("Pros:Dual lens", "pros : dual lens"),
        ("pros:/cons", "pros : / cons"),
    ],
)
def test_emoji_and_smileys_become_words(text: str, expected: str) -> None:
    """Faces count whatever their skin or variant; punctuation before a word is no face."""
    assert " ".join(tokens(text)) == expected


def test_links_and_markup_are_not_read() -> None:
    """Addresses and tags have no opinion."""
    assert tokens("See https://a.example/good<br />or write to best@shop.example &amp; wait") == [
        *("see", "or", "write", "to", "&", "wait")
    ]


def test_split_contractions_are_read_like_ordinary_ones() -> None:
    """Tokenised corpora and reviews spell the same negation differently."""
    assert tokens("I ca n't, it 's fine") == tokens("I can't, it's fine")
    assert tokens("does n’t work") == tokens("doesn't work")  # noqa: RUF001 - the character that people type


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("excelant", "excellent"),
        ("terribel", "terrible"),
        ("comfortible", "comfortable"),
        ("gooooood", "good"),
        ("sooo", "so"),
        ("gud", "good"),
        ("zzzzz", "zzzzz"),
        ("kodak", "kodak"),
        ("terrace", "terrace"),
    ],
)
def test_misspelt_telling_words_are_mended(word: str, meant: str) -> None:
    """A slip in a word that tells praise from blame is mended; names and other words are left alone."""
    assert LEXICON.mended(word) == meant


def test_a_known_word_is_never_changed() -> None:
    """Not even where a telling word is near."""
    lexicon = Lexicon(["unless"], ["useless"])
    assert lexicon.mended("unless") == "unless"


def test_negation_marks_the_words_within_its_reach() -> None:
    """Until the clause ends, `good` after `not` is a different feature from `good`."""
    found = list(features(tokens("Not really good, but nice 24")))
    assert "NOT_good" in found
    assert "good" not in found
    assert {"nice", "nice 0"} <= set(found)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("The battery is terrible", 1.0, 1.0),
        ("Zylkor good", 1.0, 1.0),
        ("Das ist nicht good", 0.0, 0.0),
        ("sound qwzx plomf", 0.4, 0.5),
        ("terribel qwzx plomf trask", 0.0, 0.0),
        ("terribel", 1.0, 1.0),
        ("…", 0.0, 0.0),
    ],
)
def test_familiarity_falls_as_unknown_words_prevail(text: str, least: float, most: float) -> None:
    """Half of the words known is enough; words of other languages count against it."""
    assert least <= familiarity(tokens(text), LEXICON) <= most


def test_words_are_split_into_the_longest_known_pieces() -> None:
    """As BERT splits them: greedily, without accents, with a piece for what cannot be spelled."""
    pieces = Pieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##like", "##ly", "cafe", "'", "s"])
    assert pieces.of(["unlikely", "café's", "☂"], 96) == [2, 4, 5, 6, 7, 8, 9, 1, 3]


def test_long_texts_are_cut_with_their_end_marked() -> None:
    """At most so many pieces, start and end included."""
    pieces = Pieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"])
    assert pieces.of(["a"] * 50, 8) == [2, 4, 4, 4, 4, 4, 4, 3]
