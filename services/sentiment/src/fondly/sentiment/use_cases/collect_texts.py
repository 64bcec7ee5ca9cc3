"""Writes the texts of a run that nobody has asked about yet as the input of jobs, each text once."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from fondly.contracts import object_keys
from fondly.contracts.records import Customer, SharedText
from fondly.runtime.ports import Objects
from fondly.runtime.runs.run import Run
from fondly.sentiment.domain.bill import Bill
from fondly.sentiment.domain.documents import Document, documents
from fondly.sentiment.domain.job import JobInput
from fondly.sentiment.domain.texts import Text
from fondly.sentiment.ports import NewKeys
from fondly.sentiment.use_cases.find_left_out import FindLeftOut
from fondly.sentiment.use_cases.read_documents import ReadDocuments

LINES_PER_FILE = 10_000
MIN_TEXTS = 1_000
"""Fewer texts of a language are left to calls, which are quicker: a job takes minutes to start."""


@dataclass
class Pile:
    """The texts of one language: those that wait to be written, and how many there are of what."""

    waiting: list[Text] = field(default_factory=list)
    texts: int = 0
    units: int = 0
    files: int = 0

    def add(self, text: Text) -> None:
        """Let a text wait to be written."""
        self.waiting.append(text)
        self.texts += 1
        self.units += text.units


@dataclass(frozen=True, kw_only=True)
class CollectTexts:
    """Reads a run part by part; memory grows with neither its parts nor its texts."""

    objects: Objects
    read_documents: ReadDocuments
    new_keys: NewKeys
    find_left_out: FindLeftOut

    async def run(self, run: Run, bill: Bill) -> dict[str, JobInput]:
        """Write the input, one document a line, and return it for each language with enough texts for a job.

        What it takes to find the languages is added to the bill.
        """
        piles: dict[str, Pile] = {}
        with self.new_keys() as is_new:
            async for found in self._parts(run):
                for text in await self._unknown(found, bill):
                    if is_new(text.key):
                        pile = piles.setdefault(text.language, Pile())
                        pile.add(text)
                        if len(pile.waiting) == LINES_PER_FILE:
                            await self._write(run, text.language, pile)
        for language, pile in piles.items():
            await self._write(run, language, pile)
        return {
            language: JobInput(texts=pile.texts, units=pile.units)
            for language, pile in piles.items()
            if pile.texts >= MIN_TEXTS
        }

    async def _parts(self, run: Run) -> AsyncIterator[list[Document]]:
        for part in range(1, (run.parts or 0) + 1):
            customers = await self.objects.get_lines(object_keys.customers(run.run_id, part), Customer)
            key = object_keys.shared_texts(run.run_id, part)
            shared = await self.objects.find_lines(key, SharedText)
            left_out = await self.find_left_out.run(customers)
            yield documents(customers, shared, left_out=left_out)

    async def _unknown(self, found: Sequence[Document], bill: Bill) -> list[Text]:
        """Return what is not known about the documents of a part."""
        languages = await self.read_documents.languages(found, bill)
        texts = [text for pieces in self.read_documents.texts(languages).values() for text in pieces]
        known = await self.read_documents.pay_once.kept.find([text.key for text in texts])
        return [text for text in texts if text.key not in known]

    async def _write(self, run: Run, language: str, pile: Pile) -> None:
        if pile.waiting:
            pile.files += 1
            body = "".join(f"{text.words}\n" for text in pile.waiting).encode()
            key = object_keys.sentiment_job(run.run_id, f"input/{language}/texts-{pile.files:05}.txt")
            await self.objects.put(key, body, content_type="text/plain; charset=utf-8")
            pile.waiting.clear()
