"""Short verdicts written for training, from the patterns in `verdicts.txt`."""

from __future__ import annotations

import json
import random
import re
from itertools import product
from math import prod
from pathlib import Path

from sentiment_training.challenge import CHALLENGE_FILE
from sentiment_training.corpus import Row, certain

_PATTERNS_FILE = Path(__file__).with_name("verdicts.txt")
_LABELS = {"P": "POSITIVE", "N": "NEGATIVE", "O": "NEUTRAL", "X": "MIXED"}
_CHOICE = re.compile(r"\[([^\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_MOST_PER_PATTERN = 90
_MOST_TRIES = 20


def verdicts(seed: int) -> list[Row]:
    """Return the texts of all patterns, without any that is in the challenge set."""
    rng = random.Random(seed)  # noqa: S311 - a reproducible choice of examples
    patterns, slots = _read()
    challenge = _challenge_texts()
    rows = {}
    for label, pattern in patterns:
        for text in _texts(pattern, slots, rng):
            if _bare(text) not in challenge:
                rows[text] = Row(text, certain(label), "verdict")
    return list(rows.values())


def misspelt(text: str, rng: random.Random) -> str:
    """Return the text with one slip in one of its longer words."""
    words = text.split()
    longer = [n for n, word in enumerate(words) if len(word) >= 4 and word.isalpha()]  # noqa: PLR2004 - shorter words become others
    if longer:
        n = rng.choice(longer)
        words[n] = _slip(words[n], rng)
    return " ".join(words)


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return rng.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + rng.choice("aeiou") + word[at + 1 :],
        ]
    )


def _read() -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
    patterns, slots = [], {}
    for line in _PATTERNS_FILE.read_text(encoding="utf-8").splitlines():
        name, _, rest = line.partition(" ")
        if name in _LABELS:
            patterns.append((_LABELS[name], rest))
        elif name.endswith(":"):
            slots[name[:-1]] = rest.split(", ")
    return patterns, slots


def _texts(pattern: str, slots: dict[str, list[str]], rng: random.Random) -> list[str]:
    """Return every text of a small pattern, and of a large one a sample that has each alternative."""
    parts = _CHOICE.split(pattern)
    choices = [part.split("|") if n % 2 else [part] for n, part in enumerate(parts)]
    wanted = max(_MOST_PER_PATTERN, *(len(each) for each in choices))
    if prod(len(each) for each in choices) <= wanted:
        texts = ["".join(chosen) for chosen in product(*choices)]
    else:
        decks = [rng.sample(each, len(each)) for each in choices]
        texts = [
            "".join(
                deck[(n + n // len(deck)) % len(deck)] if len(deck) == wanted else rng.choice(deck)
                for deck in decks
            )
            for n in range(wanted)
        ]
    filled = (_SLOT.sub(lambda slot: rng.choice(slots[slot[1]]), text) for text in texts)
    return [" ".join(text.split()) for text in filled]


def _challenge_texts() -> set[str]:
    lines = CHALLENGE_FILE.read_text(encoding="utf-8").splitlines()
    return {_bare(json.loads(line)["text"]) for line in lines}


def _bare(text: str) -> str:
    """Return what makes two verdicts the same: their letters, digits and symbols, not case or full stops."""
    return " ".join(text.casefold().split()).rstrip(".! ")
