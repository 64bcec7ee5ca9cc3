"""Comprehend in memory, for tests."""

import asyncio
from collections.abc import Sequence

from fondly.contracts.records import Sentiment, SentimentScores
from fondly.sentiment.domain.answers import LANGUAGE, MENTIONS
from fondly.sentiment.domain.scores import SCORE, Score
from fondly.sentiment.domain.texts import Text
from fondly.sentiment.ports import Keep, Lock

POSITIVE = Score(Sentiment.POSITIVE, SentimentScores(positive=1, negative=0, neutral=0, mixed=0))


class InMemoryAsks:
    """Finds every text positive, about nothing and in the language of `languages`, or English.

    `asked` has the words of every question about sentiment, `besides` those of all others; `failures` holds
    an error to raise, once, in place of an answer about these words.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.besides: list[str] = []
        self.failures: dict[str, Exception] = {}
        self.languages_of: dict[str, str | None] = {}

    async def sentiments(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
        """Answer about one text after the other."""
        for text in await lock(texts):
            if failure := self.failures.pop(text.words, None):
                raise failure
            self.asked.append(text.words)
            await asyncio.sleep(0)
            await keep({text.key: SCORE.write(POSITIVE)})

    async def languages(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
        """Answer about all texts."""
        texts = await lock(texts)
        self.besides += [text.words for text in texts]
        await keep({text.key: LANGUAGE.write(self.languages_of.get(text.words, "en")) for text in texts})

    async def aspects(self, texts: Sequence[Text], lock: Lock, keep: Keep) -> None:
        """Answer about all texts."""
        texts = await lock(texts)
        self.besides += [text.words for text in texts]
        await keep({text.key: MENTIONS.write(()) for text in texts})
