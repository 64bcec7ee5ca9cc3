"""Ports of sentiment, in addition to `encore.runtime.ports`."""

# ruff: noqa: D102 - the adapter documents the member
from collections.abc import Sequence
from typing import Protocol

from encore.sentiment.domain.documents import Document
from encore.sentiment.domain.scores import Keep


class Scorer(Protocol):
    """Scores documents; see `encore.sentiment.adapters.comprehend.ComprehendScorer`."""

    async def score(self, documents: Sequence[Document], *, keep: Keep) -> None: ...
