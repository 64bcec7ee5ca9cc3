"""What Comprehend is asked: who answers, in which language, about which chunks of documents."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

AUTO = "auto"
ENGLISH = "en"
SENTIMENT_LANGUAGES = frozenset({"en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW"})
"""Those whose sentiment Comprehend detects; it recognises many more."""
MAX_BYTES = 5_000
"""Comprehend's limit for one text of a synchronous call, in UTF-8 bytes."""
CHARS_PER_UNIT = 100
MIN_UNITS = 3
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[।。！？])\s*")  # noqa: RUF001 - full-width marks end sentences too


@dataclass(frozen=True)
class Text:
    """Some words, and what is asked about them: the same question about the same words is asked once."""

    words: str
    language: str
    question: str
    """The scorer and what it is asked, such as `comprehend/sentiment`."""

    @cached_property
    def key(self) -> str:
        """The name under which the answer is kept: a digest of question, language and words."""
        return sha256(f"{self.question}\n{self.language}\n{self.words}".encode()).hexdigest()

    @property
    def units(self) -> int:
        """Comprehend's billing units: 100 characters each, at least three per text."""
        return max(MIN_UNITS, -(-len(self.words) // CHARS_PER_UNIT))


class Question(StrEnum):
    """What can be asked about a text."""

    SENTIMENT = "sentiment"
    LANGUAGE = "language"
    ASPECTS = "aspects"


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """What an answer depends on besides the words."""

    name: str = "comprehend"
    """Names the answers that are kept: under another name every text is asked about anew."""
    language: str = ENGLISH
    """A language code, or `auto`: each document's own."""

    def text(self, question: Question, words: str, language: str = "") -> Text:
        """Return words to ask about."""
        return Text(words, language, f"{self.name}/{question}")


@dataclass(frozen=True)
class Chunk:
    """A piece of a document that fits into one call; `begin` is where it starts, in code points."""

    words: str
    begin: int


def chunks(document: str, *, max_bytes: int = MAX_BYTES) -> list[Chunk]:
    """Divide a document into as few chunks as fit `max_bytes` of UTF-8, at sentence ends if possible."""
    found: list[Chunk] = []
    for begin, end in _pieces(document, max_bytes):
        start = found[-1].begin if found else begin
        joined = document[start:end]
        if found and len(joined.encode()) <= max_bytes:
            found[-1] = Chunk(joined, start)
        else:
            found.append(Chunk(document[begin:end], begin))
    return found


def _pieces(document: str, max_bytes: int) -> Iterator[tuple[int, int]]:
    """Yield where each sentence, or each part of one that is too long, begins and ends."""
    begin = 0
    for match in SENTENCE_END.finditer(document):
        if match.start() > begin:
            yield from _fitting(document, begin, match.start(), max_bytes)
        begin = match.end()
    if begin < len(document):
        yield from _fitting(document, begin, len(document), max_bytes)


def _fitting(document: str, begin: int, end: int, max_bytes: int) -> Iterator[tuple[int, int]]:
    while len(document[begin:end].encode()) > max_bytes:
        fitting = begin + len(document[begin:end].encode()[:max_bytes].decode(errors="ignore"))
        space = document.rfind(" ", begin + 1, fitting)
        yield begin, space if space > begin else fitting
        begin = space + 1 if space > begin else fitting
    if begin < end:
        yield begin, end
