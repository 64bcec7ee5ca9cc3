"""List what praise and blame are about and no reviewed file names yet: `mine_vocabulary.py --data DIR`.

DIR contains `train.jsonl.gz`, see `corpora.py`. Pros and cons are lists such as "great battery life, cool
lighting": the last words of each entry name an aspect. Every frequent one belongs into `vocabulary.txt` under
a display name, or into `junk.txt`; this prints those in neither, the most frequent first.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from corpora import Text, read_texts

from fondly.aspects.catalogue import junk_words
from fondly.aspects.function_words import FUNCTION_WORDS
from fondly.aspects.opinions import packaged_values
from fondly.aspects.vocabulary import Vocabulary
from fondly.aspects.words import phrase_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fondly.aspects.phrases import Phrase

LISTS = frozenset({"pros", "cons"})
LEAST_COUNT = 20
LONGEST_PHRASE = 2
_ENTRIES = re.compile(r"[,.;:&/+()!?\-]|\b(?:and|but|with|for|of|in|on|to|is|are|has)\b", re.IGNORECASE)


def main() -> None:
    """Print each undecided phrase with how many entries of pros and of cons end with it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    counts = ended_with(read_texts(options.data / "train.jsonl.gz"))
    for phrase, sides in sorted(counts.items(), key=lambda item: (-item[1].total(), item[0])):
        if sides.total() >= LEAST_COUNT and not decided(phrase):
            print(f"{' '.join(phrase):25} pros {sides['pros']:4}  cons {sides['cons']:4}")


def ended_with(texts: Iterable[Text]) -> dict[Phrase, Counter[str]]:
    """Return for each phrase how many entries of which lists end with it."""
    counts: dict[Phrase, Counter[str]] = {}
    for text in texts:
        if text.source in LISTS:
            for phrase in {end for entry in _ENTRIES.split(text.text) for end in ends(phrase_of(entry))}:
                counts.setdefault(phrase, Counter())[text.source] += 1
    return counts


def ends(words: Phrase) -> Iterator[Phrase]:
    """Yield the last words of an entry: one, and two."""
    for length in range(1, min(LONGEST_PHRASE, len(words)) + 1):
        yield words[-length:]


def decided(phrase: Phrase) -> bool:
    """Whether a phrase is in a reviewed file, or ends or begins with a word that is no name of an aspect."""
    if phrase in Vocabulary.packaged() or phrase[-1:] in Vocabulary.packaged():
        return True
    opinions, junk = packaged_values(), junk_words()
    return any(
        word in junk or word in FUNCTION_WORDS or (word,) in opinions or not word.isalpha() for word in phrase
    )


if __name__ == "__main__":
    main()
