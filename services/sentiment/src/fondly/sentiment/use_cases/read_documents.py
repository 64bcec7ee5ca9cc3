"""Reads documents: their language, their sentiment and the aspects that they praise or blame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fondly.contracts.counts import Counted
from fondly.sentiment.domain.answers import LANGUAGE
from fondly.sentiment.domain.bill import Bill
from fondly.sentiment.domain.documents import Document
from fondly.sentiment.domain.readings import Reading
from fondly.sentiment.domain.scores import SCORE, Score, combined
from fondly.sentiment.domain.texts import AUTO, ENGLISH, SENTIMENT_LANGUAGES, Question, Scorer, Text, chunks
from fondly.sentiment.ports import Asks, FindsAspects
from fondly.sentiment.use_cases.pay_once import PayOnce

UNSUPPORTED = Score(error="UnsupportedLanguage")
LANGUAGE_CHARS = 300
"""So much of a document shows its language; it is what Comprehend's smallest charge pays for."""

Languages = Mapping[str, str | None]
"""The language codes of documents, by their words; None if unrecognised."""


@dataclass(frozen=True, kw_only=True)
class ReadDocuments:
    """Asks what is not known about documents; without `find_aspects`, only for their sentiment."""

    scorer: Scorer
    pay_once: PayOnce
    asks: Asks
    find_aspects: FindsAspects | None

    async def run(self, run_id: str, documents: Sequence[Document], bill: Bill) -> dict[str, Reading]:
        """Return what was read in each document, by its words, and add to the bill."""
        languages = await self._languages(documents, bill, pays=True)
        bill.counts.update(f"language_{language or 'unknown'}" for language in languages.values())
        scores = await self._scores(languages, bill)
        english = [document for document in documents if languages[document.words] == ENGLISH]
        mentions = await self.find_aspects.run(run_id, english, bill) if self.find_aspects else {}
        return {
            words: Reading(score=scores[words], language=language, aspects=mentions.get(words, ()))
            for words, language in languages.items()
        }

    async def known(self, run_id: str, documents: Sequence[Document], bill: Bill) -> dict[str, Reading]:
        """Return readings of documents of which everything is known, by their words; nobody is asked."""
        languages = await self._languages(documents, bill, pays=False)
        texts = self._texts(languages)
        answers = await self.pay_once.known((text for found in texts.values() for text in found), bill)
        scores = {
            words: combined([(len(text.words), SCORE.read(answers[text.key])) for text in found])
            for words, found in texts.items()
            if all(text.key in answers for text in found)
        }
        bill.counts.update(f"language_{languages[words]}" for words in scores)
        english = [one for one in documents if one.words in scores and languages[one.words] == ENGLISH]
        mentions = await self.find_aspects.known(run_id, english, bill) if self.find_aspects else {}
        return {
            words: Reading(score=score, language=languages[words], aspects=mentions.get(words, ()))
            for words, score in scores.items()
        }

    async def _languages(self, documents: Sequence[Document], bill: Bill, *, pays: bool) -> Languages:
        """Return the language of documents: the one that is set, or Comprehend's finding as far as known."""
        if self.scorer.language != AUTO:
            return {document.words: self.scorer.language for document in documents}
        texts = {
            document.words: self.scorer.text(Question.LANGUAGE, document.words[:LANGUAGE_CHARS])
            for document in documents
        }
        if pays:
            answers = await self.pay_once.run(texts.values(), self.asks.languages, bill)
        else:
            answers = await self.pay_once.known(texts.values(), bill)
        return {
            words: LANGUAGE.read(answers[text.key]) for words, text in texts.items() if text.key in answers
        }

    def _texts(self, languages: Languages) -> dict[str, list[Text]]:
        """Return what to ask for the sentiment of each document in a language that has one."""
        return {
            words: [self.scorer.text(Question.SENTIMENT, chunk.words, language) for chunk in chunks(words)]
            for words, language in languages.items()
            if language in SENTIMENT_LANGUAGES
        }

    async def _scores(self, languages: Languages, bill: Bill) -> dict[str, Score]:
        texts = self._texts(languages)
        every = [text for found in texts.values() for text in found]
        answers = await self.pay_once.run(every, self.asks.sentiments, bill)
        bill.counts[Counted.TEXTS_CHUNKED] += sum(len(found) > 1 for found in texts.values())
        scores = {
            words: combined([(len(text.words), SCORE.read(answers[text.key])) for text in found])
            for words, found in texts.items()
        }
        return {words: scores.get(words, UNSUPPORTED) for words in languages}
