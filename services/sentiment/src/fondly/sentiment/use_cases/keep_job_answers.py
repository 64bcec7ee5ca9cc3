"""Keeps the answers of a job like those of calls, in bounded memory and in whatever order they come."""

from dataclasses import dataclass
from functools import partial

from fondly.contracts import object_keys
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Objects
from fondly.sentiment.domain.bill import job_payer
from fondly.sentiment.domain.engine import Engine, Question
from fondly.sentiment.domain.job_output import JobLine
from fondly.sentiment.domain.scores import write_score
from fondly.sentiment.ports import JobOutputs
from fondly.sentiment.use_cases.read_documents import ReadDocuments

FILES_AT_HAND = 8
LINES_AT_ONCE = 1_000
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class KeepJobAnswers:
    """Joins a job's output with its input by file and line."""

    objects: Objects
    read_documents: ReadDocuments
    outputs: JobOutputs

    async def run(self, run_id: str, language: str, output_key: str) -> None:
        """Keep every answer; texts without one are left to calls."""
        keys = _InputKeys(self.objects, self.read_documents.engine, run_id, language)
        failed = 0
        async for lines in self.outputs.lines(output_key, at_once=LINES_AT_ONCE):
            found: dict[str, str] = {}
            for line in lines:
                if line.score is None:
                    failed += 1
                else:
                    found[await keys.key(line)] = write_score(line.score)
            await self.read_documents.pay_once.kept.keep(found, payer=job_payer(run_id))
        if failed:
            log.warning("job_lines_failed", lines=failed)


class _InputKeys:
    """The keys of the texts in a job's input; the files used last stay at hand."""

    def __init__(self, objects: Objects, engine: Engine, run_id: str, language: str) -> None:
        self._objects = objects
        self._folder = partial(object_keys.sentiment_job, run_id)
        self._language = language
        self._engine = engine
        self._files: dict[str, list[str]] = {}

    async def key(self, line: JobLine) -> str:
        """Return the key of the text on a line."""
        keys = self._files.pop(line.file, None) or await self._read(line.file)
        self._files[line.file] = keys  # the last one used is the last to go
        if len(self._files) > FILES_AT_HAND:
            del self._files[next(iter(self._files))]
        return keys[line.number]

    async def _read(self, file: str) -> list[str]:
        body = await self._objects.get(self._folder(f"input/{self._language}/{file}"))
        texts = (
            self._engine.text(Question.SENTIMENT, words, self._language)
            for words in body.decode().removesuffix("\n").split("\n")
        )
        return [text.key for text in texts]
