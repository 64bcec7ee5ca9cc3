"""Phrases that copy never has, unless the facts that excuse them are there."""

import re
from collections.abc import Iterator
from functools import lru_cache

from fondly.mailer.domain.copy.evidence import is_own_word
from fondly.mailer.domain.copy.rules import CACHED_TEXTS, Group, Rules, plain
from fondly.mailer.domain.copy.wording import Ground, Wording
from fondly.mailer.domain.slots import SLOT

BY_SHOP = frozenset({"brand", "remedy"})
"""Sources in which the shop itself promises something: what is cited of them may be said."""
STEM = 5
_WORD = re.compile(r"[^\W\d_]{4,}")


def forbidden_phrases(field: str, wording: Wording, ground: Ground) -> Iterator[tuple[str, str]]:
    """Yield (what to say instead, the phrase) for each phrase that nothing excuses."""
    text = plain(SLOT.sub("~", wording.text))
    for group in _spoken_of(text, ground.language):
        if (group.fields and field not in group.fields) or not _holds(group, ground):
            continue
        found = (match[0] for match in group.pattern.finditer(text))
        yield from (
            (group.says, phrase) for phrase in found if not _is_excused(phrase, group, wording, ground)
        )


@lru_cache(maxsize=CACHED_TEXTS)
def _spoken_of(text: str, language: str) -> tuple[Group, ...]:
    """Return the groups of which a text has a phrase: by far the longest part of a check."""
    rules = Rules.load(language)
    places = [found.start() for found in rules.places.finditer(text)]
    return tuple(group for group in rules.groups if any(group.pattern.match(text, at) for at in places))


def _holds(group: Group, ground: Ground) -> bool:
    if group.when == "own":
        return any(map(is_own_word, ground.sources))
    return ground.apology or group.when != "apology"


def _is_excused(phrase: str, group: Group, wording: Wording, ground: Ground) -> bool:
    cited = [each.source for each in wording.evidence]
    quotes = " ".join(plain(each.quote) for each in wording.evidence)
    known = {
        "reduced": ground.reduced,
        "better_rated": ground.better_rated,
        "of_several": ground.of_several,
        "said": any(map(is_own_word, cited)),
        "reviews": any(map(_is_of_reviews, cited)),
        "reason": shares_a_word(phrase, ground.sources.get("reason", "")),
        "listed": shares_a_word(phrase, ground.listed),
        "told": shares_a_word(phrase, " ".join(ground.sources.values())),
        "cited": phrase in quotes or shares_a_word(phrase, quotes),
    }
    by_shop = " ".join(each.quote for each in wording.evidence if each.source in BY_SHOP)
    return shares_a_word(phrase, by_shop) or any(known[excuse] for excuse in group.unless)


def _is_of_reviews(source: str) -> bool:
    return source[:1] in {"a", "r"} and source[1:].isdigit()


def shares_a_word(text: str, source: str) -> bool:
    """Whether a word of four letters or more is in both, by its stem."""
    return not stems(text).isdisjoint(stems(source))


@lru_cache(maxsize=CACHED_TEXTS)
def stems(text: str) -> frozenset[str]:
    """Return how the words of four letters or more begin."""
    return frozenset(word[:STEM] for word in _WORD.findall(plain(text)))
