"""What the sentiment service needs besides the ports of `encore.runtime.ports`."""

from collections.abc import Sequence
from typing import Protocol

from encore.sentiment.domain.documents import Document
from encore.sentiment.domain.scores import Keep


class Scorer(Protocol):
    """Scores documents; see `encore.sentiment.adapters.comprehend`."""

    async def score(self, documents: Sequence[Document], *, keep: Keep) -> None: ...  # noqa: D102
