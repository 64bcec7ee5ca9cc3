"""Build the packaged opinion lexicon: `build_lexicon.py --data DIR --vader vader_lexicon.txt`.

DIR contains `train.jsonl.gz`, see `corpora.py`. A word's learned value is the logarithm of how much more
often praise has it than blame, with an even prior (Monroe, Colaresi and Quinn, "Fightin' Words", 2008); a
negated word counts for the other side. VADER's values are halved, which brings both to about -2 to 2.
`opinions.txt` beside this script overrides both.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from corpora import FILM_SOURCES, PRODUCT_SOURCES, Text, read_texts

import fondly.aspects
from fondly.aspects.function_words import CLAUSE_ENDS
from fondly.aspects.opinions import NEGATION_REACH_WORDS, negates
from fondly.aspects.vocabulary import Vocabulary
from fondly.aspects.words import SENTENCE_ENDS, singular, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

OUT = Path(fondly.aspects.__file__).parent / "data" / "opinions.tsv"
OWN_WORDS = Path(__file__).with_name("opinions.txt")
SIDES = {"POS": 1, "NEG": -1}

PRIOR = 3.0
LEAST_COUNT = 6
LEAST_VALUE = 0.35
LARGEST_VALUE = 1.5
VADER_SCALE = 0.5
LEAST_VADER = 0.4


def main() -> None:
    """Write the lexicon and print how many words each source gave."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--vader", type=Path, required=True)
    options = parser.parse_args()
    own = dict(own_words(OWN_WORDS.read_text(encoding="utf-8")))
    vader = dict(vader_words(options.vader.read_text(encoding="utf-8")))
    learned = learned_words(read_texts(options.data / "train.jsonl.gz"))
    joined = {**joined_values(learned, vader), **own}
    rows = [f"{phrase}\t{value:.2f}" for phrase, value in sorted(joined.items())]
    OUT.write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"own {len(own)}  VADER {len(vader)}  learned {len(learned)}  written {len(joined)}")


def own_words(text: str) -> Iterator[tuple[str, float]]:
    """Yield the phrases of `opinions.txt`, each with the value that its line begins with."""
    for line in text.splitlines():
        if line and not line.startswith("#"):
            value, listed = line.split(": ", 1)
            for phrase in listed.split(", "):
                yield " ".join(words_of(phrase).words), float(value)


def vader_words(text: str) -> Iterator[tuple[str, float]]:
    """Yield the plain words of VADER's lexicon; its emoticons, symbols and weakest words are left out."""
    for line in text.splitlines():
        word, value = line.split("\t")[:2]
        if word.isalpha() and word.islower() and abs(float(value)) * VADER_SCALE >= LEAST_VADER:
            yield word, float(value) * VADER_SCALE


def learned_words(texts: Sequence[Text]) -> dict[str, float]:
    """Return the words that praise both products and films, or blame both; aspects are left out.

    A word that does so for one of them only is mostly its topic.
    """
    vocabulary = Vocabulary.packaged()
    on_products, on_films = (log_odds(texts, sources) for sources in (PRODUCT_SOURCES, FILM_SOURCES))
    values = {}
    for word in on_products.keys() & on_films.keys():
        least, largest = sorted((on_products[word], on_films[word]), key=abs)
        if least * largest > 0 and abs(least) >= LEAST_VALUE and (singular(word),) not in vocabulary:
            values[word] = max(-LARGEST_VALUE, min(LARGEST_VALUE, least))
    return values


def log_odds(texts: Iterable[Text], sources: frozenset[str]) -> dict[str, float]:
    """Return the log-odds of praise against blame of each word that is frequent enough in the sources."""
    counts = {1: Counter[str](), -1: Counter[str]()}
    for text in texts:
        if text.source in sources and text.label in SIDES:
            for word, sign in set(signed_words(text.text)):
                counts[SIDES[text.label] * sign][word] += 1
    praise, blame = counts[1], counts[-1]
    ratio = blame.total() / praise.total()
    return {
        word: math.log((praise[word] + PRIOR) / (blame[word] + PRIOR) * ratio)
        for word in praise | blame
        if praise[word] + blame[word] >= LEAST_COUNT
    }


def signed_words(text: str) -> Iterator[tuple[str, int]]:
    """Yield a text's words, each with -1 where it is within reach of a negation, else 1."""
    reach = 0
    for word in words_of(text).words:
        if word in CLAUSE_ENDS or word[0] in SENTENCE_ENDS:
            reach = 0
        elif word.isalpha():
            yield word, -1 if reach else 1
        reach = NEGATION_REACH_WORDS if negates(word) else max(reach - 1, 0)


def joined_values(learned: dict[str, float], vader: dict[str, float]) -> dict[str, float]:
    """Return the mean of both sources; a word on which they disagree is left out."""
    words = learned.keys() | vader.keys()
    values = {word: [source[word] for source in (learned, vader) if word in source] for word in words}
    return {word: sum(found) / len(found) for word, found in values.items() if min(found) * max(found) > 0}


if __name__ == "__main__":
    main()
