"""The sentiment of marks that mean the same in every language: ratings, stars, emoji and smileys.

It answers for languages without a model, so it claims little: a text without marks is neutral, with a low
score.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from understudy.engines.sentiment.marks import CROSS, GLAD
from understudy.engines.sentiment.model import Scores

if TYPE_CHECKING:
    from collections.abc import Iterator

_GLAD, _CROSS = frozenset(GLAD), frozenset(CROSS)
_SMILEY = re.compile(r"[:;]'?-?(?:(?P<glad>[)D])|\()")
_RATING = re.compile(r"(?<![\d/.,])(?P<given>\d{1,2}(?:[.,]\d)?)\s?/\s?(?P<of>5|10)(?![\d/])")
_STARS = re.compile(r"[★⭐🌟☆✩](?:\ufe0f?[★⭐🌟☆✩])+")
_HOLLOW = "☆✩"
_STARS_SHOWN = 5

_PRAISE_FROM, _BLAME_TO = 0.7, 0.5
"""Shares of the best rating: four of five stars praise, two blame, three do neither."""
_MARKED, _UNMARKED = 0.7, 0.4
"""The score of the label with and without marks; the other three share the rest evenly."""


def score_by_marks(text: str) -> Scores:
    """Return scores by the marks in `text`: praise beside blame is mixed, no marks are neutral."""
    found = set(_marks(text))
    if {"praise", "blame"} <= found:
        return _scores("mixed", _MARKED)
    if "praise" in found:
        return _scores("positive", _MARKED)
    if "blame" in found:
        return _scores("negative", _MARKED)
    return _scores("neutral", _MARKED if found else _UNMARKED)


def _marks(text: str) -> Iterator[str]:
    """Yield `praise`, `blame` or `neither` for each mark."""
    for character in text:
        if character in _GLAD:
            yield "praise"
        elif character in _CROSS:
            yield "blame"
    for smiley in _SMILEY.finditer(text):
        yield "praise" if smiley["glad"] else "blame"
    for rating in _RATING.finditer(text):
        share = float(rating["given"].replace(",", ".")) / int(rating["of"])
        if share <= 1:
            yield _meaning(share)
    for stars in _STARS.findall(text):
        yield _meaning(_share_of_stars(stars.replace("\ufe0f", "")))


def _share_of_stars(stars: str) -> float:
    hollow = sum(stars.count(star) for star in _HOLLOW)
    shown = len(stars) if hollow else max(len(stars), _STARS_SHOWN)
    return (len(stars) - hollow) / shown


def _meaning(share: float) -> str:
    if share >= _PRAISE_FROM:
        return "praise"
    return "blame" if share <= _BLAME_TO else "neither"


def _scores(label: str, score: float) -> Scores:
    rest = (1 - score) / 3
    return Scores(**{"positive": rest, "negative": rest, "neutral": rest, "mixed": rest, label: score})
