"""The operations of an analysis: one document, or a batch of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.comprehend.errors import (
    MAX_BYTES,
    MAX_DOCUMENTS,
    batch_size_limit_exceeded,
    text_size_limit_exceeded,
    unsupported_language,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from understudy.comprehend.analyses import Analysis
    from understudy.wire.service import Handler, Params, ServiceError
    from understudy.workers import Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """Answers the Detect and BatchDetect operations of one analysis.

    A document over the limit fails its whole batch, or else is in the batch's ErrorList.
    """

    analysis: Analysis
    workers: Workers
    long_document_fails_batch: bool

    def operations(self) -> Mapping[str, Handler]:
        """Return both operations by name."""
        noun = self.analysis.noun
        return {f"Detect{noun}": self.detect, f"BatchDetect{noun}": self.batch_detect}

    async def detect(self, params: Params) -> Params:
        """Answer for one document."""
        self._check_language(params)
        problem = _size_error(params["Text"], self.analysis.max_bytes)
        if problem:
            raise problem
        [found] = await self._find([params["Text"]], params)
        return found

    async def batch_detect(self, params: Params) -> Params:
        """Answer for several documents, by ascending index."""
        self._check_language(params)
        texts = params["TextList"]
        if len(texts) > MAX_DOCUMENTS:
            raise batch_size_limit_exceeded()
        sizes = enumerate(_size_error(text, MAX_BYTES) for text in texts)
        problems = {n: problem for n, problem in sizes if problem}
        if problems and self.long_document_fails_batch:
            raise next(iter(problems.values()))
        fitting = [n for n in range(len(texts)) if n not in problems]
        found = await self._find([texts[n] for n in fitting], params)
        return {
            "ResultList": [{"Index": n, **each} for n, each in zip(fitting, found, strict=True)],
            "ErrorList": [
                {"Index": n, "ErrorCode": problem.code, "ErrorMessage": problem.message}
                for n, problem in problems.items()
            ],
        }

    async def _find(self, texts: Sequence[str], params: Params) -> list[Params]:
        return await self.workers.run(self.analysis.find, texts, params.get("LanguageCode", ""))

    def _check_language(self, params: Params) -> None:
        known = self.analysis.languages
        if known is not None and params["LanguageCode"] not in known:
            raise unsupported_language(params["LanguageCode"])


def _size_error(text: str, max_bytes: int) -> ServiceError | None:
    size_bytes = len(text.encode(errors="surrogatepass"))
    return text_size_limit_exceeded(size_bytes, max_bytes) if size_bytes > max_bytes else None
