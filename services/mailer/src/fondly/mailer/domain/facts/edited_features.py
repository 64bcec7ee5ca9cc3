"""Features that a person writes: their form is checked, and words of sellers are pointed out."""

import re
from collections.abc import Iterable, Iterator

from fondly.mailer.domain.facts.features import FEATURE, MAX_CHARS, MAX_FEATURES
from fondly.mailer.domain.text import folded
from fondly.mailer.domain.words.lists import WordLists

_LINK = re.compile(r"://|\bwww\.|\w\.\w|@", re.IGNORECASE)
_MARKUP = re.compile(r"[<>{}\[\]&]")
_FIGURE = re.compile(r"(?<![^\W\d_])\d|\d{3}|[%₹$€£]")
_WORD = re.compile(r"[^\W_]+")


class UnfitFeatureError(ValueError):
    """A feature cannot stand in an email; the message names it and says why."""


def edited_features(texts: Iterable[str], lists: WordLists) -> tuple[str, ...]:
    """Return a person's features as emails say them, each once, in their order.

    A person may use words that the catalogue lacks. Raises `UnfitFeatureError` for a text that is not a few
    plain words or has a figure, and for too many or none.
    """
    features = tuple(dict.fromkeys(" ".join(text.split()) for text in texts))
    if not 0 < len(features) <= MAX_FEATURES:
        raise UnfitFeatureError(f"found {len(features)} features, expected 1 to {MAX_FEATURES}")
    for feature in features:
        if problem := next(_problems(feature, lists), None):
            raise UnfitFeatureError(f"{feature!r}: {problem}")
    return features


def sellers_words(features: Iterable[str], lists: WordLists) -> list[str]:
    """Return the words of the features that sellers praise with, and emails should not, each once."""
    words = (word for feature in features for word in _WORD.findall(folded(feature)))
    return list(dict.fromkeys(word for word in words if word in lists.seller))


def _problems(feature: str, lists: WordLists) -> Iterator[str]:
    if len(feature) > MAX_CHARS:
        yield f"{len(feature)} characters, expected at most {MAX_CHARS}"
    if _MARKUP.search(feature):
        yield "markup"
    if _LINK.search(feature):
        yield "a link or an address"
    if _FIGURE.search(feature) or lists.numbers.intersection(_WORD.findall(folded(feature))):
        yield "a figure; emails take figures from the catalogue's prices and ratings alone"
    if not FEATURE.fullmatch(feature):
        yield "expected words of letters, with spaces, hyphens or apostrophes between them"
