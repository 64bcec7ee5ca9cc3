"""Comprehend for tests: a reader of aspects that knows a few words, and the service with it."""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from understudy.comprehend import ComprehendOptions, create_service
from understudy.engines.sentiment import Scores, SentimentModel
from understudy.engines.targets import Target, TargetReader

if TYPE_CHECKING:
    from understudy.wire.service import Service

REGION = "eu-west-1"
ASPECTS = {"battery": "battery", "charge": "battery", "sound": "sound", "price": "price"}


class WordReader(TargetReader):
    """Finds the words of `aspects`; the word before decides whether they are praised or blamed."""

    def __init__(self, aspects: Mapping[str, str] = ASPECTS) -> None:
        self._aspects = aspects
        self._pattern = re.compile(rf"(?:(\w+) )?\b({'|'.join(aspects)})\b", re.IGNORECASE)

    def read(self, text: str) -> list[Target]:
        """Return the mentions, the last first."""
        found = [self._mention(match) for match in self._pattern.finditer(text)]
        return found[::-1]

    def _mention(self, match: re.Match[str]) -> Target:
        before, word = (match[1] or "").lower(), match[2]
        scores = {"great": (0.9, 0.04), "terrible": (0.04, 0.9)}.get(before, (0.04, 0.04))
        positive, negative = scores
        return Target(
            text=word,
            aspect=self._aspects[word.lower()],
            begin=match.start(2),
            end=match.end(2),
            scores=Scores(positive, negative, neutral=0.98 - positive - negative, mixed=0.02),
        )


load_model = cache(SentimentModel.load)
"""Reads the packaged model once for all tests."""


def comprehend_service(**options: Any) -> "Service":  # noqa: ANN401 - any option
    """Return Comprehend with the packaged model and the reader above."""
    return create_service(load_model(), WordReader(), ComprehendOptions(**options))
