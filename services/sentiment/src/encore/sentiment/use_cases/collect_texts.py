"""Writes the texts of a run that nobody has asked about yet as the input of jobs, each text once."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from encore.contracts import object_keys
from encore.contracts.records import Customer, SharedText
from encore.runtime.ports import Objects
from encore.runtime.runs.run import Run
from encore.sentiment.domain.bill import Bill
from encore.sentiment.domain.documents import Document, documents
from encore.sentiment.domain.engine import SENTIMENT_LANGUAGES, Engine, Question
from encore.sentiment.domain.job import JobInput
from encore.sentiment.domain.texts import Text, chunks
from encore.sentiment.ports import KeptAnswers, NewKeys
from encore.sentiment.use_cases.read_documents import ReadDocuments

LINES_PER_FILE = 10_000
MIN_TEXTS = 1_000
"""Fewer texts of a language are left to calls, which are quicker: a job takes minutes to start."""


@dataclass
class Pile:
    """The texts of one language that wait to be written, and how many files have been."""

    texts: list[Text] = field(default_factory=list)
    files: int = 0


@dataclass(frozen=True, kw_only=True)
class CollectTexts:
    """Reads a run part by part; memory grows with neither its parts nor its texts."""

    objects: Objects
    engine: Engine
    read_documents: ReadDocuments
    kept: KeptAnswers
    new_keys: NewKeys

    async def run(self, run: Run) -> JobInput:
        """Write the input, one document a line, and return how much it is."""
        piles: dict[str, Pile] = {}
        written, units = Counter[str](), Counter[str]()
        with self.new_keys() as is_new:
            async for found in self._parts(run):
                for text in await self._unknown(run, found):
                    if not is_new(text.key):
                        continue
                    pile = piles.setdefault(text.language, Pile())
                    pile.texts.append(text)
                    written[text.language] += 1
                    units[text.language] += text.units
                    if len(pile.texts) == LINES_PER_FILE:
                        await self._write(run, text.language, pile)
        for language, pile in piles.items():
            await self._write(run, language, pile)
        enough = {language: texts for language, texts in written.items() if texts >= MIN_TEXTS}
        return JobInput(texts=enough, units=sum(units[language] for language in enough))

    async def _parts(self, run: Run) -> AsyncIterator[list[Document]]:
        for part in range(1, (run.parts or 0) + 1):
            customers = await self.objects.get_lines(object_keys.customers(run.run_id, part), Customer)
            key = object_keys.shared_texts(run.run_id, part)
            yield documents(customers, await self.objects.find_lines(key, SharedText))

    async def _unknown(self, run: Run, found: Sequence[Document]) -> list[Text]:
        """Return what is not known about the documents of a part."""
        languages = await self.read_documents.languages(found, Bill(f"{run.run_id}/languages"))
        texts = {
            text.key: text
            for document in found
            if (language := languages[document.words]) in SENTIMENT_LANGUAGES
            for chunk in chunks(document.words)
            for text in [self.engine.text(Question.SENTIMENT, chunk.words, language)]
        }
        known = await self.kept.find(list(texts))
        return [text for key, text in texts.items() if key not in known]

    async def _write(self, run: Run, language: str, pile: Pile) -> None:
        if pile.texts:
            pile.files += 1
            body = "".join(f"{text.words}\n" for text in pile.texts).encode()
            key = object_keys.sentiment_job(run.run_id, f"input/{language}/texts-{pile.files:05}.txt")
            await self.objects.put(key, body, content_type="text/plain; charset=utf-8")
            pile.texts.clear()
