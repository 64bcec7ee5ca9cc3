"""Finds aspects by Comprehend's targeted sentiment, which costs as much as sentiment, in English only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fondly.contracts.records import AspectMention
from fondly.sentiment.domain.answers import MENTIONS, one_each
from fondly.sentiment.domain.bill import Bill
from fondly.sentiment.domain.documents import Document
from fondly.sentiment.domain.texts import ENGLISH, Chunk, Question, Scorer, Text, chunks
from fondly.sentiment.ports import Asks
from fondly.sentiment.use_cases.pay_once import PayOnce

_Texts = Mapping[str, Sequence[tuple[Chunk, Text]]]
"""What to ask about each document, by its words."""


@dataclass(frozen=True, kw_only=True)
class AskAspects:
    """Asks what is not known about documents."""

    scorer: Scorer
    pay_once: PayOnce
    asks: Asks

    async def run(
        self, _run_id: str, documents: Sequence[Document], bill: Bill
    ) -> dict[str, tuple[AspectMention, ...]]:
        """Return what English documents say about aspects, by their words, and add to the bill."""
        texts = self._texts(documents)
        answers = await self.pay_once.run(_every(texts), self.asks.aspects, bill)
        return self._mentions(texts, answers)

    async def known(
        self, _run_id: str, documents: Sequence[Document], bill: Bill
    ) -> dict[str, tuple[AspectMention, ...]]:
        """Return what documents are known to say, and add to the bill; nobody is asked."""
        texts = self._texts(documents)
        answers = await self.pay_once.known(_every(texts), bill)
        whole = {
            words: found for words, found in texts.items() if all(text.key in answers for _, text in found)
        }
        return self._mentions(whole, answers)

    def _texts(self, documents: Sequence[Document]) -> _Texts:
        return {
            document.words: [(chunk, self._text(chunk)) for chunk in chunks(document.words)]
            for document in documents
        }

    def _mentions(self, texts: _Texts, answers: Mapping[str, str]) -> dict[str, tuple[AspectMention, ...]]:
        return {
            words: one_each(
                _moved(mention, chunk.begin)
                for chunk, text in found
                for mention in MENTIONS.read(answers[text.key])
            )
            for words, found in texts.items()
        }

    def _text(self, chunk: Chunk) -> Text:
        return self.scorer.text(Question.ASPECTS, chunk.words, ENGLISH)


def _every(texts: _Texts) -> list[Text]:
    return [text for found in texts.values() for _, text in found]


def _moved(mention: AspectMention, begin: int) -> AspectMention:
    """Count a mention's offsets from the start of the document instead of its chunk's."""
    return mention.model_copy(update={"begin": mention.begin + begin, "end": mention.end + begin})
