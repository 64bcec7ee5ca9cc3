"""Who is asked, and in which language."""

from dataclasses import dataclass
from enum import StrEnum

from fondly.sentiment.domain.texts import Text

AUTO = "auto"
ENGLISH = "en"
SENTIMENT_LANGUAGES = frozenset({"en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW"})
"""Those whose sentiment Comprehend detects; it recognises many more."""


class Question(StrEnum):
    """What can be asked about a text."""

    SENTIMENT = "sentiment"
    LANGUAGE = "language"
    ASPECTS = "aspects"


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What an answer depends on besides the words."""

    name: str = "comprehend"
    """Names the answers that are kept: under another name every text is asked about anew."""
    language: str = ENGLISH
    """A language code, or `auto`: each document's own."""

    def text(self, question: Question, words: str, language: str = "") -> Text:
        """Return words to ask about."""
        return Text(words, language, f"{self.name}/{question}")
