"""The languages that emails are written in: a folder each, with its messages and the gate's word lists."""

from encore.mailer.domain.language.language import (
    DEFAULT_LOCALE,
    Language,
    UnknownLanguageError,
    language,
    languages,
)
from encore.mailer.domain.language.messages import MessageError, Messages, Value, Wording

__all__ = [
    "DEFAULT_LOCALE",
    "Language",
    "MessageError",
    "Messages",
    "UnknownLanguageError",
    "Value",
    "Wording",
    "language",
    "languages",
]
