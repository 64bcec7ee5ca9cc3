"""Phrases that copy never has, unless the facts that excuse them are there."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from fondly.mailer.domain.copy.rules import CACHED_TEXTS, Group, Phrases, plain, plain_source
from fondly.mailer.domain.copy.wording import Ground, Wording, is_own_word
from fondly.mailer.domain.slots import SLOT

BY_SHOP = frozenset({"brand", "remedy"})
"""Sources in which the shop itself promises something: what is cited of them may be said."""
STEM = 5
Spoken = Sequence[tuple[Group, Sequence[str]]]
"""Phrases by their groups."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_OF_REVIEWS = re.compile(r"[ar]\d+").fullmatch


def forbidden_phrases(
    field: str, wording: Wording, ground: Ground, spoken: Spoken
) -> Iterator[tuple[str, str]]:
    """Yield (what to say instead, the phrase) for each phrase, `spoken` in its text, that nothing excuses."""
    for group, found in spoken:
        if (not group.fields or field in group.fields) and _holds(group, ground):
            yield from (
                (group.says, phrase) for phrase in found if not _is_excused(phrase, group, wording, ground)
            )


def spoken_in(text: str, phrases: Phrases) -> Spoken:
    """Return the groups of which a text has phrases, and these: by far the longest part of a check."""
    return phrases.spoken(plain(SLOT.sub("~", text)))


def _holds(group: Group, ground: Ground) -> bool:
    if group.when == "own":
        return bool(ground.own_words)
    return ground.apology or group.when != "apology"


def _is_excused(phrase: str, group: Group, wording: Wording, ground: Ground) -> bool:
    cited = [each.source for each in wording.evidence]
    quotes = " ".join(plain_source(each.quote) for each in wording.evidence)
    known: Mapping[str, Callable[[], bool]] = {
        "reduced": lambda: ground.reduced,
        "better_rated": lambda: ground.better_rated,
        "of_several": lambda: ground.of_several,
        "said": lambda: any(map(is_own_word, cited)),
        "reviews": lambda: any(map(_OF_REVIEWS, cited)),
        "reason": lambda: shares_a_word(phrase, ground.sources.get("reason", "")),
        "listed": lambda: shares_a_word(phrase, *ground.listed),
        "told": lambda: shares_a_word(phrase, *ground.sources.values()),
        "cited": lambda: phrase in quotes or shares_a_word(phrase, quotes),
    }
    by_shop = " ".join(each.quote for each in wording.evidence if each.source in BY_SHOP)
    return shares_a_word(phrase, by_shop) or any(known[excuse]() for excuse in group.unless)


def shares_a_word(text: str, *sources: str) -> bool:
    """Whether a word of four letters or more is in a text and a source, by its stem."""
    said = stems(text)
    return bool(said) and any(not said.isdisjoint(stems(source)) for source in sources)


@lru_cache(maxsize=CACHED_TEXTS)
def stems(text: str) -> frozenset[str]:
    """Return how the words of four letters or more begin."""
    return frozenset(word[:STEM] for word in _WORD.findall(plain(text)))
